"""The published vectors: what this version makes, and what both verifiers make of them."""

import base64
import hashlib
import importlib.util
import io
import json
import struct
import zlib

import msgspec
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from shared.bundle.evidence import verify_bundle
from shared.crypto.keys import VerifyKey
from shared.events import decode
from shared.log.batch import Batch, SignedBatch, batch_holds
from shared.log.entry import Entry, Header, advance, start_link
from shared.log.receipt import Receipt, SignedReceipt, receipt_holds
from shared.log.verify import verify_journal
from tests.vectors.make_vectors import FOLDER, vectors


def read(name):
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def alone():
    """The stand-alone verifier, which shares no code with ours."""
    spec = importlib.util.spec_from_file_location("verify_record", FOLDER.parents[1] / "docs" / "verify_record.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_this_version_makes_the_published_bytes():
    made = vectors()
    assert {name: (FOLDER / name).read_bytes() for name in made} == made


def test_a_header_has_its_48_bytes():
    vector = read("header.json")
    names = ("version", "kind", "flags", "seq", "mono_us", "wall_ms", "boot")
    header = Header(*(vector[name] for name in names), bytes.fromhex(vector["journal"]))
    assert header.pack().hex() == vector["bytes"]
    assert len(vector["bytes"]) == 96


def test_runs_of_checks_and_what_was_done_in_a_window_are_told_apart():
    first, checks, typed, done = (
        decode(event["kind"], event["payload"].encode()) for event in read("runs.json")["events"]
    )
    assert (first.checks, checks.checks) == (False, True)
    assert (typed.how, done.how) == ("console", "window")
    assert [line.split()[0] for line in done.text.splitlines()] == ["press", "release", "down"]


def test_the_chain_follows_from_endorsement_headers_and_payloads():
    vector = read("chain.json")
    link = start_link(vector["endorsement"].encode())
    assert link.hex() == vector["start_link"]
    plain = hashlib.sha256(b"EDP1-START\0" + vector["endorsement"].encode()).digest()
    for event in vector["events"]:
        header, salt, payload = bytes.fromhex(event["header"]), bytes.fromhex(event["salt"]), event["payload"].encode()
        link = advance(link, Entry(header, salt, payload))
        digest = hashlib.sha256(salt + payload).digest()
        plain = hashlib.sha256(b"EDP1-EV\0" + plain + header + digest).digest()
        assert (digest.hex(), link.hex(), plain.hex()) == (event["digest"], event["link"], event["link"])


def test_a_batch_and_a_receipt_are_signed_as_said():
    vector = read("batch.json")
    ids = [bytes.fromhex(vector[name]) for name in ("exam", "journal")]
    batch = Batch(*ids, vector["first"], vector["last"], *(bytes.fromhex(vector[n]) for n in ("link", "receipt")))
    assert batch.pack().hex() == vector["body"]
    assert batch_holds(SignedBatch(batch.pack(), bytes.fromhex(vector["signature"])), key(vector["session_key"]))
    vector = read("receipt.json")
    link, previous = bytes.fromhex(vector["link"]), bytes.fromhex(vector["previous"])
    receipt = Receipt(*ids, vector["last"], link, vector["hub_ms"], vector["number"], previous)
    assert receipt.pack().hex() == vector["body"]
    assert receipt_holds(SignedReceipt(receipt.pack(), bytes.fromhex(vector["signature"])), key(vector["exam_key"]))


def test_a_proof_of_resuming_is_signed_by_the_journals_key():
    vector = read("resume-proof.json")
    who = key(read("batch.json")["session_key"])
    assert who.verify(bytes.fromhex(vector["signature"]), bytes.fromhex(vector["message"]))


def test_both_verifiers_accept_the_journal(alone):
    data = (FOLDER / "journal.jsonl").read_bytes()
    verified = verify_journal(io.BytesIO(data))
    who, events = alone.journal(io.BytesIO(data), None, {})
    assert (verified.events, verified.endorsement.student) == (events, who["student"]) == (10, "s1")


def test_both_verifiers_accept_the_bundle(alone):
    data = (FOLDER / "bundle.examrecord").read_bytes()
    checked = verify_bundle(io.BytesIO(data))
    manifest, exam_key, found = alone.bundle(io.BytesIO(data), None)
    assert checked.events == sum(events for _, events in found) == 16
    assert checked.manifest.exam == manifest["exam"]
    assert exam_key.hex() == read("receipt.json")["exam_key"]


def test_both_verifiers_accept_the_bundle_of_an_edited_exam(alone):
    data = (FOLDER / "bundle-editions.examrecord").read_bytes()
    checked = verify_bundle(io.BytesIO(data))
    alone.bundle(io.BytesIO(data), None)
    assert (checked.editions.newest, checked.editions.there) == (2, 3)
    assert [number for _, number, _ in checked.journals[0].taken] == [1, 2]


def test_a_parcel_is_sealed_and_signed_as_said():
    vector = read("parcel.json")
    parcel, exam = bytes.fromhex(vector["parcel"]), bytes.fromhex(vector["exam"])
    assert key(vector["exam_key"]).verify(parcel[-64:], parcel[:-64])
    head, nonce, at = parcel[:106], parcel[94:106], 12
    assert (parcel[:at], parcel[at : at + 16]) == (b"EDP1-PARCEL\0", exam)
    numbers = struct.unpack_from(">H8sQIIQ", parcel, 28)
    names = ("generation", "line", "number", "base", "at_ms")
    assert numbers == (vector["generation"], bytes.fromhex(vector["hub"]), *(vector[name] for name in names[1:]))
    seed = bytes.fromhex(vector["exam_key_seed"])
    secret = HKDF(algorithm=SHA256(), length=32, salt=exam, info=b"EDP1-PARCEL-KEY\0").derive(seed)
    content = AESGCM(secret).decrypt(nonce, parcel[106:-64], head)
    assert content.hex() == vector["content"]
    put, gone = msgspec.msgpack.decode(zlib.decompress(content))
    assert [[table, name, msgspec.msgpack.decode(row)] for table, name, row in put] == vector["put"]
    assert gone == vector["gone"]


def test_an_edition_names_the_hashes_of_both_manifests_and_its_event_carries_it(alone):
    vector = read("edition.json")
    former, content = (hashlib.sha256(text.encode()).hexdigest() for text in vector["manifests"])
    plain = alone.envelope(
        vector["envelope"].encode(),
        "application/vnd.examdesk.edition+json",
        bytes.fromhex(vector["exam_key"]),
        "the edition",
    )
    assert plain == vector["edition"]
    assert (plain["former"], plain["content"]) == (former, content)
    event = decode(31, vector["event"].encode())
    assert (event.number, event.envelope) == (plain["number"], vector["envelope"])


def test_an_adopted_journal_begins_with_the_statement_of_its_desk(alone):
    vector = read("statement.json")
    plain = hashlib.sha256(b"EDP1-START\0" + vector["statement"].encode()).hexdigest()
    links = [start_link(vector[name].encode()).hex() for name in ("statement", "endorsement")]
    assert [plain, *links] == [vector["start_link"]] * 3
    ids = b"".join(bytes.fromhex(vector[name]) for name in ("exam", "journal", "session_key"))
    assert hashlib.sha256(b"EDP1-OWN\0" + ids).hexdigest()[:32] == vector["session"]
    data = (FOLDER / "adopted.jsonl").read_bytes()
    verified = verify_journal(io.BytesIO(data))
    who, events = alone.journal(io.BytesIO(data), None, {})
    assert (verified.events, verified.endorsement.student) == (events, who["student"]) == (6, "s3")


def test_a_record_under_a_pseudonym_is_the_same_but_for_its_first_line(alone):
    data, plain = ((FOLDER / name).read_bytes() for name in ("pseudonym.jsonl", "journal.jsonl"))
    assert data.split(b"\n", 1)[1] == plain.split(b"\n", 1)[1]
    assert b"Student s1" not in base64.b64decode(
        json.loads(json.loads(data.split(b"\n", 1)[0])["endorsement"])["payload"]
    )
    verified = verify_journal(io.BytesIO(data))
    who, events = alone.journal(io.BytesIO(data), None, {})
    assert verified.pseudonymous
    assert (verified.events, verified.endorsement.student) == (events, who["student"]) == (10, "p3k7q9w2rtm")


def key(text):
    return VerifyKey(bytes.fromhex(text))
