"""Threats 1 to 3: hubs with the same name, relays with a certificate of their own, hubs that pretend to know a code.

The real student program meets them; no code, no work and no key reaches them.
"""

import contextlib

import pytest

from shared.admission.codes import new_personal_code
from shared.clock import SystemChance, SystemClock
from shared.crypto.certificate import make_certificate
from shared.crypto.keys import SigningKey
from shared.ids import ExamId
from shared.wire import messages as m
from shared.wire.codec import encode_frame
from student_app.net.loop import NetThread
from tests.hostile.relay import Relay
from tests.hostile.stage import receipted, stage, typing
from tests.student_app.net.small_hub import OTHER_KEY, SmallHub, context_of
from tests.support.patience import PATIENCE_S

EXAM = ExamId(bytes.fromhex("7d3f6a0e6a534e0e8f5e1d1b8f6f0001"))
HAND_IN = [*typing("print('secret work')\n"), {"at_ms": 1200, "do": "submit"}]


def impostor(exam=EXAM):
    key = SigningKey.generate(SystemChance())
    return context_of(make_certificate(exam, key, SystemChance(), SystemClock()))


@contextlib.contextmanager
def relay(port, context=None):
    between = Relay(port, impostor=context).start()
    try:
        yield between
    finally:
        between.close()


def test_a_relay_with_a_certificate_of_its_own_hears_nothing(tmp_path):
    with stage(tmp_path) as on:
        on.ready(on.serve())
        with relay(on.port, impostor()) as between:
            desk = on.desk("ada", HAND_IN, hub=f"127.0.0.1:{between.port}")
            on.until(lambda: "nothing was sent there" in desk.errors())
            assert between.accepted > 0
            assert between.overheard == b""
            desk.kill()
        assert on.at_hub() == {}
        assert on.query("SELECT * FROM sessions") == []


def test_a_relay_that_comes_between_after_the_join_hears_nothing_and_work_arrives_later(tmp_path):
    with stage(tmp_path) as on:
        on.ready(on.serve())
        with relay(on.port) as honest:
            desk = on.desk("ada", [*typing("x = 1\n" * 20, every_ms=60), {"at_ms": 4500, "do": "submit"}],
                           hub=f"127.0.0.1:{honest.port}")  # fmt: skip
            desk.wait_for(receipted)
            port = honest.port
            honest.up = False
            honest.close()
            false = Relay(on.port, impostor=impostor())
            false.port = port
            false.start()
            on.until(lambda: false.accepted > 0)
            on.until(lambda: "isn't the one that this exam began with" in desk.errors())
            assert false.overheard == b""
            false.close()
            again = Relay(on.port)
            again.port = port
            again.start()
            assert desk.finish() == 0, desk.errors()
            again.close()
        on.nothing_is_lost(desk)


def test_of_two_hubs_with_one_name_the_false_one_gets_nothing(tmp_path):
    (tmp_path / "false").mkdir()
    with stage(tmp_path) as on, stage(tmp_path / "false") as other:
        false, true = other.serve(), on.serve()
        other.ready(false)
        on.ready(true)
        assert other.fingerprint != on.fingerprint
        desk = on.desk("ada", HAND_IN, hub=f"127.0.0.1:{other.port}")
        on.until(lambda: "nothing was sent there" in desk.errors())
        desk.kill()
        desk = on.desk("ada", HAND_IN)
        assert desk.finish() == 0, desk.errors()
        assert (other.at_hub(), other.query("SELECT * FROM sessions")) == ({}, [])
        assert other.query("SELECT * FROM audit WHERE what = 'wrong code'") == []
        on.nothing_is_lost(desk)


@pytest.mark.parametrize("bluffs", [True, False], ids=["bluffing", "honestly wrong"])
def test_a_hub_that_does_not_know_the_personal_code_learns_neither_it_nor_work_nor_key(tmp_path, bluffs):
    thread = NetThread("false hub")
    false = SmallHub(key=OTHER_KEY)
    false.personal[17] = new_personal_code(17, SystemChance())
    false.bluffs = bluffs
    thread.run(false.start()).result(PATIENCE_S)
    code = new_personal_code(17, SystemChance())
    with stage(tmp_path) as on:
        on.code, on.port = str(code), false.port
        desk = on.desk("ada", HAND_IN)
        assert desk.finish(30) != 0
        assert "Traceback" not in desk.errors()
    thread.run(false.stop()).result(PATIENCE_S)
    thread.close()
    assert {type(frame) for frame in false.frames} == {m.PakeStart, m.PakeConfirm}
    heard = b"".join(encode_frame(frame) for frame in false.frames)
    assert str(code).encode() not in heard
    assert str(code).split("-")[1].encode() not in heard
    assert b"secret work" not in heard
