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

from shared.problems import EnvironmentProblem, InputProblem

SCRATCH = ".examdesk-export-"
_LOCK = "in-use"
_FILES = "files"
_EARLIER = "earlier"
_TRIES = 20
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_NO_LOCKS_HERE = frozenset({errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP, errno.EINVAL})
"""What a disk of another computer says that knows no locks: there no leftover can be told from an export that runs."""


@contextlib.contextmanager
def whole(out: Path) -> Iterator[Path]:
    """Yield a scratch folder beside the results; what is in it moves to `out` when the block ends well.

    When the block raises, or the files can't all be put in their places, `out` is as it was, and is gone where it was
    made for this. When the computer stops in the middle of the moving, each file is the earlier or the new one, whole.
    What a stopped computer or a killed program left in `out` is removed at the beginning.

    Raises:
        EnvironmentProblem: the folder can't be written, or its disk is full.
        InputProblem: something else has the name of one of the files.
    """
    with _made(out):
        scratch, held = _begin(out)
        try:
            files = scratch / _FILES
            files.mkdir()
            yield files
            _move_all(files, out, scratch / _EARLIER)
        except OSError as error:
            raise _cannot_write(out, error) from error
        finally:
            held.close()
            shutil.rmtree(scratch, ignore_errors=True)


@contextlib.contextmanager
def _made(out: Path) -> Iterator[None]:
    """Make the folder, with those above it; what was made goes again when the block raises."""
    missing = [each for each in (out, *out.parents) if not os.path.lexists(each)]
    try:
        out.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise InputProblem(
            f"{out} is a file, so it can't be the folder for files. Name another one; nothing was written."
        ) from error
    except OSError as error:
        _remove_empty(missing)
        raise _no_folder(out, error) from error
    try:
        yield
    except BaseException:
        _remove_empty(missing)
        raise


def _remove_empty(folders: list[Path]) -> None:
    for folder in folders:
        with contextlib.suppress(OSError):
            folder.rmdir()


def _no_folder(out: Path, error: OSError) -> EnvironmentProblem:
    return EnvironmentProblem(
        f"The folder {out} can't be written ({error.strerror}). Name another one; nothing was written."
    )


def _cannot_write(out: Path, error: OSError) -> EnvironmentProblem:
    if error.errno in _FULL:
        return EnvironmentProblem(
            f"The disk of {out} is full. Nothing there was changed; free some space or name another folder."
        )
    if error.errno == errno.ENAMETOOLONG:
        return EnvironmentProblem(
            f"Names of files in {out} get longer than this system takes. Nothing was changed; name a folder with a "
            "shorter path."
        )
    return EnvironmentProblem(
        f"The files can't be written to {out} ({error.strerror or error}). Nothing there was changed; close programs "
        "that have earlier ones open, or name another folder."
    )


# ---------------------------------------------------------------------------------------------- scratch folders


def _begin(out: Path) -> tuple[Path, IO[bytes]]:
    """Return a new scratch folder in `out`, and its lock, held; who sweeps at the same moment may take it: once more.

    Raises:
        EnvironmentProblem: the folder can't be written.
    """
    refused = OSError(errno.EBUSY, os.strerror(errno.EBUSY))
    try:
        sweep(out)
        for _ in range(_TRIES):
            scratch = Path(tempfile.mkdtemp(prefix=SCRATCH, dir=out))
            try:
                return scratch, _hold(scratch / _LOCK)
            except OSError as error:
                shutil.rmtree(scratch, ignore_errors=True)
                refused = error
    except OSError as error:
        refused = error
    raise (_cannot_write if refused.errno in _FULL else _no_folder)(out, refused) from refused


def _hold(place: Path) -> IO[bytes]:
    """Return a scratch folder's lock, held; raises OSError when somebody else has it or took it away.

    A sweep may remove the file between its opening and its locking: then the lock would be on nothing.
    """
    held = place.open("ab", buffering=0)
    try:
        lock_file(held)
        if not os.path.samestat(os.fstat(held.fileno()), place.stat()):
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(place))
    except OSError as error:
        if error.errno in _NO_LOCKS_HERE:
            return held
        held.close()
        raise
    return held


def sweep(out: Path) -> None:
    """Remove what exports left in `out` that did not come to their end; those that still run are left alone.

    The system lets go of a lock when its program ends, however it ends; a folder whose lock can be had is nobody's.
    """
    for scratch in out.glob(f"{SCRATCH}*"):
        if scratch.is_symlink() or not scratch.is_dir():
            continue
        try:
            with (scratch / _LOCK).open("ab") as lock:
                lock_file(lock)
                shutil.rmtree(scratch, ignore_errors=True)
        except OSError:
            continue
        shutil.rmtree(scratch, ignore_errors=True)  # Windows keeps an open file until it is closed


# ---------------------------------------------------------------------------------------------- moving


def _move_all(files: Path, out: Path, earlier: Path) -> None:
    """Move every file to its place, or none: what was moved goes back when one can't be."""
    found = sorted(path.relative_to(files) for path in files.rglob("*") if path.is_file())
    _must_fit(files, found, out)
    for name in found:
        with (files / name).open("rb+") as file:
            os.fsync(file.fileno())
    with contextlib.ExitStack() as undoing:
        for name in found:
            target = out / name
            undoing.callback(_remove_empty, [each for each in target.parents if not each.exists()])
            target.parent.mkdir(parents=True, exist_ok=True)
            kept = _kept(target, earlier / name)
            (files / name).replace(target)
            undoing.callback(_put_back, kept, target)
        undoing.pop_all()


def _must_fit(files: Path, found: list[Path], out: Path) -> None:
    """Refuse places that can't take a file, before the first one is moved; raises InputProblem."""
    disk = files.stat().st_dev
    for name in found:
        if (out / name).is_dir():
            raise InputProblem(
                f"{out / name} is a folder, and a file of this export has that name. Move it away or name another "
                "folder; nothing was changed."
            )
        for above in (out / each for each in name.parents if each.parts):
            if above.exists() and not above.is_dir():
                raise InputProblem(
                    f"{above} is a file, and a folder of this export has that name. Move it away or name another "
                    "folder; nothing was changed."
                )
            if above.exists() and above.stat().st_dev != disk:
                raise InputProblem(
                    f"{above} leads to another disk, where files can't be put all at once. Move it away or name "
                    "another folder; nothing was changed."
                )


def _kept(target: Path, copy: Path) -> Path | None:
    """Keep an earlier file under a second name, and return that; None where there is none."""
    if not os.path.lexists(target):
        return None
    copy.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(target, copy, follow_symlinks=False)
    except (OSError, NotImplementedError):  # not every disk gives a file two names
        shutil.copy2(target, copy, follow_symlinks=False)
    return copy


def _put_back(kept: Path | None, target: Path) -> None:
    if kept is None:
        target.unlink(missing_ok=True)
    else:
        kept.replace(target)


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
