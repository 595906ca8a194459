import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.clock import SystemChance
from shared.crypto.box import OVERHEAD, BoxForAnother, BoxPrivateKey, BoxPublicKey, NotABox, open_box, seal_to
from shared.crypto.keys import BadKey
from shared.problems import PeerFault

KEY = BoxPrivateKey(b"b" * 32)
CHANCE = SystemChance()


@given(st.binary(max_size=500), st.binary(max_size=40))
def test_what_is_sealed_opens_unchanged(plaintext, context):
    box = seal_to(KEY.public, plaintext, context, CHANCE)
    assert len(box) == len(plaintext) + OVERHEAD
    assert open_box(KEY, box, context) == plaintext


def test_every_changed_byte_is_refused():
    box = seal_to(KEY.public, b"the work of one session", b"exam", CHANCE)
    for index in range(len(box)):
        changed = bytearray(box)
        changed[index] ^= 1
        with pytest.raises(PeerFault):
            open_box(KEY, bytes(changed), b"exam")


def test_b1_a_box_that_was_cut_is_refused():
    with pytest.raises(NotABox):
        open_box(KEY, seal_to(KEY.public, b"", b"exam", CHANCE)[:-1], b"exam")


def test_b2_another_key_does_not_open_it():
    with pytest.raises(BoxForAnother):
        open_box(BoxPrivateKey.generate(CHANCE), seal_to(KEY.public, b"x", b"exam", CHANCE), b"exam")


def test_b2_another_context_does_not_open_it():
    with pytest.raises(BoxForAnother):
        open_box(KEY, seal_to(KEY.public, b"x", b"exam", CHANCE), b"exax")


def test_b2_a_degenerate_sender_key_is_refused():
    box = bytearray(seal_to(KEY.public, b"x", b"exam", CHANCE))
    box[9:41] = bytes(32)
    with pytest.raises(BoxForAnother):
        open_box(KEY, bytes(box), b"exam")


def test_nothing_is_sealed_to_a_degenerate_key():
    with pytest.raises(BadKey, match="degenerate"):
        seal_to(BoxPublicKey(bytes(32)), b"x", b"exam", CHANCE)


def test_a_key_of_the_wrong_length_is_refused():
    with pytest.raises(BadKey):
        BoxPublicKey(b"short")
    with pytest.raises(BadKey):
        BoxPrivateKey(b"short")


def test_a_key_survives_being_written_and_read_and_does_not_show_its_secret():
    key = BoxPrivateKey.generate(CHANCE)
    assert BoxPrivateKey(key.to_bytes()).public == key.public
    assert key.to_bytes().hex() not in repr(key)
