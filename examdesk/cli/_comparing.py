"""`examdesk control alike`, `pair`, `compare-with` and the like: similarity of the class at the terminal."""

import argparse
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

from examdesk.cli._json_out import add_json_argument
from examdesk.cli._room_lists import clock_of, line_of
from examdesk.staffapi.client import StaffClient
from examdesk.staffapi.corpus_files import corpus_commands
from examdesk.staffapi.messages import (
    KEEP_DAYS,
    MOST_DAYS,
    SIMILARITY_WORDS,
    AppearedView,
    GetCorpora,
    GetExam,
    GetLive,
    GetSideBySide,
    GetSimilarity,
    KeepCorpus,
    LiveRow,
    PairView,
    Passage,
    RemoveCorpus,
    SideBySide,
)
from examdesk.staffapi.pair_report import PairPage, pair_page
from shared.exam.whole_file import write_whole
from shared.problems import InputProblem

_NONE = "-"
_DAYS = "days from now on until the hub deletes it by itself; 0: until somebody removes it"
_SHARES = ("typed", "pasted", "moved", "given")


def add_comparing_parsers(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the actions and what they take."""
    text = "list the pairs of programs of the class, the most alike first"
    alike = actions.add_parser("alike", help=text, description=f"{text.capitalize()}. {SIMILARITY_WORDS}")
    alike.add_argument("--question", default="", metavar="ID", help="only this question")
    alike.add_argument("--top", type=int, default=20, metavar="N", help="how many pairs (20)")
    alike.add_argument("--student", default="", help="only pairs of this student")
    alike.add_argument(
        "--without-common",
        type=int,
        default=0,
        metavar="PERCENT",
        help="also the figure without what more than so many percent of the class wrote",
    )
    add_json_argument(alike)
    text = "list the passages that two students share: when each appeared in each session, typed or pasted"
    pair = actions.add_parser("pair", help=text, description=f"{text.capitalize()}. {SIMILARITY_WORDS}")
    pair.add_argument("one")
    pair.add_argument("other")
    pair.add_argument("--question", default="", metavar="ID", help="only this question")
    form = pair.add_mutually_exclusive_group()
    form.add_argument("--html", type=Path, metavar="FILE", help="also write it as one page to read anywhere")
    form.add_argument("--json", action="store_true", help="print JSON")
    text = "with what the class is compared besides itself"
    add_json_argument(actions.add_parser("compared-with", help=text, description=f"List {text}."))
    text = "compare the class with an earlier class or a folder of programs as well"
    add = actions.add_parser("compare-with", help=text, description=text.capitalize() + ".")
    add.add_argument("path", type=Path, help="a bundle (*.examrecord), a .py file, or a folder of these")
    add.add_argument("--name", default="", help="what to call it; the file's or folder's name if left out")
    add.add_argument("--days", type=_days, default=KEEP_DAYS, help=f"{_DAYS} ({KEEP_DAYS})")
    text = "keep a source that the class is compared with for longer or shorter"
    keep = actions.add_parser("keep-compared", help=text, description=text.capitalize() + ".")
    keep.add_argument("corpus", help="its id as `compared-with` lists it, the beginning of it, or its name")
    keep.add_argument("--days", type=_days, required=True, help=_DAYS)
    text = "compare no longer with a source, and delete it from the hub"
    drop = actions.add_parser("compare-without", help=text, description=text.capitalize() + ".")
    drop.add_argument("corpus", help="its id as `compared-with` lists it, the beginning of it, or its name")


async def _alike(client: StaffClient, args: argparse.Namespace) -> Sequence[object]:
    rows = await _rows(client)
    session = _session(rows, args.student) if args.student else ""
    share = min(max(args.without_common, 0), 100) / 100
    view = await client.ask(
        GetSimilarity(question=args.question, limit=max(args.top, 1), most_common=share, session=session)
    )
    if args.json:
        return [view]
    head = f"{view.programs} programs, {view.all_pairs} pairs"
    if view.too_small:
        head += f"; {view.too_small} more have under {view.least_tokens} tokens and are not compared"
    titles = line_of("plain", "rank", *(["without common"] if share else []), "lower pairs", "one", "other", "note")
    return [f"{head}.", titles, *map(_pair, view.pairs), SIMILARITY_WORDS]


def _pair(pair: PairView) -> str:
    notes = [note for note, holds in (("short", pair.too_short), ("by tokens", pair.by_tokens)) if holds]
    return line_of(
        f"{pair.jaccard:.3f}",
        _NONE if pair.rank is None else f"{pair.rank:.3f}",
        *([] if pair.uncommon is None else [f"{pair.uncommon:.3f}"]),
        f"{pair.below * 100:.1f} %",
        pair.a_name,
        pair.b_name,
        ", ".join(notes) or _NONE,
    )


async def _show_pair(client: StaffClient, args: argparse.Namespace) -> Sequence[object]:
    rows = await _rows(client)
    one, other = _session(rows, args.one), _session(rows, args.other)
    shown = await client.ask(GetSideBySide(a=one, b=other, question=args.question, taken=args.html is not None))
    if args.json:
        return [shown]
    rank = "" if shown.rank is None else f", rank {shown.rank:.3f}"
    lines = [f"{shown.a_name} and {shown.b_name}: plain {shown.jaccard:.3f}{rank}."]
    if shown.too_short:
        lines.append("Under 20 lines of own code: too short to say much.")
    lines.append(line_of("lines", "first in", shown.a_name, shown.b_name, "programs with it"))
    for region, passage in zip(shown.regions, shown.passages, strict=True):
        first = shown.a_text.count("\n", 0, region[0]) + 1, shown.a_text.count("\n", 0, region[1]) + 1
        second = shown.b_text.count("\n", 0, region[2]) + 1, shown.b_text.count("\n", 0, region[3]) + 1
        lines.append(
            line_of(
                f"{first[0]}-{first[1]} / {second[0]}-{second[1]}",
                _first(passage, shown.a_name, shown.b_name),
                _appeared(passage.a),
                _appeared(passage.b),
                f"{passage.programs_with_it} of {shown.programs}",
            )
        )
    if args.html is not None:
        lines.append(await _write_page(client, shown, args))
    return [*lines, SIMILARITY_WORDS]


async def _write_page(client: StaffClient, shown: SideBySide, args: argparse.Namespace) -> str:
    exam = await client.ask(GetExam())
    page = pair_page(
        shown,
        PairPage(exam=exam.long_name, question=args.question, made=_day_of(exam.hub_ms), clock=clock_of),
    )
    write_whole(args.html, page.encode())
    return f"{args.html} is written."


def _day_of(at_ms: int) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(at_ms / 1000))


def _first(passage: Passage, one: str, other: str) -> str:
    return {"a": one, "b": other, "together": "about the same time", "": _NONE}[passage.first]


def _appeared(side: AppearedView | None) -> str:
    if side is None:
        return _NONE
    how = max(_SHARES, key=lambda name: float(getattr(side, name)))
    return f"{clock_of(side.there.at_ms)} {how} {float(getattr(side, how)) * 100:.0f} %"


async def _rows(client: StaffClient) -> dict[str, LiveRow]:
    return {row.student: row for row in (await client.ask(GetLive())).rows}


def _session(rows: dict[str, LiveRow], student: str) -> str:
    row = rows.get(student)
    if row is None or not row.session:
        raise InputProblem(f"{student} has not joined this exam; see: examdesk watch.")
    return row.session


async def _compared_with(client: StaffClient, args: argparse.Namespace) -> Sequence[object]:
    found = (await client.ask(GetCorpora())).corpora
    if args.json:
        return [found]
    return [
        line_of(
            each.corpus,
            _day_of(each.added_ms),
            each.by,
            f"{each.programs} programs",
            "no date" if each.until_ms is None else f"until {_day_of(each.until_ms)}",
            each.name,
        )
        for each in found
    ] or ["The class is compared with itself alone."]


async def _compare_with(client: StaffClient, args: argparse.Namespace) -> list[str]:
    sentence = ""
    for command in corpus_commands(args.path, args.name, args.days):
        sentence = (await client.ask(command)).sentence
    return [sentence]


async def _compare_without(client: StaffClient, args: argparse.Namespace) -> list[str]:
    corpus = await _source(client, args.corpus)
    return [(await client.ask(RemoveCorpus(command=secrets.token_hex(16), corpus=corpus))).sentence]


async def _keep_compared(client: StaffClient, args: argparse.Namespace) -> list[str]:
    request = KeepCorpus(command=secrets.token_hex(16), corpus=await _source(client, args.corpus), days=args.days)
    return [(await client.ask(request)).sentence]


async def _source(client: StaffClient, typed: str) -> str:
    """Return the id of the source that is meant: by its id, the beginning of it, or its name."""
    there = (await client.ask(GetCorpora())).corpora
    return source_named(typed, {each.corpus: each.name for each in there})


def source_named(typed: str, names: Mapping[str, str]) -> str:
    """Return the one of these sources, by id, that is meant; raises InputProblem where it is none or several."""
    found = [corpus for corpus, name in names.items() if typed and (corpus.startswith(typed) or name == typed)]
    if len(found) == 1:
        return found[0]
    listed = ", ".join(f"{corpus} ({names[corpus]})" for corpus in found or names) or "none"
    said = f"{typed} may be any of several sources" if found else f"There is no source {typed}"
    raise InputProblem(f"{said}; nothing was changed. There are: {listed}.")


def _days(text: str) -> int:
    if not text.isdecimal() or not text.isascii() or int(text) > MOST_DAYS:
        raise argparse.ArgumentTypeError(f"{text} is no number of days from 0 to {MOST_DAYS}")
    return int(text)


COMPARING: dict[str, Callable[[StaffClient, argparse.Namespace], Awaitable[Sequence[object]]]] = {
    "alike": _alike,
    "pair": _show_pair,
    "compared-with": _compared_with,
    "compare-with": _compare_with,
    "compare-without": _compare_without,
    "keep-compared": _keep_compared,
}
