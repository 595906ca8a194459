"""The demonstration's questions, and as many different programs for each as there are students.

A question is one text file: its statement, its starter, names that students give to things, and parts of a program,
each with several ways to write it. A student's program takes one way of each part and one name of each thing, drawn by
the student's number, so that a class is as varied as real ones are and the same in every run.
"""

import random
from importlib.resources import files
from string import Template

import msgspec

MATERIAL = "examdesk.demo.material"
ORDER = ("rain", "words", "till")
_MARK = "@@ "
COPY_EVERY = 8
"""One student of so many hands in another one's program, with own names."""
_COPIES_AT = 3
_SEATS_AWAY = 2


class Question(msgspec.Struct, frozen=True):
    """One question; `names` maps a thing to what students call it, `parts` holds the ways to write each part."""

    id: str
    prompt: str
    starter: str
    names: dict[str, tuple[str, ...]]
    parts: tuple[tuple[str, ...], ...]


def read_question(name: str) -> Question:
    """Read a question of the package."""
    text = material(f"{name}.txt")
    found: dict[str, str] = {}
    parts: list[list[str]] = []
    for block in text.split(_MARK)[1:]:
        kind, _, body = block.partition("\n")
        if kind == "part":
            parts.append([body])
        elif kind == "or":
            parts[-1].append(body)
        else:
            found[kind] = body
    names = {
        thing: tuple(word.strip() for word in words.split(","))
        for thing, _, words in (line.partition(":") for line in found["names"].splitlines() if line.strip())
    }
    return Question(name, found["prompt"], found["starter"], names, tuple(map(tuple, parts)))


def material(name: str) -> str:
    """Return the text of a file of the package."""
    return (files(MATERIAL) / name).read_text("utf-8")


def copied_from(number: int) -> int | None:
    """Return whose program student `number` hands in, None for an own one."""
    return number - _SEATS_AWAY if number % COPY_EVERY == _COPIES_AT else None


def program(question: Question, number: int) -> str:
    """Return what student `number`, counted from 0, hands in for a question."""
    author = copied_from(number)
    ways = random.Random(f"ways {question.id} {number if author is None else author}")  # noqa: S311 - reproducible
    words = random.Random(f"names {question.id} {number}")  # noqa: S311 - reproducible
    body = "".join(ways.choice(part) for part in question.parts)
    names = {thing: words.choice(choice) for thing, choice in question.names.items()}
    return question.starter + Template(body).substitute(names)
