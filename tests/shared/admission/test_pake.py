import hmac

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spake2 import SPAKE2_B

from shared.admission.codes import PersonalCode
from shared.admission.pake import (
    DeskNotProven,
    DeskProof,
    HubNotProven,
    HubProof,
    MalformedProof,
    ProofContext,
)
from shared.clock import SystemChance
from shared.crypto.keys import sha256
from shared.ids import ExamId
from shared.problems import Bug
from tests.support.clocks import SeededChance

CHANCE = SystemChance()
CODE = PersonalCode(17, "K3QF9")
GUESS = PersonalCode(17, "00000")
EXAM = ExamId(b"E" * 16)
REAL = ProofContext(EXAM, b"n" * 16, b"c" * 32)
FAKE = ProofContext(EXAM, b"n" * 16, b"f" * 32)


def desk(code=CODE, context=REAL):
    return DeskProof(code, context, CHANCE)


def hub(code=CODE, context=REAL):
    return HubProof(code, context, CHANCE)


def in_hex(code):
    return code.secret.encode().hex().encode()


def run(one, other):
    confirmation = one.confirm(other.answer(one.hello))
    one.finish(other.check(confirmation))


def test_desk_and_hub_with_the_same_code_prove_themselves_to_each_other():
    run(desk(), hub())


def test_the_same_chance_gives_the_same_messages():
    assert DeskProof(CODE, REAL, SeededChance("a")).hello == DeskProof(CODE, REAL, SeededChance("a")).hello
    assert DeskProof(CODE, REAL, SeededChance("a")).hello != DeskProof(CODE, REAL, SeededChance("b")).hello


@pytest.mark.parametrize(
    ("code", "context"),
    [
        (GUESS, REAL),
        (PersonalCode(18, "K3QF9"), REAL),
        (CODE, FAKE),
        (CODE, ProofContext(ExamId(b"x" * 16), b"n" * 16, b"c" * 32)),
        (CODE, ProofContext(EXAM, b"m" * 16, b"c" * 32)),
    ],
    ids=["wrong code", "other slot", "other certificate", "other exam", "other nonce"],
)
def test_p2_a_desk_that_differs_in_anything_is_refused(code, context):
    with pytest.raises(DeskNotProven):
        run(desk(code, context), hub())


def test_p3_a_fake_hub_without_the_code_is_refused():
    student, fake = desk(), hub(GUESS)
    confirmation = student.confirm(fake.answer(student.hello))
    with pytest.raises(DeskNotProven):
        fake.check(confirmation)
    with pytest.raises(HubNotProven):
        student.finish(hmac.digest(b"k", b"anything", "sha256"))


def test_p3_a_hub_cannot_answer_with_the_desks_own_confirmation():
    student, real = desk(), hub()
    confirmation = student.confirm(real.answer(student.hello))
    with pytest.raises(HubNotProven):
        student.finish(confirmation)


def test_a_relay_with_a_certificate_of_its_own_fails_on_both_sides():
    student, real = desk(context=FAKE), hub(context=REAL)
    confirmation = student.confirm(real.answer(student.hello))
    with pytest.raises(DeskNotProven):
        real.check(confirmation)
    with pytest.raises(HubNotProven):
        student.finish(bytes(32))


def test_a_fake_hub_cannot_try_a_second_guess_on_what_it_saw():
    student = desk(context=FAKE)
    identity = FAKE.desk_identity(17)
    fake = SPAKE2_B(GUESS.secret.encode(), idA=identity, idB=FAKE.certificate_hash)
    message = fake.start()
    seen = student.confirm(message)
    state = fake.serialize()
    for guess in (GUESS, CODE, PersonalCode(17, "ZZZZZ")):
        attempt = SPAKE2_B.from_serialized(
            state.replace(GUESS.secret.encode().hex().encode(), guess.secret.encode().hex().encode())
        )
        attempt.outbound_message = message[1:]
        key = attempt.finish(student.hello)
        transcript = sha256(identity, FAKE.certificate_hash, student.hello, message)
        assert hmac.digest(key, b"EDP1-PAKE desk\0" + transcript, "sha256") != seen


def test_the_code_itself_is_in_no_message():
    student, real = desk(), hub()
    answer = real.answer(student.hello)
    confirmation = student.confirm(answer)
    messages = student.hello + answer + confirmation + real.check(confirmation)
    assert CODE.secret.encode() not in messages


@settings(max_examples=30)
@given(st.one_of(st.binary(max_size=40), st.binary(min_size=32, max_size=32).map(lambda rest: b"A" + rest)))
def test_p1_junk_from_a_desk_is_refused_by_the_hub(junk):
    real = hub()
    try:
        real.answer(junk)
    except MalformedProof:
        return
    with pytest.raises(DeskNotProven):
        real.check(bytes(32))


@settings(max_examples=30)
@given(st.binary(min_size=32, max_size=32))
def test_p1_junk_from_a_hub_is_refused_by_the_desk(junk):
    student = desk()
    try:
        student.confirm(b"B" + junk)
    except MalformedProof:
        return
    with pytest.raises(HubNotProven):
        student.finish(bytes(32))


def test_p1_a_reflected_message_is_refused():
    student = desk()
    with pytest.raises(MalformedProof):
        student.confirm(student.hello)
    with pytest.raises(MalformedProof):
        desk().confirm(b"B" + student.hello[1:32])
    mirrored = desk()
    with pytest.raises(MalformedProof):
        mirrored.confirm(b"B" + mirrored.hello[1:])


@pytest.mark.parametrize("element", [bytes(32), b"\1" + bytes(31), b"\xec" + b"\xff" * 30 + b"\x7f"])
def test_p1_a_point_outside_the_group_is_refused(element):
    with pytest.raises(MalformedProof):
        hub().answer(b"A" + element)
    with pytest.raises(MalformedProof):
        desk().confirm(b"B" + element)


@pytest.mark.parametrize("sizes", [(15, 16, 32), (16, 15, 32), (16, 16, 31)])
def test_p1_ids_of_a_wrong_length_are_refused(sizes):
    exam, nonce, certificate = (bytes(size) for size in sizes)
    with pytest.raises(MalformedProof):
        ProofContext(ExamId(exam), nonce, certificate)


def test_steps_out_of_order_are_our_bug():
    with pytest.raises(Bug):
        desk().finish(bytes(32))
    with pytest.raises(Bug):
        hub().check(bytes(32))
    student, real = desk(), hub()
    answer = real.answer(student.hello)
    student.confirm(answer)
    with pytest.raises(Bug):
        real.answer(student.hello)
    with pytest.raises(Bug):
        student.confirm(answer)
