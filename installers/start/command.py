"""Starts `examdesk` of an installed ExamDesk, and those of its modules that it starts itself as `-m MODULE`.

From source these run as `python -m MODULE`; an installed ExamDesk has no Python to call, and calls itself.
"""

import importlib
import multiprocessing
import runpy
import sys

OWN = ("examdesk.cli.main", "examdesk.rehearsal.keeper", "instructor_app.main", "student_app.main")
VERIFIER = "verify_record.py"
"""The stand-alone program in every evidence bundle, which the demonstration runs as anybody would."""


def start() -> int:
    """Run what the arguments name and return its exit code."""
    if sys.argv[1:2] == ["-m"] and len(sys.argv) > 2 and sys.argv[2] in OWN:
        module = sys.argv[2]
        del sys.argv[1:3]
        return int(importlib.import_module(module).main())
    if sys.argv[1:] and sys.argv[1].endswith(VERIFIER):
        del sys.argv[0]
        runpy.run_path(sys.argv[0], run_name="__main__")
        return 0
    return int(importlib.import_module(OWN[0]).main())


if __name__ == "__main__":
    multiprocessing.freeze_support()  # the hub's workers are this program again
    sys.exit(start())
