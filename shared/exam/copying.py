"""A new exam made of an earlier one: the same questions and rules, another identity, and none of its dates."""

from pathlib import Path
from uuid import UUID

from shared.exam import arranging
from shared.exam.editing import REMOVE, Change, apply
from shared.exam.folder import read_text, scan
from shared.exam.positions import Path as Place
from shared.exam.reading import EXAM_FILE
from shared.problems import EnvironmentProblem, InputProblem

_DATES: tuple[Place, ...] = (("schedule", "start"), ("schedule", "end"))


def copy_exam(
    folder: Path, uuid: UUID, *, title: str = "", number: str = "", keep_dates: bool = False
) -> dict[str, bytes]:
    """The files of the new exam by path.

    Without `keep_dates` start and end go, of sections too, and so do access rules and accommodations: they belong to
    the people and the day of the earlier exam. Packages that were collected come along.

    Raises:
        InputProblem: exam.toml is missing or no TOML.
        EnvironmentProblem: a file can't be read.
    """
    found = scan(folder)
    where = found.files.get(EXAM_FILE)
    if where is None:
        raise InputProblem(f"There is no {EXAM_FILE} in {folder}; nothing was made.")
    source, mistakes = read_text(where, EXAM_FILE)
    if mistakes:
        raise InputProblem(f"{mistakes[0].sentence} Nothing was made.")
    changes = [Change(("uuid",), str(uuid))]
    changes += [Change(("title",), title)] if title else []
    changes += [Change(("number",), number)] if number else []
    text = apply(source, changes)[0]
    if not keep_dates:
        text = _without_dates(text)
    files = {EXAM_FILE: text.encode()}
    for path, each in {**found.files, **found.wheels}.items():
        if path != EXAM_FILE:
            files[path] = _read(each, path)
    return files


def _without_dates(text: str) -> str:
    plain = arranging.read_plain_toml(text)
    paths: list[Place] = [path for path in _DATES if arranging.value_at(plain, path) is not None]
    sections = arranging.value_at(plain, ("sections",)) or []
    for at in range(len(sections)):
        own: list[Place] = [("sections", at, "schedule", name) for name in ("start", "end")]
        paths += [path for path in own if arranging.value_at(plain, path) is not None]
    text = apply(text, [Change(path, REMOVE) for path in paths])[0]
    for name in ("access", "accommodations"):
        while arranging.value_at(arranging.read_plain_toml(text), (name,)):
            text = arranging.remove(text, (name, 0))
    return text


def _read(where: Path, path: str) -> bytes:
    try:
        return where.read_bytes()
    except OSError as problem:
        raise EnvironmentProblem(f"{path} can't be read: {problem.strerror}. Nothing was made.") from problem
