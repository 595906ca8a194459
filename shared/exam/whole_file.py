"""A file that is never half written."""

import os
import shutil
from pathlib import Path

from shared.problems import EnvironmentProblem


def write_whole(path: Path, data: bytes) -> None:
    """Replace the file `path` with `data` at one moment: after a power cut it is the old or the new one."""
    scratch = path.with_name(f".{path.name}.new")
    try:
        with scratch.open("wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        if path.exists():
            shutil.copymode(path, scratch)
        scratch.replace(path)
    except OSError as problem:
        scratch.unlink(missing_ok=True)
        raise EnvironmentProblem(f"{path} can't be written: {problem.strerror}. It is as it was.") from problem
