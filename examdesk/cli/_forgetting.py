"""`examdesk similarity --data`: the programs that a hub compares with, listed and deleted while no hub runs."""

import argparse
import sys
from pathlib import Path

import msgspec

from examdesk.cli._comparing import source_named
from examdesk.cli._json_out import write_json
from examdesk.cli._looking import look
from examdesk.cli.export import exam_in, open_records, records_url
from examdesk.hub.control.before_after import value_change
from examdesk.hub.records.corpora import Corpora, Corpus, day_of
from examdesk.hub.records.place import HubLock, existing_place
from examdesk.store.audit import CHANGE
from shared.clock import SystemClock
from shared.ids import ExamId
from shared.problems import EnvironmentProblem, InputProblem

DUE = "due"
REMOVED = "removed programs to compare with"


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """What `--json` prints of each source."""

    corpus: str
    name: str
    programs: int
    added: str
    until: str | None


def list_or_forget(args: argparse.Namespace) -> int:
    """Delete what is to be forgotten, then list what there is; return 0.

    Raises:
        InputProblem: there is nothing with such an id, or a hub runs; nothing was deleted.
        EnvironmentProblem: a file can't be deleted.
    """
    reader = open_records(args.data)
    try:
        exam = exam_in(reader, args.exam)
    finally:
        reader.close()
    corpora = Corpora(_folder(args.data))
    for each in _forget(args, exam, corpora):
        sys.stderr.write(f"{each.name} is no longer compared with, and deleted.\n")
    rows = [_source(each) for each in corpora.all]
    if args.json:
        write_json(rows, indent=2)
    else:
        for row in rows:
            until = f"until {row.until}" if row.until else "no date"
            sys.stdout.write(f"{row.corpus}\t{row.added}\t{row.programs} programs\t{until}\t{row.name}\n")
    return 0


def _folder(data: str) -> Path:
    return existing_place(data).folder


def _source(corpus: Corpus) -> Source:
    return Source(
        corpus=corpus.corpus,
        name=corpus.name,
        programs=len(corpus.programs),
        added=day_of(corpus.added_ms),
        until=day_of(corpus.until_ms) or None,
    )


def _forget(args: argparse.Namespace, exam: ExamId, corpora: Corpora) -> list[Corpus]:
    if not args.forget:
        return []
    found = _meant(args.forget, corpora)
    lock = HubLock(existing_place(args.data), exam)
    try:
        lock.take()
    except EnvironmentProblem as error:
        raise InputProblem(
            f"A hub serves these records. Say `examdesk control --data {args.data} compare-without ID`; nothing was "
            "deleted."
        ) from error
    try:
        gone = [each for each in found if corpora.remove(each.corpus) is not None]
    finally:
        lock.release()
    for each in gone:
        (change,) = value_change("compared with it", before=True, after=False)
        detail = f"{each.name}: {len(each.programs)} programs\n{CHANGE}{change}"
        look(records_url(args.data), exam, REMOVED, detail)
    return gone


def _meant(asked: list[str], corpora: Corpora) -> list[Corpus]:
    """Return the sources that are meant, each once."""
    meant: dict[str, Corpus] = {}
    known = {each.corpus: each for each in corpora.all}
    for word in asked:
        if word == DUE:
            meant |= {each.corpus: each for each in corpora.due(SystemClock().wall_ms())}
        else:
            corpus = source_named(word, {each.corpus: each.name for each in known.values()})
            meant[corpus] = known[corpus]
    return list(meant.values())
