"""Signals as they are kept beside the records: with everything that one needs to work them out again."""

from collections.abc import Iterator
from hashlib import sha256

import msgspec
import sqlalchemy as sa

from examdesk.evidence.signals import ENGINE, Given, Signal
from examdesk.readmodels.live import LiveModel
from examdesk.store import schema as s
from examdesk.store.projections import Projection
from shared.exam.rules import Signals
from shared.ids import JournalId, SessionId

NAME = "signals"
VERSION = 1


class Input(msgspec.Struct, frozen=True):
    """A journal as it was read: up to which event, and the link of the chain there, in hexadecimal."""

    journal: str
    seq: int
    link: str


class DerivedSignals(msgspec.Struct, frozen=True, kw_only=True):
    """A session's signals, and what they follow from: the same inputs, engine and thresholds give the same signals."""

    engine: str
    thresholds: Signals
    given_sha256: str
    inputs: tuple[Input, ...]
    signals: tuple[Signal, ...]


def given_digest(given: Given) -> str:
    """Return SHA-256 over each edition's number, prompts and starter code, then notices, texts by their own digests."""
    digest = sha256(b"examdesk given 2\0")
    for edition in given.editions:
        digest.update(edition.number.to_bytes(8, "big"))
        for text in (*edition.prompts, "\0", *edition.starters, "\0"):
            digest.update(sha256(text.encode("utf-8", "surrogatepass")).digest())
    digest.update(sha256(b"notices").digest())
    for number, text in sorted(given.notices.items()):
        digest.update(number.to_bytes(8, "big") + sha256(text.encode("utf-8", "surrogatepass")).digest())
    return digest.hexdigest()


def derived_signals(live: LiveModel, session: SessionId) -> DerivedSignals:
    """Return a session's signals with their inputs."""
    rows = [row for journal in live.facts[session].journals if (row := live.journal_row(journal)) is not None]
    return DerivedSignals(
        engine=ENGINE,
        thresholds=live.rules.signals,
        given_sha256=given_digest(live.rules.given),
        inputs=tuple(Input(row.journal.hex(), row.head_seq, row.head_link.hex()) for row in rows),
        signals=tuple(live.facts[session].signals()),
    )


def derive(live: LiveModel) -> Iterator[Projection]:
    """Yield what is kept for every session; `live` must have been loaded from the records just before."""
    encode = msgspec.json.Encoder(order="deterministic").encode
    for session, row in live.fresh().sessions.items():
        current = row.journal if row.journal is not None else JournalId(bytes(16))
        journal = live.journal_row(current)
        yield Projection(
            session=session,
            name=NAME,
            version=VERSION,
            journal=current,
            seq=-1 if journal is None else journal.head_seq,
            data=encode(derived_signals(live, session)),
        )


def stored(connection: sa.Connection) -> dict[tuple[SessionId, str], Projection]:
    """Return what is kept, by session and name."""
    names = Projection.__struct_fields__
    found = connection.execute(sa.select(*(s.projections.c[name] for name in names)))
    rows = [Projection(**dict(zip(names, row, strict=True))) for row in found]
    return {(row.session, row.name): row for row in rows}
