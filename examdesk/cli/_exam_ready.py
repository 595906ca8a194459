"""`examdesk exam ready`: what is still to do before the day, and what to do about it; a hub that runs is asked too."""

import argparse
import asyncio
import shutil
import sys
from pathlib import Path

import msgspec

from examdesk.cli._clock_source import clock_source
from examdesk.cli._json_out import INDENT, write_json
from examdesk.cli._reaching import add_hub_arguments, hub_of, who_am_i
from examdesk.rosters.preview import Outcome, apply, preview
from examdesk.staffapi.client import Refused, StaffClient, open_client
from examdesk.staffapi.messages import GetExam, GetLive, GetPreflights, GetRoster
from examdesk.staffapi.readiness import clock_skews, pc_facts, room_facts
from shared.clock import Clock
from shared.exam.document import Exam
from shared.exam.exam_folder import read_with_files
from shared.exam.packages import WheelList, read_wheels
from shared.exam.packing import exam_folder
from shared.exam.readiness import Facts, PcFacts, RoomFacts, checklist, is_ready
from shared.exam.rehearsal_note import last_rehearsal
from shared.problems import InputProblem, Problem

_WORDS = {"ready": "ready", "attention": "look at", "missing": "to do", "unknown": "not known"}


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `ready` to the commands of `exam`."""
    does = "say what is still to do before the exam can be held on this computer"
    command = commands.add_parser("ready", help=does, description=f"{does[:1].upper()}{does[1:]}.", allow_abbrev=False)
    command.add_argument("path", type=Path, metavar="PATH", help="exam folder or .exam file")
    command.add_argument("--roster", type=Path, metavar="FILE", help="class list that will be imported")
    command.add_argument("--json", action="store_true", help="print JSON")
    add_hub_arguments(command, required=False)
    only = "say only whether this computer's clock follows a time server, as JSON"
    command.add_argument("--clock", action="store_true", help=only)


def run(args: argparse.Namespace, clock: Clock) -> int:
    """Print the list; 1 where something is missing."""
    if args.clock:
        write_json(clock_source())
        return 0
    with exam_folder(args.path) as folder:
        exam, findings, scan = read_with_files(folder)
        wheels, problem = _wheels(folder)
        times = [where.stat().st_mtime_ns // 1_000_000 for where in scan.files.values()]
    asked = asyncio.run(_ask(args, exam)) if args.data or args.hub_file else _FromHub()
    facts = Facts(
        exam=exam,
        findings=findings,
        wheels=wheels,
        wheels_problem=problem,
        now_ms=clock.wall_ms(),
        newest_ms=max(times, default=None),
        free_bytes=shutil.disk_usage(args.path.resolve().parent).free,
        room=asked.room if args.roster is None else _room(args.roster),
        rehearsed=last_rehearsal(args.path),
        pcs=asked.pcs,
        clock=msgspec.structs.replace(clock_source(), skews_ms=asked.skews_ms),
    )
    items = checklist(facts)
    if args.json:
        write_json(items, indent=INDENT)
    else:
        for item in items:
            todo = f" {item.todo}" if item.todo else ""
            sys.stdout.write(f"{_WORDS[item.state]:10}  {item.name:10}  {item.said}{todo}\n")
    return 0 if is_ready(items) else 1


class _FromHub(msgspec.Struct, frozen=True, kw_only=True):
    """What a hub that serves the exam says."""

    room: RoomFacts | None = None
    pcs: PcFacts | None = None
    skews_ms: tuple[int, ...] = ()


async def _ask(args: argparse.Namespace, exam: Exam | None) -> _FromHub:
    client = await open_client(hub_of(args), who_am_i())
    try:
        served = await client.ask(GetExam())
        if exam is not None and served.exam != exam.uuid.hex:
            raise InputProblem(f"That hub serves another exam, “{served.long_name}”. Name the hub of {args.path}.")
        return _FromHub(
            room=await _roster(client),
            pcs=pc_facts(await client.ask(GetPreflights())),
            skews_ms=clock_skews((await client.ask(GetLive())).rows),
        )
    finally:
        await client.close()


async def _roster(client: StaffClient) -> RoomFacts | None:
    """The roster's facts; None for a role that may not see it."""
    try:
        return room_facts(await client.ask(GetRoster()))
    except Refused as refused:
        if refused.code == "not-allowed":
            return None
        raise


def _wheels(folder: Path) -> tuple[WheelList | None, str]:
    try:
        return read_wheels(folder), ""
    except Problem as problem:
        return None, problem.sentence


def _room(file: Path) -> RoomFacts:
    shown = preview(file)
    bad = shown.of(Outcome.REFUSED)
    if bad:
        raise InputProblem(f"The class list {file} has lines that can't be taken, the first: {bad[0].sentence}")
    rows = apply(shown, with_doubtful=True)
    return RoomFacts(students=len(rows), sections=tuple({row.section for row in rows}))
