"""Each signal that ExamDesk promises, one by one: raised by what deserves it, said with figures, with its moment."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from examdesk.evidence.signals import KINDS
from shared.exam.rules import SignalName, Signals
from tests.support.labelled import HONEST, NOT_HONEST, Labelled, labelled

ROOT = Path(__file__).parents[3]
PROMISED = {
    "large paste": "large_paste",
    "paste that came from outside the session": "outside_paste",
    "text arriving faster than typing": "fast_text",
    "focus away": "focus_away",
    "long inactivity": "inactivity",
    "restart": "restart",
    "change of device, address or user": "device_change",
    "two devices at once": "two_devices",
    "offline stretch": "offline",
    "clock change": "clock_change",
    "break in the chain": "log_break",
    "file changed outside the editor": "outside_file_change",
    "refused import": "refused_import",
    "refused network": "refused_network",
    "refused paste": "refused_paste",
    "a virtual machine or a remote session, where the exam records it": "surroundings",
}
"""What the product says that there is, and the kind that is it."""
ORDINARY = re.compile(r"look(s)? the same|can be the reason|is the usual reason|do this as well|by themselves|labs are")
ACCUSING = re.compile(r"cheat|suspicio|plagiar|fraud|guilt|violat|dishonest|copied from", re.IGNORECASE)


@pytest.fixture(scope="module")
def sessions() -> list[Labelled]:
    return list(labelled((*HONEST, *NOT_HONEST), 1, "every signal"))


def test_every_kind_is_promised_and_every_promise_is_a_kind():
    assert set(PROMISED.values()) == set(KINDS) == set(get_args(SignalName))


@pytest.mark.parametrize("kind", PROMISED.values(), ids=PROMISED.keys())
def test_a_signal_says_what_when_how_much_and_leads_to_its_moment(sessions, kind):
    raised = [(session, signal) for session in sessions for signal in session.signals if signal.kind == kind]
    assert raised
    for session, signal in raised:
        journal = session.facts.journals[bytes.fromhex(signal.journal)]
        assert 0 <= signal.seq <= journal.last_seq + 20  # a break may name an event that only the hub had
        assert signal.at_ms > 0
        assert signal.amount != 0
        assert signal.unit == KINDS[kind].unit
        assert len(signal.explanation.split()) >= 5
        assert signal.explanation.endswith((".", "?"))
        assert not ACCUSING.search(signal.explanation)
        if signal.file:
            assert signal.file.startswith("q1/")


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_explained_with_its_ordinary_reasons(kind):
    assert ORDINARY.search(KINDS[kind].meaning)
    assert not ACCUSING.search(KINDS[kind].meaning)


@pytest.mark.parametrize("kind", KINDS)
def test_a_threshold_is_a_field_with_a_range_and_a_description(kind):
    hints = get_type_hints(Signals, include_extras=True)
    for field in (KINDS[kind].field, *KINDS[kind].also):
        if field:
            (meta,) = hints[field].__metadata__
            assert meta.ge is not None
            assert meta.le is not None
            assert meta.ge <= getattr(Signals(), field) <= meta.le
            assert meta.description.endswith(".")


def test_anybody_works_out_the_same_bytes():
    told = [_told(seed) for seed in ("1", "4711")]
    assert told[0] == told[1]
    assert len(told[0]) > 1_000


def _told(seed: str) -> bytes:
    code = (
        "import sys, msgspec\n"
        "from tests.support.labelled import labelled\n"
        "from tests.support.labelled.not_honest import *\n"
        "acts = (pastes_a_piece, pastes_line_by_line, lets_a_tool_type, works_at_two_pcs, pastes_by_way_of_the_notes)\n"
        "found = [signal for each in labelled(acts, 1, 'bytes') for signal in each.signals]\n"
        "sys.stdout.buffer.write(msgspec.json.encode(found))\n"
    )
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, cwd=ROOT, env=environment, timeout=100, check=True
    )
    return done.stdout
