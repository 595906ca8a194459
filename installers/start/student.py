"""Starts the student's program of an installed ExamDesk."""

import os
import sys

from student_app.main import main

if __name__ == "__main__":
    for name in ("stdout", "stderr"):  # a program with windows has neither on Windows
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123  (open to the end)
    sys.exit(main())
