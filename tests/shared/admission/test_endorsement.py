import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.admission.endorsement import (
    PAYLOAD_TYPE,
    Endorsement,
    EndorsementForAnotherExam,
    NotAnEndorsement,
    Parent,
    issue,
    read,
)
from shared.crypto.dsse import UnknownSigner, WrongPayloadType, seal
from shared.crypto.keys import SigningKey
from shared.ids import ExamId
from shared.problems import PeerFault

EXAM_KEY = SigningKey(b"e" * 32)
JOURNAL_KEY = SigningKey(b"j" * 32)
ONE = Endorsement(
    exam="0a" * 16,
    student="s123",
    name="Ágnes Ő.",
    section="A",
    session="1b" * 16,
    journal="2c" * 16,
    device="3d" * 16,
    journal_key=JOURNAL_KEY.public.raw.hex(),
    parent=Parent(journal="4e" * 16, seq=41, link="5f" * 32),
    seat="12",
    by="personal",
    provisional=False,
    hub_ms=1_700_000_000_000,
    not_after_ms=1_700_010_000_000,
)
hex_ids = st.binary(min_size=16, max_size=16).map(bytes.hex)
times = st.integers(0, 2**53 - 1)
endorsements = st.builds(
    Endorsement,
    exam=hex_ids,
    student=st.text(max_size=50),
    name=st.text(max_size=50),
    section=st.text(max_size=50),
    session=hex_ids,
    journal=hex_ids,
    device=hex_ids,
    journal_key=st.just(ONE.journal_key),
    parent=st.none() | st.builds(Parent, hex_ids, times, st.binary(min_size=32, max_size=32).map(bytes.hex)),
    seat=st.none() | st.text(max_size=20),
    by=st.sampled_from(["code", "personal", "proctor", "roster"]),
    provisional=st.booleans(),
    hub_ms=times,
    not_after_ms=times,
)


def signed(**changes):
    payload = json.loads(msgspec.json.encode(ONE)) | changes
    return seal(PAYLOAD_TYPE, json.dumps(payload).encode(), EXAM_KEY)


@given(endorsements)
def test_an_endorsement_is_read_as_it_was_issued(endorsement):
    assert read(issue(endorsement, EXAM_KEY), EXAM_KEY.public, endorsement.exam_id) == endorsement


def test_ids_and_key_come_out_as_bytes():
    assert ONE.exam_id == b"\x0a" * 16
    assert ONE.session_id == b"\x1b" * 16
    assert ONE.journal_id == b"\x2c" * 16
    assert ONE.device_id == b"\x3d" * 16
    assert ONE.verify_key() == JOURNAL_KEY.public


def test_every_changed_byte_is_refused():
    sealed = issue(ONE, EXAM_KEY)
    for index in range(len(sealed)):
        changed = bytearray(sealed)
        changed[index] ^= 1 + index % 255
        with pytest.raises(PeerFault):
            read(bytes(changed), EXAM_KEY.public)


def test_d2_another_signed_document_is_no_endorsement():
    with pytest.raises(WrongPayloadType):
        read(seal("other", msgspec.json.encode(ONE), EXAM_KEY), EXAM_KEY.public)


def test_d3_another_exams_key_is_refused():
    with pytest.raises(UnknownSigner):
        read(issue(ONE, JOURNAL_KEY), EXAM_KEY.public)


@pytest.mark.parametrize(
    "change",
    [
        {"exam": "0A" * 16},
        {"exam": "0a" * 15},
        {"session": "0a" * 16 + "\n"},
        {"journal_key": "00" * 32},
        {"journal_key": "xx" * 32},
        {"by": "guess"},
        {"hub_ms": -1},
        {"not_after_ms": 2**53},
        {"parent": {"journal": "4e" * 16, "seq": -1, "link": "5f" * 32}},
        {"name": "x" * 201},
        {"name": None},
    ],
)
def test_e1_a_signed_document_with_one_impossible_field_is_refused(change):
    with pytest.raises(NotAnEndorsement):
        read(signed(**change), EXAM_KEY.public)


def test_e1_a_huge_document_is_refused():
    with pytest.raises(NotAnEndorsement):
        read(bytes(20_000), EXAM_KEY.public)


def test_e2_an_endorsement_of_another_exam_is_refused():
    with pytest.raises(EndorsementForAnotherExam):
        read(issue(ONE, EXAM_KEY), EXAM_KEY.public, ExamId(bytes(16)))


def test_fields_of_a_later_version_do_no_harm():
    assert read(signed(later=1), EXAM_KEY.public) == ONE
