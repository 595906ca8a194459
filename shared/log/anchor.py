r"""Anchors: the tree over all receipts of an exam, and the hub's signed note of its size and root (L-6).

The tree is that of RFC 6962, section 2.1: leaf = SHA-256(0x00 ‖ receipt body), node = SHA-256(0x01 ‖ left ‖ right).
The note is a C2SP tlog-checkpoint in a C2SP signed-note: three lines (origin, size, base64 of the root), an empty
line, and a line per signature: `— name base64(key hash 4 ‖ Ed25519 signature)`. Desks keep notes, so that nobody can
take a receipt out, put one in or change their order afterwards.
"""

import base64
import binascii
import re
from collections.abc import Iterable, Sequence
from hashlib import sha256

import msgspec

from shared.crypto.keys import SIGNATURE_BYTES, SigningKey, VerifyKey
from shared.ids import ExamId
from shared.problems import PeerFault

_DIGEST = 32
_ED25519 = b"\x01"
MAX_NOTE_BYTES = 4096
_NO_NOTE = "A1: this is no signed checkpoint; it was refused."


class BadAnchor(PeerFault):
    """A checkpoint is not in the form of C2SP, not this exam's, or not signed by its key."""


class Checkpoint(msgspec.Struct, frozen=True):
    """What a note says: the first `size` receipts hash to `root`."""

    origin: str
    size: int
    root: bytes


def leaf_hash(leaf: bytes) -> bytes:
    """Return the hash of a leaf."""
    return sha256(b"\0" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node."""
    return sha256(b"\1" + left + right).digest()


class Tree:
    """A tree that only grows, kept as the roots of its perfect subtrees, largest first: memory is O(log n)."""

    def __init__(self, size: int = 0, frontier: bytes = b"") -> None:
        """`frontier` is what an earlier tree of this size gave."""
        if len(frontier) != _DIGEST * size.bit_count():
            raise BadAnchor("The stored tree over the receipts is damaged; it is made again from the receipts.")
        self.size = size
        self._roots = [frontier[at : at + _DIGEST] for at in range(0, len(frontier), _DIGEST)]

    def append(self, leaf: bytes) -> None:
        """Add a leaf at the end."""
        node = leaf_hash(leaf)
        merges = self.size
        while merges & 1:
            node = node_hash(self._roots.pop(), node)
            merges >>= 1
        self._roots.append(node)
        self.size += 1

    @property
    def frontier(self) -> bytes:
        """What a later `Tree` needs to go on from here."""
        return b"".join(self._roots)

    @property
    def root(self) -> bytes:
        """The root; of an empty tree SHA-256 of nothing."""
        if not self._roots:
            return sha256(b"").digest()
        node = self._roots[-1]
        for left in reversed(self._roots[:-1]):
            node = node_hash(left, node)
        return node


def tree_of(leaves: Iterable[bytes]) -> Tree:
    """Return the tree over these leaves."""
    tree = Tree()
    for leaf in leaves:
        tree.append(leaf)
    return tree


def inclusion_proof(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """Return the audit path of a leaf (RFC 6962, 2.1.1), from the leaf's sibling to the root's child."""
    if len(leaves) <= 1:
        return ()
    split = _split(len(leaves))
    if index < split:
        return (*inclusion_proof(leaves[:split], index), tree_of(leaves[split:]).root)
    return (*inclusion_proof(leaves[split:], index - split), tree_of(leaves[:split]).root)


def includes(checkpoint: Checkpoint, index: int, leaf: bytes, proof: Sequence[bytes]) -> bool:
    """Tell whether the proof shows that the leaf stands at `index` (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < checkpoint.size:
        return False
    node, at, last = leaf_hash(leaf), index, checkpoint.size - 1
    for sibling in proof:
        if last == 0:
            return False
        if at & 1 or at == last:
            node = node_hash(sibling, node)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and node == checkpoint.root


def consistency_proof(leaves: Sequence[bytes], earlier: int) -> tuple[bytes, ...]:
    """Return the proof that the tree over the first `earlier` leaves is a prefix of this one (RFC 6962, 2.1.2)."""
    return _subproof(earlier, leaves, whole=True) if 0 < earlier < len(leaves) else ()


def _subproof(earlier: int, leaves: Sequence[bytes], *, whole: bool) -> tuple[bytes, ...]:
    if earlier == len(leaves):
        return () if whole else (tree_of(leaves).root,)
    split = _split(len(leaves))
    if earlier <= split:
        return (*_subproof(earlier, leaves[:split], whole=whole), tree_of(leaves[split:]).root)
    return (*_subproof(earlier - split, leaves[split:], whole=False), tree_of(leaves[:split]).root)


def extends(old: Checkpoint, new: Checkpoint, proof: Sequence[bytes]) -> bool:
    """Tell whether the proof shows that `new` begins with all of `old` (RFC 9162, 2.1.4.2)."""
    if old.size in (0, new.size):
        return not proof and (old.size == 0 or old.root == new.root)
    if old.size > new.size or not proof:
        return False
    path = list(proof)
    if old.size & (old.size - 1) == 0:
        path.insert(0, old.root)
    at, last = old.size - 1, new.size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    first = second = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            second = node_hash(second, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and first == old.root and second == new.root


def origin_of(exam: ExamId) -> str:
    """Return the name under which an exam signs its checkpoints."""
    return f"examdesk/{exam.hex()}"


def sign_checkpoint(exam: ExamId, tree: Tree, key: SigningKey) -> bytes:
    """Return the signed note over the tree as it stands."""
    origin = origin_of(exam)
    body = f"{origin}\n{tree.size}\n{base64.b64encode(tree.root).decode()}\n".encode()
    signature = base64.b64encode(_key_hash(origin, key.public) + key.sign(body)).decode()
    return body + f"\n— {origin} {signature}\n".encode()


def read_checkpoint(note: bytes, exam: ExamId, key: VerifyKey) -> Checkpoint:
    """Return what a note says.

    Checks: A1 the note has the form of C2SP, A2 it is this exam's, A3 the exam's key signed it.

    Raises:
        BadAnchor: a check does not hold.
    """
    body, signatures = _parts(note)
    lines = body.decode().split("\n")
    origin = origin_of(exam)
    if lines[0] != origin:
        raise BadAnchor("A2: this checkpoint belongs to another exam; it was refused.")
    wanted = _key_hash(origin, key)
    ours = [one for name, one in signatures if name == origin and one[:4] == wanted]
    if not ours or not all(len(one) == 4 + SIGNATURE_BYTES and key.verify(one[4:], body) for one in ours):
        raise BadAnchor("A3: this checkpoint is not signed by the exam's key; it was refused.")
    return Checkpoint(origin, int(lines[1]), _base64(lines[2]))


def _parts(note: bytes) -> tuple[bytes, list[tuple[str, bytes]]]:
    """Split a note into what is signed and the signatures, (name, key hash ‖ signature) each; A1."""
    try:
        body, _, rest = note.decode().partition("\n\n")
        lines = body.split("\n")
        well_formed = (
            len(note) <= MAX_NOTE_BYTES
            and rest.endswith("\n")
            and re.fullmatch("0|[1-9][0-9]{0,18}", lines[1], re.ASCII) is not None
            and len(_base64(lines[2])) == _DIGEST
        )
        signatures = [_signature(line) for line in rest[:-1].split("\n")] if well_formed else []
    except (UnicodeDecodeError, ValueError, IndexError) as error:
        raise BadAnchor(_NO_NOTE) from error
    if not well_formed:
        raise BadAnchor(_NO_NOTE)
    return (body + "\n").encode(), signatures


def _signature(line: str) -> tuple[str, bytes]:
    dash, name, value = line.split(" ")
    if dash != "—" or not name:
        raise ValueError("not a signature line")
    return name, _base64(value)


def _base64(text: str) -> bytes:
    decoded = base64.b64decode(text.encode("ascii"), validate=True)
    if base64.b64encode(decoded).decode() != text:
        raise binascii.Error("not canonical")
    return decoded


def _key_hash(name: str, key: VerifyKey) -> bytes:
    return sha256(name.encode() + b"\n" + _ED25519 + key.raw).digest()[:4]


def _split(count: int) -> int:
    """Return the largest power of two that is smaller than `count`."""
    return 1 << (count - 1).bit_length() - 1
