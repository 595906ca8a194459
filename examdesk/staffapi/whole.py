"""Folders that get their new files all at once or not at all: for exports, and for what the window fetches."""

import contextlib
import errno
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from shared.problems import EnvironmentProblem

SCRATCH = ".examdesk-export-"
_LOCK = "in-use"
_HELD = b"An export is being made here.\n"
_FILES = "files"
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


@contextlib.contextmanager
def whole(out: Path) -> Iterator[Path]:
    """Yield a scratch folder beside the results; what is in it moves to `out` when the block ends well.

    When the block raises, or the computer stops in the middle, `out` is as it was, or has whole files only. What a
    stopped computer or a killed program left in `out` is removed at the beginning.

    Raises:
        EnvironmentProblem: the folder can't be written, or its disk is full.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        sweep(out)
        scratch = Path(tempfile.mkdtemp(prefix=SCRATCH, dir=out))
    except OSError as error:
        raise EnvironmentProblem(
            f"The folder {out} can't be written ({error.strerror}). Name another one; nothing was written."
        ) from error
    try:
        with (scratch / _LOCK).open("ab") as held:
            lock_file(held)
            held.write(_HELD)
            held.flush()
            files = scratch / _FILES
            files.mkdir()
            yield files
            _move_all(files, out)
    except OSError as error:
        if error.errno in _FULL:
            raise EnvironmentProblem(
                f"The disk of {out} is full. No half file was left; free some space or name another folder."
            ) from error
        raise EnvironmentProblem(
            f"The files can't be written to {out} ({error.strerror or error}). No half file was left; "
            "close programs that have earlier ones open, or name another folder."
        ) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def sweep(out: Path) -> None:
    """Remove what exports left in `out` that did not come to their end; those that still run are left alone."""
    for scratch in out.glob(f"{SCRATCH}*"):
        if _abandoned(scratch):
            shutil.rmtree(scratch, ignore_errors=True)


def _abandoned(scratch: Path) -> bool:
    """Whether this is a scratch folder that no program holds: the system lets go of a lock when its program ends.

    An empty file was made just now and is about to be locked.
    """
    lock = scratch / _LOCK
    try:
        if scratch.is_symlink() or not lock.is_file() or not lock.stat().st_size:
            return False
        with lock.open("ab") as file:
            lock_file(file)
    except OSError:
        return False
    return True


def _move_all(files: Path, out: Path) -> None:
    found = sorted(path for path in files.rglob("*") if path.is_file())
    for path in found:
        with path.open("rb+") as file:
            os.fsync(file.fileno())
    for path in found:
        target = out / path.relative_to(files)
        target.parent.mkdir(parents=True, exist_ok=True)
        path.replace(target)


if sys.platform == "win32":
    import msvcrt

    def lock_file(file: IO[bytes]) -> None:
        """Lock an open file until it is closed; raises OSError when another program has the lock."""
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def lock_file(file: IO[bytes]) -> None:
        """Lock an open file until it is closed; raises OSError when another program has the lock."""
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
