"""What a student keeps: the receipt with both signatures, and the own record that anyone verifies."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from examdesk.cli.verify import verify_file
from shared.admission.receipt_code import receipt_code
from shared.crypto.keys import VerifyKey
from shared.log.batch import SignedBatch, batch_holds, unpack_batch
from shared.log.receipt import Receipt, SignedReceipt, receipt_holds, sign_receipt, unpack_receipt
from shared.problems import InputProblem
from tests.student_app.kit import EXAM, EXAM_KEY, Bench

FILE = "q1/main.py"
VERIFIER = Path(__file__).parents[3] / "docs" / "verify_record.py"


def confirm(bench, desk, number=0, previous=bytes(32)):
    """Let the hub sign for everything that is sealed, as it does after its commit."""
    bench.committer.step(1000)
    journal = desk.sitting.journal
    last = bench.net.sealed_to[-1]
    receipt = Receipt(EXAM, journal.identity.journal, last, journal.link_at(last), bench.clock.wall, number, previous)
    desk.sitting.receipt(last, sign_receipt(receipt, EXAM_KEY))
    bench.committer.step(10)


def receipt_of(bench, desk):
    found = []
    desk.final_receipt(found.append)
    bench.committer.step(10)
    return found[0]


def written_record(bench, desk, target):
    said = []
    desk.write_record(target, lambda *answer: said.append(answer))
    bench.committer.step(10)
    for thread in threading.enumerate():
        if thread.name == "record":
            thread.join(30)
    return said[0]


def test_the_receipt_holds_what_was_handed_in_and_both_signatures(tmp_path):
    bench = Bench(tmp_path)
    desk = bench.open_exam()
    desk.insert(FILE, 0, "mine")
    assert receipt_of(bench, desk) is None
    desk.submit()
    before = receipt_of(bench, desk)
    assert before.receipt == ""
    assert before.hub_ms is None
    confirm(bench, desk)
    receipt = receipt_of(bench, desk)
    assert (receipt.code, receipt.why, receipt.student) == (desk.state().code, "student", "s1")
    assert [(one.file, one.length) for one in receipt.files] == [(FILE, 12), ("q2/main.py", 8)]
    batch = SignedBatch(bytes.fromhex(receipt.batch), bytes.fromhex(receipt.signature))
    assert batch_holds(batch, VerifyKey(bytes.fromhex(receipt.key)))
    assert unpack_batch(batch.body).first <= receipt.seq <= unpack_batch(batch.body).last
    confirmed = SignedReceipt(bytes.fromhex(receipt.receipt), bytes.fromhex(receipt.exam_signature))
    assert receipt_holds(confirmed, VerifyKey(bytes.fromhex(receipt.exam_key)))
    assert unpack_receipt(confirmed.body).last >= receipt.seq
    assert receipt_code(bytes.fromhex(receipt.link)) == receipt.code


def test_after_taking_back_there_is_no_receipt_until_the_next_hand_in(tmp_path):
    bench = Bench(tmp_path)
    desk = bench.open_exam()
    desk.submit()
    first = receipt_of(bench, desk).code
    desk.take_back()
    assert receipt_of(bench, desk) is None
    desk.insert(FILE, 0, "more")
    desk.submit()
    assert receipt_of(bench, desk).code != first


def test_time_up_hands_in_the_last_keystroke(tmp_path):
    bench = Bench(tmp_path)
    desk = bench.open_exam(ends_ms=bench.clock.wall + 60_000)
    bench.committer.step(59_000)
    desk.insert(FILE, 0, "last")  # the burst of typing is still open when the time is over
    bench.committer.step(2_000)
    receipt = receipt_of(bench, desk)
    assert receipt.why == "time"
    assert {one.file: one.length for one in receipt.files}[FILE] == len("last# start\n")
    with pytest.raises(InputProblem):
        desk.insert(FILE, 0, "too late")


def test_the_own_record_is_verified_by_both_verifiers(tmp_path):
    bench = Bench(tmp_path)
    desk = bench.open_exam()
    for number in range(300):
        desk.insert(FILE, 0, f"{number}\n")
        bench.committer.step(250)
    confirm(bench, desk)
    desk.submit()
    target = tmp_path / "mine.jsonl"
    sentence, files = written_record(bench, desk, target)
    assert (sentence, files) == ("", (target,))
    verdict = verify_file(target, EXAM_KEY.public)
    assert verdict.holds, verdict.sentence
    assert verdict.events == desk.sitting.journal.last + 1
    assert verdict.receipts == 1
    alone = subprocess.run([sys.executable, str(VERIFIER), str(target)], capture_output=True, text=True, check=False)
    assert alone.returncode == 0, alone.stdout + alone.stderr
    data = bytearray(target.read_bytes())
    at = data.index(b"mine" if b"mine" in data else b"299")
    data[at] ^= 1
    target.write_bytes(data)
    assert not verify_file(target).holds


def test_a_second_journal_of_the_session_is_written_beside_the_first(tmp_path):
    bench = Bench(tmp_path)
    desk = bench.open_exam()
    desk.insert(FILE, 0, "first")
    bench.committer.step(1000)
    request = desk.request_for_segment()
    from shared.admission.endorsement import read

    envelope = bench.endorsement(request)
    desk.admitted(read(envelope, EXAM_KEY.public), envelope, request, (EXAM_KEY.public.raw, "Loops", ()), ())
    bench.committer.step(1000)
    sentence, files = written_record(bench, desk, tmp_path / "mine.jsonl")
    assert sentence == ""
    assert [path.name for path in files] == ["mine.jsonl", "mine-2.jsonl"]
    assert all(verify_file(path).holds for path in files)


def test_a_place_that_can_not_be_written_to_is_said(tmp_path):
    bench = Bench(tmp_path)
    desk = bench.open_exam()
    sentence, files = written_record(bench, desk, tmp_path / "missing" / "mine.jsonl")
    assert "can't be written" in sentence
    assert files == ()
