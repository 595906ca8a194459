"""DSSE envelopes: a JSON document around payload bytes that are signed exactly as they are.

Format: https://github.com/secure-systems-lab/dsse, protocol version DSSEv1, with standard base64 only.
"""

import base64
import binascii
from collections.abc import Iterable

import msgspec

from shared.crypto.keys import SigningKey, VerifyKey
from shared.problems import PeerFault


class NotAnEnvelope(PeerFault):
    """D1: this isn't a signed document; it is damaged or something else altogether."""


class WrongPayloadType(PeerFault):
    """D2: this signed document is of another kind than the one expected here."""


class UnknownSigner(PeerFault):
    """D3: nobody whose signature counts here has signed this document."""


class BadEnvelopeSignature(PeerFault):
    """D4: the document was changed after it was signed, or the signature is a false one."""


class _Signature(msgspec.Struct, frozen=True):
    keyid: str
    sig: str


class _Envelope(msgspec.Struct, frozen=True):
    payload: str
    payload_type: str = msgspec.field(name="payloadType")
    signatures: list[_Signature]


class _Claim(msgspec.Struct, frozen=True):
    payload: bytes
    payload_type: str = msgspec.field(name="payloadType")


_claim = msgspec.json.Decoder(_Claim)
_decoder = msgspec.json.Decoder(_Envelope)
_DAMAGED = "D1: this isn't a signed document of ExamDesk, or it is damaged; it was refused."


def pre_authentication_encoding(payload_type: str, payload: bytes) -> bytes:
    """Return the bytes that a DSSE signature covers."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def seal(payload_type: str, payload: bytes, key: SigningKey) -> bytes:
    """Return the envelope, one line of JSON, with `payload` signed by `key`."""
    signature = key.sign(pre_authentication_encoding(payload_type, payload))
    return msgspec.json.encode(
        _Envelope(
            payload=base64.b64encode(payload).decode(),
            payload_type=payload_type,
            signatures=[_Signature(keyid=key.public.key_id, sig=base64.b64encode(signature).decode())],
        )
    )


def claimed(envelope: bytes, payload_type: str) -> bytes | None:
    """Return the payload of what claims to be a document of this type, None where it doesn't.

    Nobody has looked at a signature, so nothing in it is believed: `open_envelope` checks it.
    """
    try:
        claim = _claim.decode(envelope)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    return claim.payload if claim.payload_type == payload_type else None


def is_canonical(envelope: bytes) -> bool:
    """Tell whether an envelope is spelled as `seal` spells it, so that no two files carry the same document."""
    try:
        return msgspec.json.encode(_decoder.decode(envelope)) == envelope
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return False


def open_envelope(envelope: bytes, payload_type: str, keys: Iterable[VerifyKey]) -> bytes:
    """Return the payload once it is known to be whole and signed by one of `keys`.

    Checks, each with its own error:
        D1 the bytes are an envelope with canonical base64 (`NotAnEnvelope`);
        D2 its payload type is `payload_type` (`WrongPayloadType`);
        D3 at least one signature names one of `keys` (`UnknownSigner`);
        D4 every signature that names one of `keys` holds (`BadEnvelopeSignature`).
    """
    # D1
    try:
        parsed = _decoder.decode(envelope)
        payload = _strict_base64(parsed.payload)
        signatures = [(one.keyid, _strict_base64(one.sig)) for one in parsed.signatures]
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise NotAnEnvelope(_DAMAGED) from error
    # D2
    if parsed.payload_type != payload_type:
        raise WrongPayloadType("D2: this signed document is of another kind than the one expected; it was refused.")
    # D3
    known = {key.key_id: key for key in keys}
    ours = [(known[keyid], signature) for keyid, signature in signatures if keyid in known]
    if not ours:
        raise UnknownSigner("D3: this document isn't signed by anyone whose signature counts here; it was refused.")
    # D4
    message = pre_authentication_encoding(payload_type, payload)
    if not all(key.verify(signature, message) for key, signature in ours):
        raise BadEnvelopeSignature("D4: this document was changed after it was signed; it was refused.")
    return payload


def _strict_base64(text: str) -> bytes:
    """Decode standard base64; ValueError for anything but the one canonical spelling."""
    decoded = base64.b64decode(text.encode("ascii"), validate=True)
    if base64.b64encode(decoded).decode() != text:
        raise binascii.Error("not canonical")
    return decoded
