"""V12 to V16: the editions in a bundle, by our verifier and by the stand-alone one, also against who has the key."""

import hashlib
import importlib.util
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from shared.admission.edition import read_edition, sign_edition
from shared.bundle.container import BundleReader
from shared.bundle.editions import LINES, PARTS, cut, read_editions, write_lines
from shared.bundle.evidence import verify_bundle
from shared.crypto.keys import SigningKey
from shared.exam.content import encode_content
from shared.exam.sealing import seal
from shared.log.verify import Broken
from tests.support.clocks import SeededChance
from tests.support.editions import FORMULAS, EditionsInMemory, content_of, signed_bundle
from tests.support.journals import ExamInMemory, typed_journal

ROOT = Path(__file__).parents[3]
OLD = ROOT / "tests/data/bundles/without-editions.examrecord"
PROMPTS = ("Add them.", "Add all of them.", "Add all of them, and print the sum.")


@pytest.fixture(scope="module")
def alone():
    """The stand-alone verifier, as a module."""
    spec = importlib.util.spec_from_file_location("verify_record", ROOT / "docs" / "verify_record.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Made:
    """An exam of three editions that one desk took one after the other and another one partly."""

    def __init__(self, folder):
        self.folder = folder
        self.exam = ExamInMemory(21)
        self.editions = EditionsInMemory(self.exam, *PROMPTS)
        first, second = typed_journal(self.exam, "s1", 1), typed_journal(self.exam, "s2", 1)
        first.write(self.editions.taken(1), self.editions.taken(2))
        second.write(self.editions.taken(2))
        for each in (first, second):
            each.seal()
        self.journals = [first, second]
        self.lines, self.parts, self.head = self.editions.lines(), self.editions.parts(), self.editions.head()

    def bundle(self):
        members = {LINES: write_lines(self.head, self.lines), **self.parts}
        return signed_bundle(self.exam, self.journals, members, self.folder)

    def change(self, number, **fields):
        self.lines[number] = structs.replace(self.lines[number], **fields)

    def document(self, number, /, **fields):
        """An edition's document with another field, signed by the exam's key."""
        known = read_edition(self.editions.documents[number], self.exam.key.public, self.exam.id)
        return sign_edition(structs.replace(known, **fields), self.exam.key).decode()


@pytest.fixture
def made(tmp_path):
    return Made(tmp_path)


def refused(alone, data):
    """The number of the check by which both verifiers refuse it, and what ours says."""
    with pytest.raises(Broken) as ours:
        verify_bundle(io.BytesIO(data))
    with pytest.raises(alone.Broken, match=ours.value.check):
        alone.bundle(io.BytesIO(data), None)
    return ours.value.check, ours.value.sentence


def test_every_edition_holds_and_what_they_have_in_common_is_there_once(made, alone):
    data = made.bundle()
    held = verify_bundle(io.BytesIO(data)).editions
    assert (held.newest, held.there, held.lost) == (2, 3, ())
    alone.bundle(io.BytesIO(data), None)
    assert data.count(FORMULAS) == 1


def test_the_texts_are_read_back_as_they_were(made):
    reader = BundleReader(io.BytesIO(made.bundle()))
    members = {member.name: member for member in reader.members()}
    read = read_editions(reader, members)
    assert [each.content for each in read] == made.editions.contents


def test_a_bundle_of_before_holds_and_carries_no_editions(alone):
    with OLD.open("rb") as file:
        checked = verify_bundle(file)
    assert (checked.events, checked.editions) == (8, None)
    assert checked.journals[0].taken[0][1] == 1
    assert alone.main(str(OLD)) == 0


def test_what_a_hub_had_lost_is_null_and_said(made, alone, capsys):
    made.change(1, manifest=None, signature=None, parts=())
    made.change(0, manifest=None, signature=None, parts=())
    kept = set(made.lines[2].parts)
    made.parts = {name: part for name, part in made.parts.items() if name.removeprefix(PARTS) in kept}
    data = made.bundle()
    assert verify_bundle(io.BytesIO(data)).editions.lost == (0, 1)
    alone.bundle(io.BytesIO(data), None)
    assert capsys.readouterr().out.count("was not with the records") == 2


def test_two_laptops_may_each_have_made_an_edition_of_one_number(made, alone):
    other = EditionsInMemory(made.exam)
    other.content_key = made.editions.content_key
    for content in (made.editions.contents[0], content_of(made.exam, "From the other laptop.")):
        other.add(content)
    made.lines.insert(2, other.lines()[1])
    made.parts |= other.parts()
    made.journals.append(typed_journal(made.exam, "s3", 1))
    made.journals[-1].write(other.taken(1))
    made.journals[-1].seal()
    data = made.bundle()
    assert verify_bundle(io.BytesIO(data)).editions.there == 4
    alone.bundle(io.BytesIO(data), None)


def test_an_edition_may_follow_one_of_which_nothing_is_known_beside_another_of_that_number(made, alone):
    made.lines.insert(1, structs.replace(made.lines[0], manifest=None, signature=None, parts=()))
    made.change(2, document=made.document(1, former="33" * 32))
    made.journals = []
    data = made.bundle()
    assert verify_bundle(io.BytesIO(data)).editions.lost == (0,)
    alone.bundle(io.BytesIO(data), None)


# -- V12: the list


def test_a_missing_edition_is_named(made, alone):
    del made.lines[1]
    assert refused(alone, made.bundle()) == ("V12", "Edition 1 of the exam is missing from the list. (V12)")


def test_editions_in_another_order_are_named(made, alone):
    made.lines.reverse()
    assert refused(alone, made.bundle())[0] == "V12"


def test_editions_of_another_exam_are_named(made, alone):
    made.head = structs.replace(made.head, exam="00" * 16)
    assert refused(alone, made.bundle())[0] == "V12"


def test_an_edition_of_which_nothing_is_there_is_none(made, alone):
    made.lines.append(structs.replace(made.lines[2], number=3, document=None, manifest=None, signature=None, parts=()))
    assert refused(alone, made.bundle())[0] == "V12"
    made.lines = []
    assert refused(alone, made.bundle())[0] == "V12"


def test_another_spelling_of_the_list_is_refused(made, alone):
    members = {LINES: write_lines(made.head, made.lines).replace(b'"number":1', b'"number": 1'), **made.parts}
    assert refused(alone, signed_bundle(made.exam, made.journals, members, made.folder))[0] == "V12"


# -- V13: documents


def test_a_document_by_another_key_is_named(made, alone):
    other = SigningKey.generate(SeededChance(99))
    known = read_edition(made.editions.documents[1], made.exam.key.public, made.exam.id)
    made.change(1, document=sign_edition(known, other).decode())
    with pytest.raises(Broken, match="V13"):
        verify_bundle(io.BytesIO(made.bundle()))
    with pytest.raises(alone.Broken):
        alone.bundle(io.BytesIO(made.bundle()), None)


@pytest.mark.parametrize("fields", [{"number": 7}, {"content": "11" * 32}, {"former": "22" * 32}])
def test_a_document_that_does_not_fit_its_place_is_named(made, alone, fields):
    made.change(1, document=made.document(1, **fields))
    assert refused(alone, made.bundle())[0] == "V13"


def test_swapped_contents_are_named(made, alone):
    one, two = made.lines[1], made.lines[2]
    made.change(1, manifest=two.manifest, signature=two.signature, parts=two.parts)
    made.change(2, manifest=one.manifest, signature=one.signature, parts=one.parts)
    check, sentence = refused(alone, made.bundle())
    assert (check, "Edition 1" in sentence) == ("V13", True)


def test_a_first_content_that_the_next_document_does_not_name_is_refused(made, alone):
    other = content_of(made.exam, "What nobody had.")
    sealed = seal(encode_content(other), made.exam.id, made.editions.content_key, made.exam.key.sign)
    parts = cut(other, encode_content(other))
    names = tuple(hashlib.sha256(part).hexdigest() for part in parts)
    made.change(0, manifest=sealed.manifest.decode(), signature=sealed.signature.hex(), parts=names)
    made.parts |= {PARTS + name: part for name, part in zip(names, parts, strict=True)}
    assert refused(alone, made.bundle())[0] == "V13"


def test_a_content_that_no_document_names_is_refused(made, alone):
    made.change(2, document=None)
    assert refused(alone, made.bundle())[0] == "V13"


# -- V14: contents


def test_an_altered_text_is_named(made, alone):
    for name, part in made.parts.items():
        made.parts[name] = part.replace(b"Add all of them.", b"Add half of them")
    check, sentence = refused(alone, made.bundle())
    assert (check, "was changed" in sentence) == ("V14", True)


def test_an_altered_text_under_its_own_hash_is_named(made, alone):
    at = made.lines[1].parts.index(max(made.lines[1].parts, key=lambda name: b"Add all" in made.parts[PARTS + name]))
    part = made.parts.pop(PARTS + made.lines[1].parts[at]).replace(b"Add all of them.", b"Add half of them")
    name = hashlib.sha256(part).hexdigest()
    made.parts[PARTS + name] = part
    made.change(1, parts=(*made.lines[1].parts[:at], name, *made.lines[1].parts[at + 1 :]))
    check, sentence = refused(alone, made.bundle())
    assert (check, "not the one that the exam's key signed" in sentence) == ("V14", True)


def test_parts_in_another_order_are_named(made, alone):
    made.change(1, parts=tuple(reversed(made.lines[1].parts)))
    assert refused(alone, made.bundle())[0] == "V14"


def test_a_missing_part_is_named(made, alone):
    del made.parts[PARTS + made.lines[1].parts[0]]
    assert refused(alone, made.bundle())[0] == "V14"


def test_another_content_key_is_named(made, alone):
    made.head = structs.replace(made.head, key="00" * 32)
    assert refused(alone, made.bundle())[0] == "V14"


@pytest.mark.parametrize("fields", [{"signature": "00" * 64}, {"signature": None}, {"manifest": None}])
def test_a_content_without_its_signature_is_named(made, alone, fields):
    made.change(2, **fields)
    with pytest.raises(Broken, match="V14"):
        verify_bundle(io.BytesIO(made.bundle()))
    with pytest.raises((alone.Broken, TypeError, AttributeError)):
        alone.bundle(io.BytesIO(made.bundle()), None)


# -- V15 and V16: nothing beside, and what desks took


def test_a_part_that_belongs_to_no_edition_is_named(made, alone):
    made.parts[PARTS + hashlib.sha256(b"beside").hexdigest()] = b"beside"
    assert refused(alone, made.bundle())[0] == "V15"


def test_parts_without_a_list_are_named(made, alone):
    assert refused(alone, signed_bundle(made.exam, made.journals, made.parts, made.folder))[0] == "V15"


def test_an_edition_that_a_desk_took_and_that_is_not_there_is_named_at_its_event(made, alone):
    del made.lines[2]
    used = {part for line in made.lines for part in line.parts}
    made.parts = {name: part for name, part in made.parts.items() if name.removeprefix(PARTS) in used}
    check, sentence = refused(alone, made.bundle())
    assert (check, "at event 7" in sentence) == ("V16", True)


def test_another_edition_than_the_desk_took_is_named_although_the_exam_signed_it(made, alone):
    other = EditionsInMemory(made.exam)
    other.content_key = made.editions.content_key
    for content in (*made.editions.contents[:2], content_of(made.exam, "Written after the exam.")):
        other.add(content)
    made.lines, made.parts = other.lines(), other.parts()
    check, sentence = refused(alone, made.bundle())
    assert (check, "took another edition 2" in sentence) == ("V16", True)


@settings(max_examples=60)
@given(files=st.lists(st.binary(max_size=9000), max_size=4), prompt=st.text(max_size=30))
def test_parts_joined_are_the_content_whatever_is_in_it(files, prompt):
    content = content_of(ExamInMemory(2), prompt, prompt_file=b"".join(files))
    encoded = encode_content(content)
    assert b"".join(cut(content, encoded)) == encoded
