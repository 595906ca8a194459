"""PySide6 windows for staff: a client of the staff API and nothing else."""
