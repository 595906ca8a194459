"""The file that carries a session to the hub by hand."""

import threading

import msgspec
import pytest

from shared.bundle.handover import (
    MAGIC,
    DamagedHandover,
    Handover,
    HandoverForAnotherExam,
    MixedHandover,
    NotAHandover,
    open_handover,
    seal_handover,
)
from shared.crypto.box import BoxForAnother, BoxPrivateKey
from shared.crypto.keys import SigningKey
from shared.ids import ExamId
from shared.problems import EnvironmentProblem, PeerFault
from student_app.core.bundle import copy_of
from tests.student_app.kit import EXAM, EXAM_KEY, Bench
from tests.support.clocks import SeededChance
from tests.support.patience import PATIENCE_S

BOX = BoxPrivateKey(b"b" * 32)


@pytest.fixture(scope="module")
def handover(tmp_path_factory):
    bench = Bench(tmp_path_factory.mktemp("desk"))
    desk = bench.open_exam()
    for at in range(300):
        desk.insert("q1/main.py", at, "x")
        bench.committer.step(210)
    bench.committer.step(1_000)
    copy = copy_of(desk.sitting.journal._file)
    desk.close()
    bench.committer.step(1)
    return Handover(1, EXAM, bench.session, 5, (copy,))


def sealed(handover):
    return seal_handover(handover, BOX.public, SeededChance())


def opened(data, exam=EXAM, box=BOX, key=EXAM_KEY):
    return open_handover(data, exam, box, key.public)


def test_a_handover_comes_back_as_it_was(handover):
    result = opened(sealed(handover))
    assert result.handover == handover
    assert result.journals[0][0].student == "s1"
    assert sum(len(entries) for _, entries in handover.journals[0].batches) > 300


def test_another_file_is_refused(handover):
    with pytest.raises(NotAHandover):
        opened(b"PK" + sealed(handover))


def test_another_exam_s_handover_is_refused(handover):
    with pytest.raises(HandoverForAnotherExam):
        opened(sealed(handover), exam=ExamId(b"z" * 16))


def test_a_changed_byte_is_refused(handover):
    data = bytearray(sealed(handover))
    data[-1] ^= 1
    with pytest.raises(BoxForAnother):
        opened(bytes(data))


def test_content_of_another_form_is_refused(handover):
    from shared.crypto.box import seal_to

    data = MAGIC + EXAM + seal_to(BOX.public, msgspec.msgpack.encode(["x"]), MAGIC + EXAM, SeededChance())
    with pytest.raises(DamagedHandover):
        opened(data)


def test_an_endorsement_by_another_key_is_refused(handover):
    with pytest.raises(PeerFault):
        opened(sealed(handover), key=SigningKey(b"q" * 32))


@pytest.mark.parametrize("change", ["session", "gap", "twice"])
def test_what_does_not_belong_together_is_refused(handover, change):
    (copy,) = handover.journals
    changed = {
        "session": lambda: msgspec.structs.replace(handover, session=b"o" * 16),
        "gap": lambda: msgspec.structs.replace(
            handover, journals=(msgspec.structs.replace(copy, batches=copy.batches[1:]),)
        ),
        "twice": lambda: msgspec.structs.replace(handover, journals=(copy, copy)),
    }[change]()
    with pytest.raises(MixedHandover):
        opened(sealed(changed))


def test_a_desk_writes_the_file_for_the_stick(tmp_path):
    bench = Bench(tmp_path)
    desk = bench.open_exam(box=BOX.public.raw.hex())
    desk.insert("q1/main.py", 0, "the newest key")
    target, said = tmp_path / "ada.examwork", []
    written = threading.Event()
    desk.write_bundle(target, lambda sentence: (said.append(sentence), written.set()))
    bench.committer.step(10)
    assert written.wait(PATIENCE_S)
    assert said == [""]
    ((_, copy),) = opened(target.read_bytes()).journals
    assert b"the newest key" in copy.batches[-1][1][-1].payload
    desk.close()
    bench.committer.step(1)


def test_a_desk_without_the_exam_s_box_key_says_so(tmp_path):
    bench = Bench(tmp_path)
    desk = bench.open_exam()
    with pytest.raises(EnvironmentProblem, match="never connected"):
        desk.write_bundle(tmp_path / "x", lambda _: None)
    desk.close()
    bench.committer.step(1)
