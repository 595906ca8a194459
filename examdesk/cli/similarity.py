"""`examdesk similarity`: compare the programs in a folder with each other."""

import argparse
import csv
import io
import itertools
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from examdesk.cli._json_out import write_json
from examdesk.exports.tables import defused
from examdesk.similarity import (
    ENGINE,
    MINIMUM_TOKENS,
    SHORT_LINES,
    WORDING,
    Distribution,
    Pair,
    Program,
    Region,
    Report,
    Spread,
    compare_all,
    regions,
)
from examdesk.similarity.features import Extractor
from examdesk.similarity.folder import read_folder, read_starters
from examdesk.similarity.pairing import without_common
from examdesk.staffapi.groups import groups_of
from shared.exam.whole_file import write_whole
from shared.problems import InputProblem

_JSON_PAIRS = 20_000
_TABLE_PAIRS = 20
_COLUMNS = ("a", "b", "rank", "plain", "too_short", "by_tokens")
_JSON_REGIONS = 50


class ListedPair(msgspec.Struct, frozen=True, omit_defaults=True):
    """A pair as it is printed: `rank` only where there is one, `short` and `by_tokens` only where true."""

    a: str
    b: str
    jaccard: float
    regions: list[Region]
    rank: float | None = None
    short: bool = False
    by_tokens: bool = False
    uncommon: float | None = None


class Listing(msgspec.Struct, frozen=True):
    """What `--json` prints."""

    pairs: list[ListedPair]
    pairs_left_out: int
    pairs_with_regions: int
    engine: str
    distribution: Distribution
    programs: int
    warnings: list[str]
    unparsed: list[str]
    short: list[str]
    groups: list[list[str]]
    wording: str = WORDING


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `similarity`."""
    parser = subparsers.add_parser(
        "similarity",
        help="compare a folder of programs with each other",
        description="Compare every program in a folder with every other one. " + WORDING,
        allow_abbrev=False,
    )
    parser.add_argument(
        "folder", nargs="?", type=Path, metavar="FOLDER", help="each .py file or sub-folder in it is one student's work"
    )
    _add_forgetting_arguments(parser)
    parser.add_argument(
        "--starter",
        type=Path,
        nargs="+",
        action="extend",
        default=[],
        metavar="PATH",
        help="code that students were given, files or folders; it counts for nobody",
    )
    parser.add_argument(
        "--earlier",
        type=Path,
        nargs="+",
        action="extend",
        default=[],
        metavar="DIR",
        help="folders of an earlier class or another source: compared with FOLDER, never with each other",
    )
    parser.add_argument(
        "--without-common",
        type=_percent,
        metavar="PERCENT",
        help="show beside it the plain figure without what more than so many percent of the programs have",
    )
    parser.add_argument(
        "--groups",
        type=_percent,
        metavar="PERCENT",
        help="also list the groups that pairs from this figure on make",
    )
    parser.add_argument(
        "--groups-by",
        choices=("plain", "rank"),
        default="plain",
        help="the figure that --groups goes by: the plain one, or the rank, which holds rewritten copies together and "
        "leaves out what much of the class wrote (default: plain)",
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print JSON")
    form.add_argument(
        "--csv",
        type=Path,
        metavar="FILE",
        help="write the pairs as a table for spreadsheets; an earlier file stays as it is until the new one is whole",
    )
    parser.add_argument("--no-rank", action="store_true", help="the plain measure only (a third of the time)")
    parser.add_argument(
        "--top",
        type=_number,
        metavar="N|all",
        help=f"pairs to list (printed: {_TABLE_PAIRS}, JSON and CSV: {_JSON_PAIRS})",
    )
    parser.add_argument(
        "--regions",
        type=_number,
        default=_JSON_REGIONS,
        metavar="N|all",
        help=f"pairs whose matching passages JSON lists, from the top (default: {_JSON_REGIONS})",
    )
    parser.add_argument(
        "--minimum-tokens",
        type=_number,
        default=MINIMUM_TOKENS,
        metavar="N",
        help=f"shortest passage listed (default: {MINIMUM_TOKENS})",
    )


def _add_forgetting_arguments(parser: argparse.ArgumentParser) -> None:
    instead = parser.add_argument_group("instead of comparing a folder")
    instead.add_argument(
        "--data", metavar="DIR", help="list with what a hub's class is compared besides itself, of records with no hub"
    )
    instead.add_argument("--exam", metavar="ID", help="the exam's id, where the records hold several")
    instead.add_argument(
        "--forget",
        action="append",
        default=[],
        metavar="ID|due",
        help="delete these programs first, or those whose time is over; may be given again",
    )


def _number(text: str) -> int:
    """A count; `all` is as many as there can be."""
    if text == "all":
        return sys.maxsize
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is neither a whole number nor 'all'")
    return int(text)


def _percent(text: str) -> float:
    """A share of 1 from a percentage."""
    number = text.removesuffix("%").strip()
    if not number.isdecimal() or not 0 < int(number) <= 100:
        raise argparse.ArgumentTypeError(f"{text!r} is not a percentage from 1 to 100")
    return int(number) / 100


def _read(args: argparse.Namespace) -> tuple[list[Program], list[str]]:
    """Return the class and what it is compared with besides, with what could not be read."""
    programs, warnings = read_folder(args.folder, args.starter)
    for folder in args.earlier:
        earlier, more = read_folder(folder, args.starter)
        called = folder.resolve().name
        programs += [
            Program(owner=each.owner, files=each.files, name=f"{called}/{each.owner}", earlier=True) for each in earlier
        ]
        warnings += [f"{called}: {warning}" for warning in more]
    return programs, warnings


def _uncommon(report: Report, programs: Sequence[Program], starters: Sequence[str], most: float | None) -> list[float]:
    """Return each listed pair's figure without what many have; nothing where it was not asked for."""
    if most is None:
        return []
    extract = Extractor(starters, structural=False)
    features = [extract(program) for program in programs]
    places = {program.label: place for place, program in enumerate(programs)}
    return without_common([(places[pair.a], places[pair.b]) for pair in report.pairs], features, most)


def run(args: argparse.Namespace) -> int:
    """Compare, print, return 0."""
    if (args.folder is None) == (args.data is None) or (args.forget and args.data is None):
        raise InputProblem("Name the FOLDER to compare, or with --data the records whose added programs to list.")
    if args.data is not None:
        from examdesk.cli._forgetting import list_or_forget  # noqa: PLC0415 - a folder is compared without a database

        return list_or_forget(args)
    if args.no_rank and args.groups_by == "rank":
        raise InputProblem("Groups by rank need the rank: leave out --no-rank, or group by the plain figure.")
    starters = read_starters(args.starter)
    programs, warnings = _read(args)
    top = args.top if args.top is not None else _JSON_PAIRS if args.json or args.csv else _TABLE_PAIRS
    report = compare_all(programs, starters, rank=not args.no_rank, limit=None if top == sys.maxsize else top)
    uncommon = _uncommon(report, programs, starters, args.without_common)
    if args.json:
        listing = _listing(report, programs, starters, warnings, args)
        if uncommon:
            both = zip(listing.pairs, uncommon, strict=True)
            pairs = [msgspec.structs.replace(pair, uncommon=share) for pair, share in both]
            listing = msgspec.structs.replace(listing, pairs=pairs)
        write_json(listing)
    elif args.csv:
        write_whole(args.csv, _csv(report.pairs, uncommon))
        sys.stdout.write("\n".join(_written(report, warnings, args)) + "\n")
    else:
        sys.stdout.write("\n".join(_table(report, warnings, uncommon, args)) + "\n")
    return 0


def _listing(
    report: Report, programs: Sequence[Program], starters: Sequence[str], warnings: list[str], args: argparse.Namespace
) -> Listing:
    by_name = {program.label: program for program in programs}
    listed: list[ListedPair] = []
    for pair in itertools.islice(report.pairs, args.regions):
        found = regions(by_name[pair.a], by_name[pair.b], starters, minimum_tokens=args.minimum_tokens)
        listed.append(_listed(pair, found))
    with_regions = len(listed)
    none: list[Region] = []
    listed += [_listed(pair, none) for pair in itertools.islice(report.pairs, with_regions, None)]
    return Listing(
        pairs=listed,
        pairs_left_out=report.left_out,
        pairs_with_regions=with_regions,
        engine=ENGINE,
        distribution=report.distribution,
        programs=report.programs,
        warnings=warnings,
        unparsed=report.unparsed,
        short=report.short,
        groups=_groups(report, args.groups, args.groups_by),
    )


def _groups(report: Report, at_least: float | None, by: str) -> list[list[str]]:
    """Return the groups that the listed pairs make from a figure on."""
    if at_least is None:
        return []

    def figure(pair: Pair) -> float:
        return pair.jaccard if by == "plain" else pair.rank or 0.0

    return groups_of((pair.a, pair.b) for pair in report.pairs if figure(pair) >= at_least)


def _listed(pair: Pair, found: list[Region]) -> ListedPair:
    return ListedPair(pair.a, pair.b, pair.jaccard, found, pair.rank, pair.short, pair.by_tokens)


def _csv(pairs: Sequence[Pair], uncommon: list[float]) -> bytes:
    """Return the table, UTF-8 with the mark by which Excel knows it; no name in it can be taken for a formula."""
    out = io.StringIO(newline="")
    table = csv.writer(out)
    table.writerow([*_COLUMNS, "uncommon"] if uncommon else _COLUMNS)
    for place, pair in enumerate(pairs):
        rank = "" if pair.rank is None else f"{pair.rank:.6f}"
        notes = ("yes" if noted else "" for noted in (pair.short, pair.by_tokens))
        row = [defused(pair.a), defused(pair.b), rank, f"{pair.jaccard:.6f}", *notes]
        table.writerow([*row, f"{uncommon[place]:.6f}"] if uncommon else row)
    return out.getvalue().encode("utf-8-sig", errors="replace")


def _written(report: Report, warnings: list[str], args: argparse.Namespace) -> list[str]:
    """Say what the table has, what it has not, and how to read it."""
    lines = [f"{args.csv}: {len(report.pairs)} of {len(report.pairs) + report.left_out} pairs, the highest first."]
    if report.left_out:
        lines.append(f"{report.left_out} pairs below these are left out (--top all writes them too).")
    return [
        *lines,
        "",
        *_spreads(report),
        *_group_lines(report, args),
        *(["", *warnings] if warnings else []),
        "",
        WORDING,
    ]


def _group_lines(report: Report, args: argparse.Namespace) -> list[str]:
    if args.groups is None:
        return []
    groups = _groups(report, args.groups, args.groups_by)
    lines = [f"  {len(group)}: {', '.join(group)}" for group in groups] or ["  none"]
    return ["", f"Groups of listed pairs from {args.groups:.2f} ({args.groups_by}) on:", *lines]


def _table(report: Report, warnings: list[str], uncommon: list[float], args: argparse.Namespace) -> list[str]:
    lines = [f"{report.programs} programs, {len(report.pairs) + report.left_out} pairs.", ""]
    lines += _pairs(report.pairs, uncommon)
    if report.left_out:
        lines.append(f"… and {report.left_out} pairs below these (--top all shows them).")
    lines += ["", *_spreads(report), *_group_lines(report, args)]
    if any(pair.by_tokens for pair in report.pairs):
        lines += ["", "t  one of the two does not parse: the rank comes from its tokens alone."]
    if any(pair.short for pair in report.pairs):
        lines += ["", f"s  under {SHORT_LINES} lines of own code: too short to tell copies from chance."]
    if warnings:
        lines += ["", *warnings]
    return [*lines, "", WORDING]


def _pairs(pairs: Sequence[Pair], uncommon: list[float]) -> list[str]:
    width = max((len(name) for pair in pairs for name in (pair.a, pair.b)), default=0)
    more = f"{'uncommon':>8}  " if uncommon else ""
    lines = [f"{'rank':>6}  {'plain':>6}  {more}    {'a':{width}}  b"]
    for place, pair in enumerate(pairs):
        without = f"{uncommon[place]:8.3f}  " if uncommon else ""
        rank = "" if pair.rank is None else f"{pair.rank:.3f}"
        notes = ("t" if pair.by_tokens else " ") + ("s" if pair.short else " ")
        lines.append(f"{rank:>6}  {pair.jaccard:6.3f}  {without}{notes}  {pair.a:{width}}  {pair.b}")
    return lines


def _spreads(report: Report) -> list[str]:
    lines = ["How common figures are in this class: so many of all pairs are no higher than"]
    both: list[tuple[str, Spread | None]] = [("rank", report.distribution.rank), ("plain", report.distribution.jaccard)]
    for name, spread in both:
        if spread is not None and spread.pairs:
            figures = (f"{float(share) * 100:g} %: {figure:.3f}" for share, figure in spread.quantiles.items())
            lines.append(f"{name:>6}  " + "   ".join(figures))
    return lines
