"""The whole preflight on the real PC, and its report to the hub."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from shared.admission.codes import AccessCode, RoomCode
from shared.clock import Clock
from shared.crypto.certificate import HubIdentity
from shared.problems import Problem
from shared.wire import messages as m
from student_app.core.ports import FoundHub, HubAddress
from student_app.core.surroundings import look_of
from student_app.net.knowing import RoomCodes, by_code
from student_app.net.secure import Check, Link
from student_app.preflight import network, system
from student_app.preflight.checks import results
from student_app.preflight.facts import Facts, Hub, Multicast, Packages, Screen

T = TypeVar("T")
SEND_S = 10.0
Told = Callable[[tuple[m.SeatCheck, ...]], None]
"""Called after each step with the results that are known."""
_FIRST = frozenset({"disk", "Python", "packages", "machine", "screen"})


@dataclass(frozen=True, slots=True)
class Seat:
    """What a preflight is about, and where its report goes.

    Attributes:
        folder: of the journals.
        hubs: addresses that were given; without, those that announce themselves are tried.
        code: the access code, which a report needs; None: nothing is sent.
        check: decides whether a hub is the right one; None: the code does, or anyone will do.
        surroundings: whether the exam's policy lets the hub know what kind of machine this is.
        screen: None: as the system tells it.
    """

    folder: Path
    hubs: tuple[HubAddress, ...] = ()
    code: AccessCode | None = None
    check: Check | None = None
    seat: str = ""
    device: bytes = bytes(16)
    device_name: str = ""
    platform: str = ""
    packages: Packages = field(default_factory=Packages)
    surroundings: bool = False
    screen: Screen | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The results, and whether the hub has them."""

    checks: tuple[m.SeatCheck, ...]
    sent: bool
    sentence: str = ""


async def preflight(seat: Seat, clock: Clock, told: Told = lambda _checks: None) -> Outcome:
    """Look at everything, some five seconds, and send the report where that can be."""
    facts = Facts(packages=seat.packages)
    slow = asyncio.gather(network.multicast_to_itself(), network.room(), network.heard_exams())
    facts = replace(
        facts,
        disk=await asyncio.to_thread(system.disk, seat.folder),
        python=await asyncio.to_thread(system.python),
        proxy=await asyncio.to_thread(system.proxies),
        surroundings=await asyncio.to_thread(look_of(sys.platform)),
        screen=await asyncio.to_thread(system.screen) if seat.screen is None else seat.screen,
    )
    told(_of(facts, _FIRST))
    facts = replace(facts, sandbox=await asyncio.to_thread(system.sandbox))
    told(_of(facts, _FIRST | {"sandbox"}))
    multicast, (broadcast, neighbours), exams = await slow
    facts = replace(facts, broadcast=broadcast, neighbours=neighbours)
    hub, link = await _reach(seat, exams, clock)
    try:
        facts = replace(facts, hub=hub, multicast=_heard(multicast, exams, link))
        checks = results(facts)
        sent, sentence = await _send(link, seat, reported(checks, seat))
        return Outcome(checks, sent, sentence)
    finally:
        if link is not None:
            await link.close()


def reported(checks: tuple[m.SeatCheck, ...], seat: Seat) -> tuple[m.SeatCheck, ...]:
    """Return what the hub may know: of the machine only where the exam's policy names it."""
    return tuple(check for check in checks if seat.surroundings or check.name != "machine")


def _of(facts: Facts, names: frozenset[str]) -> tuple[m.SeatCheck, ...]:
    return tuple(check for check in results(facts) if check.name in names)


def _heard(multicast: Multicast, exams: tuple[FoundHub, ...], link: Link | None) -> Multicast:
    titles = tuple(hub.title for hub in exams)
    if link is None:
        return replace(multicast, exams=titles)
    heard = any(link.identity.exam_id.startswith(hub.exam) for hub in exams if hub.exam)
    return replace(multicast, exams=titles, hub_heard=heard)


async def _reach(seat: Seat, exams: tuple[FoundHub, ...], clock: Clock) -> tuple[Hub, Link | None]:
    """Try the given addresses, or those that were announced; the first that answers counts, else the first."""
    addresses = seat.hubs or tuple(address for hub in exams for address in hub.addresses)
    tried: list[Hub] = []
    for address in dict.fromkeys(addresses):
        hub, link = await network.way_to(address, _check(seat), clock)
        if link is not None:
            return hub, link
        tried.append(hub)
    return (tried[0] if tried else Hub()), None


def _check(seat: Seat) -> Check:
    if seat.check is not None:
        return seat.check
    if seat.code is not None:
        return by_code(seat.code, RoomCodes())
    return _anyone


async def _anyone(_identity: HubIdentity) -> None:
    """Nothing of ours is sent to a hub that nobody vouches for."""


async def _send(link: Link | None, seat: Seat, checks: tuple[m.SeatCheck, ...]) -> tuple[bool, str]:
    if link is None:
        return False, ""
    if not isinstance(seat.code, RoomCode):
        return False, "The results were not sent: that takes the room's access code."
    report = m.PreflightReport(
        code=str(seat.code),
        seat=seat.seat,
        device=seat.device,
        device_name=seat.device_name,
        platform=seat.platform,
        checks=checks,
    )
    try:
        answer = await _in_time(_exchange(link, report))
    except (Problem, TimeoutError) as problem:
        return False, problem.sentence if isinstance(problem, Problem) else "The hub did not answer in time."
    if isinstance(answer, m.PreflightTaken):
        return True, "The instructor has these results."
    return False, answer.sentence if isinstance(answer, m.Refusal) else "The hub did not take the results."


async def _exchange(link: Link, report: m.PreflightReport) -> m.FromHub:
    await link.send(report)
    return await link.receive()


async def _in_time(work: Awaitable[T]) -> T:
    return await asyncio.wait_for(work, SEND_S)
