"""The other process of `proving`: holds proofs between their two steps."""

from collections import OrderedDict

from shared.admission.codes import PersonalCode, parse_code
from shared.admission.pake import DeskNotProven, HubProof, ProofContext
from shared.clock import SystemChance

_MOST = 256
_begun: OrderedDict[int, HubProof] = OrderedDict()


def answer(number: int, code: str, context: ProofContext, hello: bytes) -> bytes:
    """Begin a proof and return the hub's message; raises `MalformedProof`."""
    parsed = parse_code(code)
    assert isinstance(parsed, PersonalCode)
    proof = HubProof(parsed, context, SystemChance())
    message = proof.answer(hello)
    _begun[number] = proof
    while len(_begun) > _MOST:
        _begun.popitem(last=False)
    return message


def check(number: int, confirmation: bytes) -> bytes | None:
    """End a proof: the hub's confirmation, None when the desk's does not hold."""
    proof = _begun.pop(number, None)
    if proof is None:
        return None
    try:
        return proof.check(confirmation)
    except DeskNotProven:
        return None
