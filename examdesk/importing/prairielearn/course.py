"""Files of a course, read without leaving it: the only part of the import that touches the disk."""

import os
from pathlib import Path

import msgspec

from shared.exam.folder import MAX_FILE_BYTES, is_ignored
from shared.problems import EnvironmentProblem, InputProblem

ASSESSMENT_FILE = "infoAssessment.json"
COURSE_FILE = "infoCourse.json"
INSTANCE_FILE = "infoCourseInstance.json"
_MAX_LEVELS = 30
_MAX_FILES = 500
_LISTED = 10


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """Where things are; `root` and `instance` are None where no course lies around the assessment."""

    assessment: Path
    instance: Path | None
    root: Path | None

    def called(self, path: Path) -> str:
        """A file as reports call it: from the course's folder on."""
        base = self.root or self.assessment
        return path.relative_to(base).as_posix() if path.is_relative_to(base) else path.name

    def read(self, path: Path) -> bytes | None:
        """Return a file's bytes; None where it is none, too large, or a link that leads out of the course."""
        base = Path(os.path.realpath(self.root or self.assessment))
        real = Path(os.path.realpath(path))
        try:
            if not real.is_relative_to(base) or not real.is_file() or real.stat().st_size > MAX_FILE_BYTES:
                return None
            return real.read_bytes()
        except (OSError, ValueError):
            return None

    def below(self, folder: Path) -> dict[str, Path]:
        """Files under a folder by their path within it, in order; links to folders are not followed."""
        found: dict[str, Path] = {}
        for where, folders, names in os.walk(folder):
            folders[:] = sorted(name for name in folders if not is_ignored(name))
            for name in sorted(names):
                if not is_ignored(name) and len(found) < _MAX_FILES:
                    path = Path(where) / name
                    found[path.relative_to(folder).as_posix()] = path
        return found


def find_course(path: Path) -> Course:
    """Return the course around an assessment, which is named by its folder or its file.

    Raises:
        InputProblem: there is no assessment.
    """
    folder = path.parent if path.name == ASSESSMENT_FILE and not path.is_dir() else path
    folder = folder.absolute()
    if not (folder / ASSESSMENT_FILE).is_file():
        raise InputProblem(f"There is no {ASSESSMENT_FILE} in {folder}.{_others(folder)}")
    around = [folder, *folder.parents][:_MAX_LEVELS]
    root = next((each for each in around if (each / COURSE_FILE).is_file()), None)
    instance = next((each for each in around if (each / INSTANCE_FILE).is_file()), None)
    return Course(assessment=folder, instance=instance, root=root or _guessed_root(folder))


def _guessed_root(folder: Path) -> Path | None:
    """The folder that holds courseInstances/, where infoCourse.json is missing."""
    return next((each.parent for each in folder.parents if each.name == "courseInstances"), None)


def _others(folder: Path) -> str:
    if not folder.is_dir():
        return f" {folder} is no folder: give {ASSESSMENT_FILE} or the folder that holds it."
    found = []
    for where, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not is_ignored(name))
        if ASSESSMENT_FILE in names:
            found.append(Path(where).relative_to(folder).as_posix())
        if len(found) >= _LISTED:
            break
    return f" There are assessments below it, give one of them: {', '.join(found)}." if found else ""


def read_assessment(course: Course) -> bytes:
    """Return the bytes of the assessment's own file; `EnvironmentProblem` where it can't be read."""
    data = course.read(course.assessment / ASSESSMENT_FILE)
    if data is None:
        raise EnvironmentProblem(
            f"{course.assessment / ASSESSMENT_FILE} can't be read, or it is a link that leads out of the course."
        )
    return data
