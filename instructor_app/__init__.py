"""PySide6 windows for staff: a client of the staff API and nothing else."""

from instructor_app.steady import steady_constants

steady_constants()
