"""`examdesk session`: one student's session in the terminal: events, runs, the text at any moment, differences."""

import argparse
import asyncio
import difflib
import sys
from collections.abc import Iterator
from datetime import datetime

from examdesk.cli._given_texts import texts_given
from examdesk.cli._json_out import write_json
from examdesk.cli._reaching import add_hub_arguments, hub_of, who_am_i
from examdesk.cli._traces import line_found, text_found
from examdesk.evidence.summaries import name_of
from examdesk.staffapi.client import StaffClient, open_client
from examdesk.staffapi.messages import GetGivenTexts, GetLive, GetPlayback, GivenTexts, PlayedVersion, Track
from examdesk.staffapi.playback.confirming import record_words
from examdesk.staffapi.playback.marks import Marks, PlayedRun
from examdesk.staffapi.playback.moments import MOMENT, number_of
from examdesk.staffapi.playback.tape import Tape
from shared.problems import InputProblem
from shared.text import Origin, TextModel

PIECE = 1_000
LETTERS = {
    Origin.TYPED: " ",
    Origin.OUTSIDE: "O",
    Origin.MOVED: "M",
    Origin.STARTER: "S",
    Origin.STATEMENT: "P",
    Origin.PROGRAM: "R",
}
LEGEND = "O from outside, P from the prompt, R restored, M moved, S starter; nothing: typed"
TELLING = (Origin.OUTSIDE, Origin.STATEMENT, Origin.PROGRAM, Origin.MOVED, Origin.STARTER)
"""Of a line with several origins the first of these is shown."""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> argparse.ArgumentParser:
    """Declare the command."""
    parser = subparsers.add_parser(
        "session",
        help="show one session: events, runs, the text at any moment, differences",
        description="Show one student's session from a hub that serves it, as the window's session view does. "
        "Without options its events are listed, without typing and output. Who looked is in the audit log.",
        epilog=f"MOMENT is {MOMENT}.",
        allow_abbrev=False,
    )
    parser.add_argument("student", metavar="STUDENT", help="the student's id")
    add_hub_arguments(parser)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--at", metavar="MOMENT", help="print the files, or --file, as they stood")
    what.add_argument("--diff", nargs=2, metavar="MOMENT", help="print what is different between two moments")
    what.add_argument("--texts", metavar="MOMENT", help="print what the student had to read then, and of which edition")
    what.add_argument("--runs", action="store_true", help="print every run with what it read and wrote")
    what.add_argument("--events", action="store_true", help="list all events, typing and output as well")
    what.add_argument("--find", metavar="TEXT", help="print when a text came into a file and went, at every moment")
    what.add_argument(
        "--line", nargs=2, metavar=("FILE:LINE", "MOMENT"), help="follow a line back to where it came from"
    )
    what.add_argument("--tracks", action="store_true", help="list the records of this session, side branches as well")
    parser.add_argument("--file", metavar="FILE", help="only this file, such as q1/main.py")
    parser.add_argument("--origins", action="store_true", help=f"with --at: where each line came from ({LEGEND})")
    parser.add_argument("--track", default="", metavar="NAME", help="a side branch, by its name in --tracks")
    parser.add_argument("--json", action="store_true", help="print JSON lines")
    return parser


def run(args: argparse.Namespace) -> int:
    """Fetch and print."""
    played = asyncio.run(_fetch(args))
    lines: Iterator[object]
    if args.tracks:
        lines = _tracks(played, as_json=args.json)
    elif args.at is not None:
        lines = _texts(played, args)
    elif args.texts is not None:
        lines = iter(played.given)
    elif args.diff is not None:
        lines = _differences(played, args)
    elif args.find is not None:
        lines = _traced(played, text_found(played.tape, args.find, args.file, as_json=args.json))
    elif args.line is not None:
        number = played.number(args.line[1])
        lines = _traced(played, line_found(played.tape, number, args.line[0], as_json=args.json))
    elif args.runs:
        lines = _runs(played, as_json=args.json)
    else:
        lines = _events(played, everything=args.events, as_json=args.json)
    for line in lines:
        if isinstance(line, str):
            sys.stdout.write(f"{line}\n")
        else:
            write_json(line)
    return 0


class Played:
    """A session's tape, with what stands on it."""

    def __init__(self, session: str) -> None:
        self.session = session
        self.tape, self.marks = Tape(), Marks()
        self.tracks: tuple[Track, ...] = ()
        self.versions: tuple[PlayedVersion, ...] = ()
        self.given: list[object] = []

    def number(self, moment: str) -> int:
        """Return how many events had happened at a moment as a person writes it; raises `InputProblem`."""
        return number_of(moment, self.tape, self.marks, self.versions)


async def _fetch(args: argparse.Namespace) -> Played:
    client = await open_client(hub_of(args), who_am_i())
    try:
        played = await _played(client, args.student, args.track)
        if args.texts is not None:
            played.given = await _given(client, played, args)
        return played
    finally:
        await client.close()


async def _played(client: StaffClient, student: str, track: str) -> Played:
    rows = (await client.ask(GetLive())).rows
    one = next((row for row in rows if student in (row.student, row.session) and row.session), None)
    if one is None:
        known = any(row.student == student for row in rows)
        why = "has not joined: there is no session to show" if known else "is nobody of this exam"
        raise InputProblem(f"{student} {why}. `examdesk watch` lists who is there.")
    played = Played(one.session)
    while True:
        start = len(played.tape)
        piece = await client.ask(GetPlayback(session=one.session, track=track, start=start, limit=PIECE))
        if not played.tape.set_journals(piece.track.journals):
            played = Played(one.session)
            continue
        played.tracks, played.versions = piece.tracks, piece.versions
        for event in piece.events:
            played.marks.take(played.tape, event, played.tape.take(event))
        if not piece.events or len(played.tape) >= piece.track.events:
            return played


async def _given(client: StaffClient, played: Played, args: argparse.Namespace) -> list[object]:
    number = played.number(args.texts)
    contents = played.marks.contents
    shown, drawn = contents.at(number), contents.questions_at(number)
    texts = GivenTexts(content="", known=False)
    if shown.known:
        texts = await client.ask(GetGivenTexts(session=played.session, content=shown.content))
    return list(texts_given(shown, drawn, texts, as_json=args.json))


def _tracks(played: Played, *, as_json: bool) -> Iterator[object]:
    for track in played.tracks:
        name = track.name or "(the session)"
        if as_json:
            yield {"name": track.name, "role": track.role, "device": track.device, "events": track.events}
        else:
            yield f"{name}\t{track.role}\t{track.device}\t{track.events} events"


def _events(played: Played, *, everything: bool, as_json: bool) -> Iterator[object]:
    for place, event in enumerate(played.tape.events):
        if not everything and played.marks.quiet[place]:
            continue
        words = played.marks.words_of(played.tape, place)
        if as_json:
            kind = name_of(event.kind)
            payload = None if event.payload is None else event.payload.decode(errors="replace")
            fields = {"number": place + 1, "journal": event.place, "seq": event.seq, "kind": kind}
            said = {"at_ms": event.at_ms, "confirmed_ms": event.confirmed_ms, "words": words, "payload": payload}
            yield {**fields, **said}
        else:
            yield f"{place + 1}\t{_clock(event.at_ms)}\t{words}"
    if played.tape.unconfirmed and not as_json:
        yield f"# {record_words(played.tape)}"
    troubles = played.tape.troubles
    if troubles.any() and not as_json:
        yield (
            f"# {troubles.erased} erased, {troubles.unreadable} not readable, {troubles.misfits} that do not fit the "
            "text: from there on it may differ from what the student saw."
        )


def _texts(played: Played, args: argparse.Namespace) -> Iterator[object]:
    number = played.number(args.at)
    files = played.tape.at(number)
    names = _wanted(args.file, files.files, played)
    for file in names:
        model = files.model(file)
        if args.json:
            spans = [[span.end - span.start, span.origin.name.lower()] for span in model.provenance()]
            yield {"file": file, "number": number, "text": model.text, "spans": spans}
            continue
        if len(names) > 1:
            yield f"==> {file}"
        for line, letter in zip(model.text.splitlines(), _letters(model), strict=False):
            yield f"{letter} {line}" if args.origins else line


def _wanted(file: str | None, there: tuple[str, ...], played: Played) -> tuple[str, ...]:
    if file is None:
        return there
    if file not in there:
        known = f" It has {', '.join(played.tape.files)}." if played.tape.files else ""
        raise InputProblem(f"There was no file {file} at that moment of the session.{known}")
    return (file,)


def _letters(model: TextModel) -> list[str]:
    """Return a letter for each line: the most telling origin of its characters."""
    origins: list[set[Origin]] = [set()]
    text = model.text
    for span in model.provenance():
        for part in text[span.start : span.end].splitlines(keepends=True):
            origins[-1].add(span.origin)
            if part.endswith(("\n", "\r")):
                origins.append(set())
    return [next((LETTERS[each] for each in TELLING if each in found), " ") for found in origins]


def _differences(played: Played, args: argparse.Namespace) -> Iterator[object]:
    one, other = (played.number(moment) for moment in args.diff)
    before, after = played.tape.at(one).texts(), played.tape.at(other).texts()
    names = [args.file] if args.file else list(dict.fromkeys([*before, *after]))
    if args.file and args.file not in before and args.file not in after:
        raise InputProblem(f"There was no file {args.file} at either moment. It has {', '.join(played.tape.files)}.")
    for file in names:
        if args.json:
            yield {"file": file, "before": before.get(file), "after": after.get(file), "events": [one, other]}
            continue
        yield from difflib.unified_diff(
            before.get(file, "").splitlines(),
            after.get(file, "").splitlines(),
            f"{file}\tafter event {one}",
            f"{file}\tafter event {other}",
            lineterm="",
        )


def _traced(played: Played, found: Iterator[tuple[int, object]]) -> Iterator[object]:
    for number, words in found:
        yield f"{_clock(played.tape.times[number - 1])}\tevent {number}\t{words}" if isinstance(words, str) else words


def _runs(played: Played, *, as_json: bool) -> Iterator[object]:
    for each in played.marks.runs:
        if as_json:
            yield _run_fields(each)
            continue
        took = "" if each.seconds is None else f" after {each.seconds:.1f} s"
        code = f", exit code {each.exit_code}" if each.exit_code else ""
        line = f", line {each.line}" if each.line is not None else ""
        error = f", {each.error}{line}" if each.error else ""
        end = f"{each.reason or 'not ended in this record'}{code}{error}{took}"
        yield f"run {each.run}\t{_clock(each.at_ms)}\t{_what(each)}\tevent {each.number}\t{end}"
        for said in each.said:
            sign = {"in": "<", "window": "*", "err": "!", "capped": "…"}.get(said.stream, " ")
            yield from (f"  {sign} {part}" for part in said.text.splitlines() or [""])


def _what(each: PlayedRun) -> str:
    return f"checks of {each.question}" if each.checks else each.file


def _run_fields(each: PlayedRun) -> dict[str, object]:
    return {
        "run": each.run,
        "number": each.number,
        "at_ms": each.at_ms,
        "question": each.question,
        "file": each.file,
        "checks": each.checks,
        "files": {file: state.sha256 for file, state in each.files.items()},
        "reason": each.reason,
        "seconds": each.seconds,
        "exit_code": each.exit_code,
        "error": each.error,
        "line": each.line,
        "said": [[said.stream, said.text] for said in each.said],
    }


def _clock(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000).astimezone().strftime("%H:%M:%S")
