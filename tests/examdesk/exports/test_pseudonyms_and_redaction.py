"""Names that stand for students in every export, and evidence that verifies after texts were erased."""

import csv
import json
import zipfile
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from examdesk.cli.verify import verify_file
from examdesk.exports.bundle import stand_alone
from examdesk.exports.kinds import KINDS
from examdesk.exports.options import Options
from examdesk.exports.pseudonyms import Pseudonyms, User, put_back, read_key, read_users, users_file, write_users
from examdesk.exports.redaction import ERASABLE, Redaction
from shared.events import kinds
from shared.problems import InputProblem
from tests.examdesk.exports.class_at_work import NAMES, OUTSIDE, export, stored_class
from tests.examdesk.exports.every_text import all_texts
from tests.support.clocks import SeededChance
from tests.support.journals import ExamInMemory, typed_journal

ROOT = Path(__file__).resolve().parents[3]
KEY = b"a key of the institution, long enough"


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    return stored_class(tmp_path_factory.mktemp("records"))


@pytest.fixture(scope="module")
def under_pseudonyms(stored, tmp_path_factory):
    out = tmp_path_factory.mktemp("out")
    names = Pseudonyms(KEY)
    export(stored, out, set(KINDS), options=Options(names=names))
    return out, names


def test_no_export_says_a_name_or_an_id(under_pseudonyms):
    out, _ = under_pseudonyms
    words = [*NAMES.values(), "Łukasz", "小明", "pc-s1", "10.0.0.7", ",s2,", "remember s1", "Student absent1"]
    for path, text in all_texts(out):
        for word in words:
            assert word not in text, (path.name, word)


def test_a_pseudonym_is_the_same_in_every_export_and_goes_back(under_pseudonyms):
    out, names = under_pseudonyms
    mine = names.of("s1")
    assert {path.stem for path in (out / "sessions").iterdir()} == {names.of(student) for student in NAMES}
    assert (out / "submissions" / mine / "q1" / "main.py").exists()
    for name in ("events.csv", "gradebook-canvas.csv", "progsnap2/MainTable.csv", "integrity-report.html"):
        assert mine in (out / name).read_text(encoding="utf-8")
    document = json.loads((out / "sessions" / f"{mine}.json").read_bytes())
    assert f"I am {mine}, help" in {message["text"] for message in document["messages"]}
    assert all(journal["record"]["holds"] for journal in document["journals"])
    assert put_back(f"{mine} wrote", names.users) == "Łukasz Ærøskøbing-Nguyễn wrote"


def test_another_key_gives_other_names():
    assert Pseudonyms(KEY).of("s1") == Pseudonyms(KEY).of("s1") != Pseudonyms(KEY + b"!").of("s1")


@given(st.lists(st.text(max_size=12), min_size=2, max_size=30, unique=True))
def test_pseudonyms_are_distinct_and_safe_as_names_of_files(students):
    names = [Pseudonyms(KEY).of(student) for student in students]
    assert len(set(names)) == len(students)
    assert all(len(name) == 11 and name.isalnum() and name.islower() and name.startswith("p") for name in names)


def test_a_key_is_made_once_for_its_owner_only(tmp_path):
    path = tmp_path / "key"
    first, new = read_key(path, SeededChance(1))
    assert new
    assert path.stat().st_mode & 0o077 == 0
    assert read_key(path, SeededChance(2)) == (first, False)


def test_a_key_that_anybody_could_guess_is_refused(tmp_path):
    (tmp_path / "key").write_text("secret\n")
    with pytest.raises(InputProblem, match="at least 16"):
        read_key(tmp_path / "key", SeededChance(1))


def test_a_users_file_grows_and_keeps_whom_it_knows(tmp_path, under_pseudonyms):
    _, names = under_pseudonyms
    path = users_file(tmp_path / "key")
    write_users(path, names.users)
    earlier = Pseudonyms(KEY)
    earlier.roster([])
    write_users(path, {"p0000000000": msgspec.structs.replace(names.users[names.of("s1")], student="old")})
    users = read_users(path)
    assert users[names.of("s2")].name == "王小明"
    assert users["p0000000000"].student == "old"
    assert path.stat().st_mode & 0o077 == 0


def test_a_users_file_holds_no_formula_and_gives_names_back_as_they_were(tmp_path):
    users = {
        f"p{place}": User(name, name, f"{name}@x")
        for place, name in enumerate(["=1+1", "+1", "-2", "@SUM(A1)", "O'Brien", "'quoted'", "\t=1", "plain"])
    }
    write_users(tmp_path / "users.csv", users)
    with (tmp_path / "users.csv").open(encoding="utf-8", newline="") as file:
        assert not [cell for row in csv.reader(file) for cell in row if cell.startswith(("=", "+", "-", "@", "\t"))]
    assert read_users(tmp_path / "users.csv") == users


def test_a_file_that_is_no_users_file_is_refused(tmp_path):
    (tmp_path / "users").write_text("a,b\n1,2\n")
    with pytest.raises(InputProblem, match="no users file"):
        read_users(tmp_path / "users")


def test_a_bundle_under_pseudonyms_verifies_with_both_verifiers_and_says_what_it_is(stored, under_pseudonyms):
    out, names = under_pseudonyms
    path = out / "quiz-2-pseudonyms.examrecord"
    verdict = verify_file(path)
    assert (verdict.holds, verdict.pseudonyms, verdict.journals) == (True, True, 6)
    assert verdict.erased > 0
    with path.open("rb") as file:
        _, key, found = stand_alone(ROOT / "docs" / "verify_record.py").bundle(file, None)
    assert key.hex() == verdict.exam_key
    assert {who["student"] for who, _ in found} == {names.of(student) for student in NAMES}
    assert {who["name"] for who, _ in found} == {names.of(student) for student in NAMES}
    with zipfile.ZipFile(path) as bundle:
        assert "stand under pseudonyms" in bundle.read("README.txt").decode()
        (report,) = json.loads(bundle.read("redactions.json"))
        assert report["what"] == "names"
        assert set(report["kinds"]) >= {"Started"}
        for name in bundle.namelist():
            if name.startswith("endorsements/"):
                journal = bundle.read(name.replace("endorsements", "journals").replace(".json", ".jsonl"))
                assert json.loads(journal.split(b"\n", 1)[0])["endorsement"].encode() == bundle.read(name)


def test_only_what_says_who_somebody_is_goes_from_a_bundle_under_pseudonyms(stored, under_pseudonyms, tmp_path):
    export(stored, tmp_path, {"bundle"})
    with (
        zipfile.ZipFile(tmp_path / "quiz-2.examrecord") as whole,
        zipfile.ZipFile(under_pseudonyms[0] / "quiz-2-pseudonyms.examrecord") as hidden,
    ):
        for name in (name for name in whole.namelist() if name.startswith("journals/")):
            lines = zip(whole.read(name).splitlines()[1:], hidden.read(name).splitlines()[1:], strict=True)
            changed = [(json.loads(one), json.loads(other)) for one, other in lines if one != other]
            assert changed
            assert all(one["l"] == other["l"] and "p" not in other for one, other in changed)
            assert all(kind_of(one) in WHO for one, _ in changed)


def kind_of(line):
    return bytes.fromhex(line["h"])[1]


WHO = {
    each.KIND for each in (kinds.Started, kinds.DeviceChanged, kinds.MessageSent, kinds.HandRaised, kinds.NoteWritten)
}


def test_pseudonyms_and_redaction_go_together_in_a_bundle(stored, tmp_path):
    export(stored, tmp_path, {"bundle"}, options=Options(names=Pseudonyms(KEY), redact=frozenset({"code"})))
    path = tmp_path / "quiz-2-redacted-pseudonyms.examrecord"
    assert verify_file(path).holds
    with zipfile.ZipFile(path) as bundle:
        assert [each["what"] for each in json.loads(bundle.read("redactions.json"))] == ["code", "names"]


# -- redaction


@pytest.fixture(scope="module")
def redacted(stored, tmp_path_factory):
    out = tmp_path_factory.mktemp("redacted")
    export(stored, out, {"events", "bundle"}, options=Options(redact=frozenset({"paste-text", "output", "notes"})))
    return out


def test_redacted_evidence_verifies_with_both_verifiers(stored, redacted):
    path = redacted / "quiz-2-redacted.examrecord"
    verdict = verify_file(path, stored.exam.key.public)
    assert (verdict.holds, verdict.events) == (True, stored.events)
    assert verdict.erased == 14
    alone = stand_alone(ROOT / "docs" / "verify_record.py")
    assert alone.main(str(path), stored.exam.key.public.to_bytes().hex()) == 0


def test_what_was_erased_is_gone_and_said(redacted):
    with zipfile.ZipFile(redacted / "quiz-2-redacted.examrecord") as opened:
        said = {part["what"]: part["kinds"] for part in json.loads(opened.read("redactions.json"))}
        records = b"".join(opened.read(name) for name in opened.namelist() if name.startswith("journals/"))
        assert b"redacted" in opened.read("README.txt")
    assert said == {
        "paste-text": {"Edit": 2, "FileCreated": 2, "Paste": 3},
        "output": {"RunOutput": 6},
        "notes": {"NoteWritten": 1},
    }
    assert b"sum(each" not in records
    assert b"remember s1" not in records
    assert OUTSIDE.splitlines()[0] not in (redacted / "events.csv").read_text(encoding="utf-8-sig")


def test_the_salt_goes_with_the_payload_so_that_nobody_tries_short_texts():
    journal = typed_journal(ExamInMemory(3))
    redaction = Redaction({"output"})
    for entry in journal.entries:
        shown = redaction.of(entry)
        if shown is not entry:
            assert shown.salt == bytes(16)
            assert shown.payload is None
        assert shown.payload_digest() == entry.payload_digest()
    assert [part.kinds for part in redaction.report()] == [{"RunOutput": 3}]


def test_what_can_not_be_redacted_is_refused_by_name(stored, tmp_path):
    with pytest.raises(InputProblem, match="nothing called secrets"):
        export(stored, tmp_path, {"bundle"}, options=Options(redact=frozenset({"secrets"})))
    with pytest.raises(InputProblem, match="sessions can't"):
        export(stored, tmp_path, {"bundle", "sessions"}, options=Options(redact=frozenset(ERASABLE)))
    assert list(tmp_path.iterdir()) == []
