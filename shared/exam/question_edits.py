"""Whole questions: make, copy, rename, take out. Each gives the files to write, exam.toml among them, as one step."""

import re
from collections.abc import Iterator

from shared.exam import arranging
from shared.exam.checking import PROMPT_FILE, QUESTIONS
from shared.exam.drafting import Draft
from shared.exam.editing import Change, apply
from shared.exam.positions import Path
from shared.exam.reading import EXAM_FILE
from shared.problems import InputProblem

Files = dict[str, bytes | None]

_ID = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_-]*$")
_NOT_ID = re.compile(r"[^a-z0-9]+")
_STARTER = '''\
def solve(values):
    """Return the result for these values."""
    # your code


if __name__ == "__main__":
    print(solve([3, 1, 2]))
'''


def id_of_title(title: str, taken: frozenset[str] = frozenset()) -> str:
    """A free question id made of a title: `Weather station` gives `weather-station`, or `weather-station-2`."""
    base = _NOT_ID.sub("-", title.casefold()).strip("-")[:56] or "question"
    folded = {each.casefold() for each in taken}
    return next(name for name in _numbered(base) if name not in folded)


def _numbered(base: str) -> Iterator[str]:
    yield base
    number = 2
    while True:
        yield f"{base}-{number}"
        number += 1


def question_places(raw: object) -> dict[str, Path]:
    """Where each question id stands in the plain values of exam.toml."""
    found: dict[str, Path] = {}
    for z, zone in enumerate(_tables(arranging.value_at(raw, ("zones",)))):
        for q, entry in enumerate(_tables(arranging.value_at(zone, ("questions",)))):
            place: Path = ("zones", z, "questions", q)
            inner = _tables(arranging.value_at(entry, ("alternatives",)))
            for a, each in enumerate(inner):
                found.setdefault(id_in(each), (*place, "alternatives", a))
            if not inner:
                found.setdefault(id_in(entry), place)
    found.pop("", None)
    return found


def id_in(entry: object) -> str:
    """The id of a question as exam.toml writes it: in a table, or alone."""
    said = entry.get("id", "") if isinstance(entry, dict) else entry
    return said if isinstance(said, str) else ""


def _tables(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def taken_ids(draft: Draft) -> frozenset[str]:
    """Every id that a new question can't have: those of exam.toml and of folders."""
    read = draft.read()
    folders = {path.split("/")[1] for path in read.scan.folders if path.startswith(f"{QUESTIONS}/")}
    return frozenset(folders | set(question_places(arranging.read_plain_toml(read.source))))


def check_id(wanted: str, taken: frozenset[str]) -> str:
    """The id, if a question can have it; `InputProblem` with the reason otherwise."""
    name = wanted.strip()
    if not _ID.match(name) or len(name) > 64:
        raise InputProblem(
            f"\"{name}\" can't be a question's name: it is the name of a folder, with up to 64 letters, digits, "
            "- and _, beginning with a letter or digit."
        )
    if name.casefold() in {each.casefold() for each in taken}:
        raise InputProblem(f'There is a question or folder "{name}" already. Choose another name.')
    return name


def new_question(draft: Draft, title: str, where: Path, position: int) -> tuple[str, Files]:
    """The id and the files of a new question in the list at `where`."""
    name = id_of_title(title, taken_ids(draft))
    folder = f"{QUESTIONS}/{name}"
    prompt = f"# {title.strip() or name}\n\nWrite what students are to do.\n"
    source = arranging.insert(draft.text_of(EXAM_FILE), where, position, {"id": name})
    return name, {
        f"{folder}/{PROMPT_FILE}": prompt.encode(),
        f"{folder}/starter/main.py": _STARTER.encode(),
        EXAM_FILE: source.encode(),
    }


def adopted_question(draft: Draft, name: str, where: Path, position: int) -> Files:
    """The files where a folder that no zone names becomes a question."""
    return {EXAM_FILE: arranging.insert(draft.text_of(EXAM_FILE), where, position, {"id": name}).encode()}


def copied_question(draft: Draft, name: str) -> tuple[str, Files]:
    """The id and the files of a copy right after the question `name`."""
    place = _place(draft, name)
    copy = id_of_title(re.sub(r"-\d+$", "", name), taken_ids(draft))
    source = arranging.duplicate(draft.text_of(EXAM_FILE), place)
    source = with_id(source, (*place[:-1], int(place[-1]) + 1), copy)
    files: Files = {EXAM_FILE: source.encode()}
    for path, data in material(draft, name).items():
        files[f"{QUESTIONS}/{copy}/{path}"] = data
    return copy, files


def renamed_question(draft: Draft, name: str, wanted: str) -> tuple[str, Files]:
    """The files where the question and its folder have another name."""
    taken = taken_ids(draft) - {name}
    new = check_id(wanted, frozenset(taken))
    files: Files = {EXAM_FILE: with_id(draft.text_of(EXAM_FILE), _place(draft, name), new).encode()}
    for path, data in material(draft, name).items():
        files[f"{QUESTIONS}/{name}/{path}"] = None
        files[f"{QUESTIONS}/{new}/{path}"] = data
    return new, files


def removed_question(draft: Draft, name: str) -> Files:
    """The files where the question is gone, its folder too; a group that loses its last alternative goes with it."""
    place = _place(draft, name)
    source = draft.text_of(EXAM_FILE)
    if len(place) > len(("zones", 0, "questions", 0)):
        group = arranging.value_at(arranging.read_plain_toml(source), place[:-1])
        if len(group) == 1:
            place = place[:-2]
    files: Files = {EXAM_FILE: arranging.remove(source, place).encode()}
    files.update({f"{QUESTIONS}/{name}/{path}": None for path in material(draft, name)})
    return files


def material(draft: Draft, name: str) -> dict[str, bytes]:
    """The files of a question by their path in its folder."""
    found = draft.read().scan.below(f"{QUESTIONS}/{name}")
    return {path: draft.bytes_of(f"{QUESTIONS}/{name}/{path}") or b"" for path in found}


def with_id(source: str, place: Path, name: str) -> str:
    """The text where the question at `place` has another id."""
    entry = arranging.value_at(arranging.read_plain_toml(source), place)
    if isinstance(entry, str):
        return arranging.replace(source, place, name)
    return apply(source, [Change((*place, "id"), name)])[0]


def _place(draft: Draft, name: str) -> Path:
    place = question_places(arranging.read_plain_toml(draft.text_of(EXAM_FILE))).get(name)
    if place is None:
        raise InputProblem(f'There is no question "{name}" in exam.toml any more.')
    return place


def grouped(source: str, place: Path, following: int) -> str:
    """The text where the question at `place` and as many after it are alternatives of one group, one to choose."""
    where, first = place[:-1], int(place[-1])
    plain = arranging.read_plain_toml(source)
    entries = [arranging.value_at(plain, (*where, first + at)) for at in range(following + 1)]
    if any(entry is None or arranging.value_at(entry, ("alternatives",)) for entry in entries):
        raise InputProblem("Only questions that stand next to each other in a zone can become one group.")
    tables = [{"id": entry} if isinstance(entry, str) else entry for entry in entries]
    for at in range(following, 0, -1):
        source = arranging.remove(source, (*where, first + at))
    return arranging.replace(source, place, {"number_choose": 1, "alternatives": tables})


def ungrouped(source: str, place: Path) -> str:
    """The text where the alternatives of the group at `place` are questions of their own."""
    entries = arranging.value_at(arranging.read_plain_toml(source), (*place, "alternatives"))
    if not isinstance(entries, list):
        raise InputProblem("This is no group of alternatives any more.")
    where, first = place[:-1], int(place[-1])
    source = arranging.remove(source, place)
    for at, entry in enumerate(entries):
        source = arranging.insert(source, where, first + at, entry)
    return source


def moved(source: str, place: Path, where: Path, position: int) -> str:
    """The text with a question in another list or place; a group that loses its last alternative goes."""
    home = place[:-1]
    left = len(arranging.value_at(arranging.read_plain_toml(source), home) or ())
    text = arranging.move(source, place, where, position)
    if home == where or left > 1 or home[-1] != "alternatives":
        return text
    group = home[:-1]
    same_zone = where == group[:-1]
    if same_zone and position <= int(group[-1]):
        group = (*group[:-1], int(group[-1]) + 1)
    return arranging.remove(text, group)
