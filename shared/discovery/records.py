"""The hub's advertisement in DNS-SD: what its TXT record says, and the name under which it appears.

Type `_examdesk._tcp.local.`; TXT at most 400 bytes:

    v   1, version of this record              id  first 8 bytes of the exam id, base32
    n   title, at most 63 bytes                r   room, at most 63 bytes
    s   lobby, run or end                      k   first 10 bytes of SHA-256(certificate), base32
    p   protocol versions, such as 1 or 1,2
    i   instructor, at most 63 bytes           c   sections, at most 63 bytes; both left out where empty

No secrets and no names of students. Anyone can send such a record, so nothing in it is believed: it only orders a list.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from shared.discovery.display import cut, shown
from shared.problems import Bug, PeerFault

SERVICE_TYPE: Final = "_examdesk._tcp.local."
RECORD_VERSION: Final = 1
MAX_TEXT_BYTES: Final = 63
MAX_RECORD_BYTES: Final = 400
MAX_NAME_BYTES: Final = 63
EXAM_HINT_BYTES: Final = 8
KEY_HINT_BYTES: Final = 10
_MAX_PROTOCOLS: Final = 8
_MAX_ROOM_IN_NAME: Final = 24


class NotAnAdvertisement(PeerFault):
    """T1: a computer on this network advertises something that isn't an ExamDesk exam; it isn't shown."""


class Phase(StrEnum):
    """What the hub says about its exam."""

    LOBBY = "lobby"
    RUN = "run"
    END = "end"


@dataclass(frozen=True, slots=True)
class Advert:
    """What a hub says about itself, made safe to show.

    `exam_hint` is the beginning of the exam id (8 bytes), `key_hint` that of the certificate's SHA-256 (10 bytes);
    `protocols` are the protocol versions that it speaks, ascending. `phase` is None where it isn't one that we know.
    """

    title: str
    room: str
    phase: Phase | None
    exam_hint: bytes
    key_hint: bytes
    protocols: tuple[int, ...] = (1,)
    instructor: str = ""
    sections: str = ""

    def fits(self, fingerprint: bytes) -> bool:
        """Tell whether a certificate's SHA-256 is the one hinted at."""
        return fingerprint[:KEY_HINT_BYTES] == self.key_hint


def encode_txt(advert: Advert) -> dict[str, bytes]:
    """Return the TXT record; texts that are too long are cut at a whole character."""
    if len(advert.exam_hint) != EXAM_HINT_BYTES or len(advert.key_hint) != KEY_HINT_BYTES:
        raise Bug("An advertisement's hints have 8 and 10 bytes.")
    record = {
        "v": b"%d" % RECORD_VERSION,
        "id": _to_base32(advert.exam_hint),
        "n": shown(advert.title, MAX_TEXT_BYTES).encode(),
        "r": shown(advert.room, MAX_TEXT_BYTES).encode(),
        "s": (advert.phase or Phase.LOBBY).value.encode(),
        "k": _to_base32(advert.key_hint),
        "p": ",".join(str(version) for version in advert.protocols).encode(),
    }
    more = {
        "i": shown(advert.instructor, MAX_TEXT_BYTES).encode(),
        "c": shown(advert.sections, MAX_TEXT_BYTES).encode(),
    }
    return record | {key: value for key, value in more.items() if value}


def decode_txt(properties: Mapping[bytes, bytes | None]) -> Advert:
    """Return what a TXT record says, forgiving about everything but the two hints.

    Raises:
        NotAnAdvertisement: T1, when there is no usable `id` or `k`, or the record is larger than DNS allows.
    """
    if sum(len(key) + len(value or b"") for key, value in properties.items()) > 8 * MAX_RECORD_BYTES:
        raise NotAnAdvertisement("T1: a computer on this network advertises an oversized record; it isn't shown.")
    fields = {key.lower(): value or b"" for key, value in properties.items()}
    phase = fields.get(b"s", b"").decode("ascii", "replace").lower()
    return Advert(
        title=shown(fields.get(b"n", b"").decode("utf-8", "replace"), MAX_TEXT_BYTES) or "Exam",
        room=shown(fields.get(b"r", b"").decode("utf-8", "replace"), MAX_TEXT_BYTES),
        phase=Phase(phase) if phase in set(Phase) else None,
        exam_hint=_from_base32(fields.get(b"id", b""), EXAM_HINT_BYTES),
        key_hint=_from_base32(fields.get(b"k", b""), KEY_HINT_BYTES),
        protocols=_versions(fields.get(b"p", b"")),
        instructor=shown(fields.get(b"i", b"").decode("utf-8", "replace"), MAX_TEXT_BYTES),
        sections=shown(fields.get(b"c", b"").decode("utf-8", "replace"), MAX_TEXT_BYTES),
    )


def service_name(title: str, room: str) -> str:
    """Return the instance name for the exam (at most 63 bytes of UTF-8, no dots), without the service type."""
    place = shown(room, _MAX_ROOM_IN_NAME)
    suffix = f" ({place})" if place else ""
    name = (cut(shown(title, MAX_NAME_BYTES), MAX_NAME_BYTES - len(suffix.encode())) or "Exam") + suffix
    return name.replace(".", "-").replace("\\", "-")


def _to_base32(value: bytes) -> bytes:
    return base64.b32encode(value).rstrip(b"=").lower()


def _from_base32(text: bytes, size: int) -> bytes:
    try:
        value = base64.b32decode(text.upper() + b"=" * (-len(text) % 8))
    except binascii.Error:
        value = b""
    if len(value) != size:
        raise NotAnAdvertisement("T1: a computer on this network advertises something else; it isn't shown.")
    return value


def _versions(text: bytes) -> tuple[int, ...]:
    parts = [part.strip() for part in text.split(b",")[:_MAX_PROTOCOLS]]
    versions = {int(part) for part in parts if part.isdigit() and len(part) <= 4}
    return tuple(sorted(versions)) or (1,)
