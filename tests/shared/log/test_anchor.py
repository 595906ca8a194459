"""Anchors: RFC 6962's tree against known answers, proofs as properties, and notes that hold or don't."""

import base64
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.clock import SystemChance
from shared.crypto.keys import SigningKey
from shared.log.anchor import (
    BadAnchor,
    Checkpoint,
    Tree,
    consistency_proof,
    extends,
    includes,
    inclusion_proof,
    origin_of,
    read_checkpoint,
    sign_checkpoint,
    tree_of,
)

EXAM = bytes(range(16))
KEY = SigningKey.generate(SystemChance())
# The leaves and roots of Certificate Transparency's own reference tests (merkle tree of RFC 6962).
LEAVES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def checkpoint(leaves):
    return Checkpoint("x", len(leaves), tree_of(leaves).root)


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_those_of_certificate_transparency(size):
    assert tree_of(LEAVES[:size]).root.hex() == ROOTS[size - 1]


def test_an_empty_tree_has_the_hash_of_nothing():
    assert Tree().root == sha256(b"").digest()


@given(st.lists(st.binary(max_size=4), min_size=1, max_size=40), st.data())
def test_a_stored_tree_grows_on_to_the_same_root(leaves, data):
    cut = data.draw(st.integers(0, len(leaves)))
    first = tree_of(leaves[:cut])
    grown = Tree(first.size, first.frontier)
    for leaf in leaves[cut:]:
        grown.append(leaf)
    assert (grown.size, grown.root) == (len(leaves), tree_of(leaves).root)


@given(st.lists(st.binary(max_size=4), min_size=1, max_size=40, unique=True), st.data())
def test_inclusion_is_proven_at_its_own_place_only(leaves, data):
    index = data.draw(st.integers(0, len(leaves) - 1))
    proof = inclusion_proof(leaves, index)
    at = checkpoint(leaves)
    assert includes(at, index, leaves[index], proof)
    assert not includes(at, index, leaves[index] + b"x", proof)
    assert not includes(at, len(leaves), leaves[index], proof)
    assert not includes(at, index, leaves[index], (*proof, bytes(32)))
    if proof:
        assert not includes(at, index, leaves[index], proof[:-1])


@given(st.lists(st.binary(max_size=4), min_size=1, max_size=40), st.data())
def test_a_later_tree_is_shown_to_extend_an_earlier_one(leaves, data):
    earlier = data.draw(st.integers(0, len(leaves)))
    old, new = checkpoint(leaves[:earlier]), checkpoint(leaves)
    proof = consistency_proof(leaves, earlier)
    assert extends(old, new, proof)
    if 0 < earlier < len(leaves):
        assert not extends(Checkpoint("x", earlier, bytes(32)), new, proof)
        assert not extends(old, Checkpoint("x", new.size, bytes(32)), proof)
        assert not extends(old, new, proof[:-1])


def test_a_damaged_frontier_is_refused():
    with pytest.raises(BadAnchor):
        Tree(3, bytes(32))


def test_a_note_is_a_c2sp_checkpoint_that_names_key_size_and_root():
    tree = tree_of(LEAVES)
    note = sign_checkpoint(EXAM, tree, KEY)
    lines = note.decode().split("\n")
    assert lines[:4] == [origin_of(EXAM), "8", base64.b64encode(tree.root).decode(), ""]
    dash, name, value = lines[4].split(" ")
    assert (dash, name, lines[5]) == ("—", origin_of(EXAM), "")
    key_hash = sha256(name.encode() + b"\n\x01" + KEY.public.raw).digest()[:4]
    assert base64.b64decode(value)[:4] == key_hash
    assert read_checkpoint(note, EXAM, KEY.public) == Checkpoint(origin_of(EXAM), 8, tree.root)


@given(st.integers(0, 1000), st.integers(1, 255))
def test_a_note_with_any_byte_changed_is_refused_or_says_the_same(position, flip):
    note = bytearray(sign_checkpoint(EXAM, tree_of(LEAVES), KEY))
    note[position % len(note)] ^= flip
    with pytest.raises(BadAnchor):
        read_checkpoint(bytes(note), EXAM, KEY.public)


@pytest.mark.parametrize(
    "note", [b"", b"\n\n", b"a\n1\n\n", b"x\n-1\nAA==\n\n\n", b"\xff", b"a\n01\nAA==\n\n- a AA==\n"]
)
def test_what_is_no_note_is_refused_with_a_sentence(note):
    with pytest.raises(BadAnchor, match="A1"):
        read_checkpoint(note, EXAM, KEY.public)


def test_a_note_of_another_exam_or_key_is_refused():
    note = sign_checkpoint(EXAM, tree_of(LEAVES), KEY)
    with pytest.raises(BadAnchor, match="A2"):
        read_checkpoint(note, bytes(16), KEY.public)
    with pytest.raises(BadAnchor, match="A3"):
        read_checkpoint(note, EXAM, SigningKey.generate(SystemChance()).public)
