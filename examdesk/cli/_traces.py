"""Looks through time for the terminal: when a text stood in a session's files, and a line followed back."""

from collections.abc import Iterator

from examdesk.staffapi.playback.finding import Finder
from examdesk.staffapi.playback.line_history import forms, together
from examdesk.staffapi.playback.tape import Tape
from shared.problems import InputProblem


def text_found(tape: Tape, text: str, file: str | None, *, as_json: bool) -> Iterator[tuple[int, object]]:
    """Yield (event, words) for every change of how often a text stands in a file, in the order of time."""
    if not text:
        raise InputProblem("Say which text to look for: --find 'def mean'.")
    finder = Finder(tape, text)
    finder.work(len(tape))
    for each in finder.found:
        if file is None or each.file == file:
            yield (
                each.number,
                each._asdict() if as_json else f"{each.file}\t{each.before} → {each.now} times",
            )


def line_found(tape: Tape, number: int, where: str, *, as_json: bool) -> Iterator[tuple[int, object]]:
    """Yield (event, words) for every form of a line, `q1/main.py:12` at a moment, the newest first."""
    file, _, line = where.rpartition(":")
    files = tape.at(number)
    if not file or not line.isdecimal() or file not in files.files:
        there = ", ".join(files.files) or "no file"
        raise InputProblem(
            f"“{where}” is no line of a file: write such as q1/main.py:12. At that moment there is {there}."
        )
    lines = files.text(file).split("\n")
    if not 1 <= int(line) <= len(lines):
        raise InputProblem(f"{file} has {len(lines)} lines at that moment; there is no line {line}.")
    offset = sum(len(each) + 1 for each in lines[: int(line) - 1])
    for form in together([each for each in forms(tape, number, file, offset) if each is not None]):
        yield form.number, form._asdict() if as_json else f"{form.how}\t{form.file}\t{form.text.strip()}"
