"""Facts of the network, by trying it: multicast and broadcast to oneself, other PCs, the way to the hub."""

import asyncio
import contextlib
import errno
import ipaddress
import secrets
import socket
import struct
from collections.abc import Callable

import psutil

from shared.clock import Clock
from shared.problems import EnvironmentProblem, PeerFault, Problem
from shared.wire import messages as m
from student_app.core.ports import FoundHub, HubAddress
from student_app.net import admission
from student_app.net.browse import Browser
from student_app.net.secure import Check, Link, open_link
from student_app.preflight.facts import Broadcast, Hub, Multicast, Neighbours, Outcome

GROUP, MDNS_PORT = "224.0.0.251", 5353
PORT = 23927
"""PCs that run their preflight at the same time hear each other here."""
HELLO, ANSWER = b"EDPF1?", b"EDPF1!"
NONCE_BYTES = 8
LISTEN_S = 3.0
CONNECT_S = 4.0
_QUESTION = b"\x09_examdesk\x04_tcp\x05local\x00" + struct.pack(">HH", 12, 1)


def own_addresses() -> list[tuple[str, str]]:
    """Return the IPv4 addresses of this PC that others may reach, with their netmasks."""
    running = {name for name, state in psutil.net_if_stats().items() if state.isup}
    entries = (entry for name, found in psutil.net_if_addrs().items() if name in running for entry in found)
    return [
        (entry.address, entry.netmask or "255.255.255.255")
        for entry in entries
        if entry.family == socket.AF_INET and not entry.address.startswith("127.")
    ]


def same_network(host: str, own: list[tuple[str, str]]) -> bool:
    """Tell whether an address lies in a network of this PC."""
    with contextlib.suppress(ValueError):
        address = ipaddress.ip_address(host)
        networks = (ipaddress.ip_network(f"{mine}/{mask}", strict=False) for mine, mask in own)
        return any(address in network for network in networks)
    return False


class _Ear(asyncio.DatagramProtocol):
    """Hands every packet to `heard`, and keeps quiet about what could not be sent."""

    def __init__(self, heard: Callable[[bytes, tuple[str, int]], None]) -> None:
        self._heard = heard

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """See asyncio."""
        self._heard(data, addr)

    def error_received(self, exc: Exception) -> None:
        """See asyncio."""
        del exc


def _socket(port: int) -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if hasattr(socket, "SO_REUSEPORT"):
        with contextlib.suppress(OSError):
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    made.setblocking(False)
    made.bind(("", port))
    return made


async def multicast_to_itself() -> Multicast:
    """Ask by mDNS, as finding exams does, and see whether the question comes back to this PC."""
    own = [address for address, _ in own_addresses()]
    if not own:
        return Multicast(refused="this PC is in no network")
    name = secrets.token_bytes(2)
    question = name + struct.pack(">HHHHH", 0, 1, 0, 0, 0) + _QUESTION
    came = asyncio.Event()

    def heard(data: bytes, _source: tuple[str, int]) -> None:
        if data == question:
            came.set()

    try:
        ear = _socket(MDNS_PORT)
    except OSError as problem:
        return Multicast(refused=_words(problem))
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(lambda: _Ear(heard), sock=ear)
    refused = ""
    try:
        for address in own:
            try:
                _join(ear, address)
                ear.sendto(question, (GROUP, MDNS_PORT))
            except OSError as problem:
                refused = refused or _words(problem)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(came.wait(), LISTEN_S / 2)
    finally:
        transport.close()
    return Multicast("" if came.is_set() else refused, came.is_set())


def _join(ear: socket.socket, address: str) -> None:
    interface = socket.inet_aton(address)
    with contextlib.suppress(OSError):  # joined already: two addresses of one network
        ear.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(GROUP) + interface)
    ear.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, interface)


class _Room:
    """Says hello to everybody and answers everybody else's hello."""

    def __init__(self) -> None:
        self.nonce = secrets.token_bytes(NONCE_BYTES)
        self.returned = False
        self.heard: set[bytes] = set()
        self.answered: set[bytes] = set()
        self.transport: asyncio.DatagramTransport | None = None

    def take(self, data: bytes, source: tuple[str, int]) -> None:
        """Take a packet."""
        kind, rest = data[: len(HELLO)], data[len(HELLO) :]
        if kind == HELLO and len(rest) == NONCE_BYTES:
            if rest == self.nonce:
                self.returned = True
                return
            self.heard.add(rest)
            if self.transport is not None:
                self.transport.sendto(ANSWER + rest + self.nonce, source)
        elif kind == ANSWER and len(rest) == 2 * NONCE_BYTES and rest[:NONCE_BYTES] == self.nonce:
            self.answered.add(rest[NONCE_BYTES:])


async def room(listen_s: float = LISTEN_S) -> tuple[Broadcast, Neighbours]:
    """Say hello by broadcast, listen, and answer others, for some seconds."""
    talk = _Room()
    try:
        ear = _socket(PORT)
    except OSError as problem:
        return Broadcast(_words(problem)), Neighbours()
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(lambda: _Ear(talk.take), sock=ear)
    talk.transport = transport
    refused = ""
    try:
        for _ in range(max(1, round(listen_s / 0.5))):
            for target in _broadcasts():
                try:
                    ear.sendto(HELLO + talk.nonce, (target, PORT))
                except OSError as problem:
                    refused = _words(problem)
            await asyncio.sleep(0.5)
    finally:
        transport.close()
    return Broadcast("" if talk.returned else refused, talk.returned), Neighbours(len(talk.heard), len(talk.answered))


def _broadcasts() -> list[str]:
    found = ["255.255.255.255"]
    for address, mask in own_addresses():
        with contextlib.suppress(ValueError):
            found.append(str(ipaddress.ip_network(f"{address}/{mask}", strict=False).broadcast_address))
    return list(dict.fromkeys(found))


def _words(problem: OSError) -> str:
    if problem.errno in (errno.EPERM, errno.EACCES):
        return "the firewall of this PC refuses it"
    if problem.errno in (errno.ENETUNREACH, errno.EHOSTUNREACH):
        return "this PC has no way into a network"
    return problem.strerror or str(problem)


async def heard_exams(seconds: float = LISTEN_S) -> tuple[FoundHub, ...]:
    """Listen for exams that announce themselves."""
    browser = Browser(lambda _hubs: None)
    try:
        await browser.start()
        await asyncio.sleep(seconds)
        return browser.hubs()
    finally:
        await browser.close()


async def way_to(address: HubAddress, check: Check, clock: Clock) -> tuple[Hub, Link | None]:
    """Connect to a hub; the open link comes along where it was reached, and the caller closes it."""
    where = f"{address.host}:{address.port}"
    near = same_network(address.host, own_addresses())
    outcome = await _tcp(address)
    if outcome != "reached":
        return Hub(where, outcome, near), None
    try:
        link = await open_link(address, check)
    except (PeerFault, EnvironmentProblem):
        return Hub(where, "no hub", near), None
    try:
        greeting = await asyncio.wait_for(admission.welcome(link), CONNECT_S)
    except TimeoutError:
        await link.close()
        return Hub(where, "no hub", near), None
    except Problem as problem:
        await link.close()
        other = isinstance(problem, EnvironmentProblem) and "version" in problem.sentence
        return Hub(where, "other version" if other else "no hub", near), None
    trip_ms, offset_ms = await _time_question(link, clock)
    return Hub(where, "reached", near, trip_ms, offset_ms, greeting.title), link


async def _time_question(link: Link, clock: Clock) -> tuple[float, float | None]:
    """Return the round trip, and how far the hub's clock is ahead of this PC's."""
    asked_us, asked_ms = clock.mono_us(), clock.wall_ms()
    try:
        await link.send(m.Ping(asked_us))
        answer = await asyncio.wait_for(link.receive(), CONNECT_S)
    except (Problem, TimeoutError):
        return 0.0, None
    trip_ms = (clock.mono_us() - asked_us) / 1000
    if not isinstance(answer, m.Pong):
        return trip_ms, None
    return trip_ms, answer.received_ms - (asked_ms + trip_ms / 2)


async def _tcp(address: HubAddress) -> Outcome:
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection(address.host, address.port), CONNECT_S)
    except TimeoutError:
        return "silent"
    except socket.gaierror:
        return "unknown name"
    except ConnectionRefusedError:
        return "refused"
    except OSError:
        return "unreachable"
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return "reached"
