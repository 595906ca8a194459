"""A file that is never half written."""

import contextlib
import os
import shutil
from pathlib import Path

from shared.problems import EnvironmentProblem

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


def write_whole(path: Path, data: bytes) -> None:
    """Replace the file `path` with `data` at one moment: after a power cut it is the old or the new one.

    Raises:
        EnvironmentProblem: it can't be written; an earlier one is as it was.
    """
    _replace(path, data, 0o666)


def write_private(path: Path, data: bytes) -> None:
    """Do as `write_whole`, so that only this user can read the file, whoever could read the one before."""
    _replace(path, data, 0o600, as_before=False)


def _replace(path: Path, data: bytes, mode: int, *, as_before: bool = True) -> None:
    scratch = path.with_name(f".{path.name}.new")
    try:
        scratch.unlink(missing_ok=True)
        with os.fdopen(os.open(scratch, _NEW, mode), "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        if as_before and path.exists():
            shutil.copymode(path, scratch)
        scratch.replace(path)
    except OSError as problem:
        with contextlib.suppress(OSError):
            scratch.unlink(missing_ok=True)
        raise EnvironmentProblem(f"{path} can't be written: {problem.strerror}. It is as it was.") from problem
