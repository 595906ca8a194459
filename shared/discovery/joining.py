"""Where to find a hub when nothing appears by itself: typed addresses, join codes, join links and join files.

Join file (`.examjoin`, JSON) and join link hold the same: addresses, port, exam id, certificate fingerprint, title:

    examdesk://join?a=192.168.1.5&a=fd00::5&p=23926&e=<32 hex digits>&k=<64 hex digits>&n=<title>

A join code is an IPv4 address in Crockford base32 with a check symbol: for the usual port 7 symbols and the
check symbol (35 bits: 32 of address, 3 zero), for another 10 and the check symbol (50 bits: address, port, 2 zero).
"""

import ipaddress
import re
import urllib.parse
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from shared.admission import crockford
from shared.discovery.display import shown
from shared.ids import ExamId
from shared.problems import InputProblem

DEFAULT_PORT: Final = 23926
LINK_PREFIX: Final = "examdesk://join?"
MAX_ADDRESSES: Final = 16
MAX_TITLE_BYTES: Final = 200
MAX_FILE_BYTES: Final = 64 * 1024
_TAG: Final = 4
_SHORT_SYMBOLS: Final = 7
_LONG_SYMBOLS: Final = 10
_HOST_LABEL: Final = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")


@dataclass(frozen=True, slots=True)
class Address:
    """A host (name, IPv4 or IPv6 without brackets) and a port."""

    host: str
    port: int = DEFAULT_PORT

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Destination:
    """Where to look, in order, and what to expect; `exam_id` and `fingerprint` (32 bytes) pin the hub if given."""

    addresses: tuple[Address, ...]
    title: str = ""
    exam_id: ExamId | None = None
    fingerprint: bytes | None = None


class _JoinFile(msgspec.Struct, frozen=True, kw_only=True):
    examdesk_join: Annotated[int, Meta(ge=1)] = 1
    addresses: Annotated[list[Annotated[str, Meta(max_length=260)]], Meta(min_length=1, max_length=MAX_ADDRESSES)]
    port: Annotated[int, Meta(ge=1, le=65535)] = DEFAULT_PORT
    exam: Annotated[str, Meta(pattern=r"\A[0-9a-fA-F]{32}\Z")]
    fingerprint: Annotated[str, Meta(pattern=r"\A[0-9a-fA-F]{64}\Z")]
    title: str = ""


_file_decoder = msgspec.json.Decoder(_JoinFile)


def parse_destination(text: str) -> Destination:
    """Return where a person wants to go, who typed or scanned `host[:port]`, a join code or a join link.

    Raises:
        InputProblem: with a sentence on what is wrong with it.
    """
    typed = text.strip()
    if not typed:
        raise InputProblem("Type the address that is shown in the room, such as 192.168.1.5, or the join code.")
    if typed.lower().startswith("examdesk:"):
        return parse_link(typed)
    from_code = _read_join_code(typed)
    try:
        as_host: tuple[Address, ...] = (parse_address(typed),)
    except InputProblem:
        if from_code is None:
            raise
        as_host = ()
    # A short host name may happen to be a valid code: both are tried, and whoever answers has to prove itself anyway.
    return Destination((from_code, *as_host) if from_code else as_host)


def parse_address(text: str) -> Address:
    """Return the address in `host[:port]`, `[IPv6]:port` or a pasted web address; raises `InputProblem`."""
    bare = re.sub(r"^[a-z][a-z0-9+.-]*://", "", text.strip(), flags=re.IGNORECASE).rstrip("/")
    if re.fullmatch(r"[\d,\s]+(:\d+)?", bare) and bare.count(",") == 3:
        bare = bare.replace(",", ".")  # the decimal key of many keyboards
    bare = re.sub(r"\s*([.:])\s*", r"\1", bare)
    host, port = _split_port(bare)
    return Address(_host(host), _port(port))


def join_code(address: Address) -> str:
    """Return the code for an IPv4 address; raises `InputProblem` for any other host."""
    try:
        number = int(ipaddress.IPv4Address(address.host))
    except ValueError as error:
        raise InputProblem(f"Only a numeric IPv4 address has a join code, and {address.host} isn't one.") from error
    if address.port == DEFAULT_PORT:
        symbols = crockford.encode(number << 3, _SHORT_SYMBOLS)
    else:
        symbols = crockford.encode((number << 16 | address.port) << 2, _LONG_SYMBOLS)
    code = symbols + crockford.check_symbol(symbols, _TAG)
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def make_link(destination: Destination) -> str:
    """Return the join link (also the text of the QR code) for a destination with exam id and fingerprint."""
    pairs = [("a", str(one)) for one in destination.addresses[:MAX_ADDRESSES]]
    if destination.exam_id is not None:
        pairs.append(("e", destination.exam_id.hex()))
    if destination.fingerprint is not None:
        pairs.append(("k", destination.fingerprint.hex()))
    if destination.title:
        pairs.append(("n", shown(destination.title, MAX_TITLE_BYTES)))
    return LINK_PREFIX + urllib.parse.urlencode(pairs, safe=":[]")


def parse_link(text: str) -> Destination:
    """Return what a join link says; raises `InputProblem`."""
    damaged = "This join link is damaged or incomplete. Copy it again as a whole, or type the address."
    if len(text) > MAX_FILE_BYTES or not text.lower().startswith(LINK_PREFIX):
        raise InputProblem(damaged)
    try:
        fields = urllib.parse.parse_qs(text[len(LINK_PREFIX) :], max_num_fields=32)
        exam, key = (bytes.fromhex(fields.get(name, [""])[0]) for name in ("e", "k"))
    except ValueError as error:
        raise InputProblem(damaged) from error
    hosts = fields.get("a", [])[:MAX_ADDRESSES]
    if not hosts or len(exam) not in {0, 16} or len(key) not in {0, 32}:
        raise InputProblem(damaged)
    port = _port(fields["p"][0]) if "p" in fields else DEFAULT_PORT
    return Destination(
        addresses=tuple(_with_port(one, port) for one in hosts),
        title=shown(fields.get("n", [""])[0], MAX_TITLE_BYTES),
        exam_id=ExamId(exam) if exam else None,
        fingerprint=key or None,
    )


def make_join_file(addresses: Sequence[str], port: int, exam_id: ExamId, fingerprint: bytes, title: str) -> bytes:
    """Return the join file that a student opens from a stick or a share."""
    content = _JoinFile(
        addresses=list(addresses[:MAX_ADDRESSES]),
        port=port,
        exam=exam_id.hex(),
        fingerprint=fingerprint.hex(),
        title=shown(title, MAX_TITLE_BYTES),
    )
    return msgspec.json.format(msgspec.json.encode(content)) + b"\n"


def read_join_file(data: bytes) -> Destination:
    """Return what a join file says; raises `InputProblem`."""
    if len(data) > MAX_FILE_BYTES:
        raise InputProblem("This file is far too large for a join file. Ask for it again, or type the address.")
    try:
        content = _file_decoder.decode(data.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise InputProblem(
            f"This isn't a join file of ExamDesk, or it is damaged ({error}). Ask for it again, or type the address."
        ) from error
    return Destination(
        addresses=tuple(_with_port(one, content.port) for one in content.addresses),
        title=shown(content.title, MAX_TITLE_BYTES),
        exam_id=ExamId(bytes.fromhex(content.exam)),
        fingerprint=bytes.fromhex(content.fingerprint),
    )


def _read_join_code(text: str) -> Address | None:
    if re.search(r"[.:/,]", text):
        return None
    try:
        symbols = crockford.normalize(text)
    except InputProblem:
        return None
    if len(symbols) not in {_SHORT_SYMBOLS + 1, _LONG_SYMBOLS + 1} or not crockford.is_valid(symbols, _TAG):
        return None
    number = crockford.decode(symbols[:-1])
    if len(symbols) == _SHORT_SYMBOLS + 1:
        host, port, spare = number >> 3, DEFAULT_PORT, number & 7
    else:
        host, port, spare = number >> 18, number >> 2 & 0xFFFF, number & 3
    return None if spare or not port else Address(str(ipaddress.IPv4Address(host)), port)


def _with_port(text: str, port: int) -> Address:
    host, own_port = _split_port(text.strip())
    return Address(_host(host), port if own_port is None else _port(own_port))


def _split_port(text: str) -> tuple[str, str | None]:
    if text.startswith("["):
        host, closed, rest = text[1:].partition("]")
        if not closed or (rest and not rest.startswith(":")):
            raise InputProblem("An IPv6 address with a port is written [address]:port, such as [fe80::1]:23926.")
        return host, rest[1:] if rest else None
    if text.count(":") == 1:
        host, _, port = text.partition(":")
        return host, port
    return text, None


def _port(text: str | None) -> int:
    if text is None:
        return DEFAULT_PORT
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and 1 <= int(text) <= 65535):
        raise InputProblem(f"The port after the colon must be a number from 1 to 65535, not “{shown(text, 20)}”.")
    return int(text)


def _host(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        pass
    if ":" in text:
        raise InputProblem(f"“{shown(text, 60)}” isn't a complete IPv6 address. Copy it again, or use another address.")
    if re.fullmatch(r"[\d.]+", text):
        raise InputProblem(_ipv4_sentence(text))
    try:
        name = text.encode("idna").decode("ascii").lower() if not text.isascii() else text.lower()
    except UnicodeError:
        name = ""
    if len(name) > 253 or not all(_HOST_LABEL.fullmatch(label) for label in name.removesuffix(".").split(".")):
        raise InputProblem(
            f"“{shown(text, 60)}” isn't an address. Type it as it is shown in the room, such as 192.168.1.5."
        )
    return name


def _ipv4_sentence(text: str) -> str:
    parts = [part for part in text.split(".") if part]
    if len(parts) != 4 or text.count(".") != 3:
        return f"“{shown(text, 60)}” isn't complete: an address has four numbers between dots, such as 192.168.1.5."
    wrong = next((part for part in parts if int(part[:9]) > 255), None)
    if wrong is not None:
        return f"In “{shown(text, 60)}” the number {shown(wrong, 12)} is too large: each one is at most 255."
    return f"“{shown(text, 60)}” has a number with zeros in front. Type it without them."
