"""`examdesk control joining`: every way in which students find this exam, and the join file for sticks and shares."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from examdesk.staffapi.client import StaffClient
from examdesk.staffapi.messages import ExamView, GetExam
from shared.discovery.joining import Address, Destination, join_code, make_join_file, make_link
from shared.exam.whole_file import write_whole
from shared.ids import ExamId
from shared.problems import EnvironmentProblem, InputProblem

JOINING = "joining"
SUFFIX = ".examjoin"


def add_parser(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    text = "show how students find and join the exam, and write a join file"
    command = actions.add_parser(JOINING, help=text, description=text.capitalize() + ".")
    form = command.add_mutually_exclusive_group()
    form.add_argument("--file", type=Path, metavar="FILE", help=f"write a join file, such as quiz{SUFFIX}")
    form.add_argument("--json", action="store_true", help="print JSON")


async def do(client: StaffClient, args: argparse.Namespace) -> Sequence[object] | None:
    """Do it and return what to say; None for any other action."""
    if args.action != JOINING:
        return None
    exam = await client.ask(GetExam())
    if args.json:
        return [_ways(exam)]
    lines = [f"Room code: {exam.room_code}"]
    for host in exam.addresses:
        address = Address(host, exam.port)
        lines.append(f"Address: {address}{_code(address)}")
    if exam.addresses:
        lines.append(f"Link: {make_link(_destination(exam))}")
    shown = "The exam appears by itself on this network." if exam.advertised else exam.advertising_problem
    lines.append(shown or "The exam does not appear by itself: tell the address and the code.")
    lines += [*exam.alerts, *([exam.taken_over] if exam.taken_over else [])]
    if args.file is not None:
        lines.append(_write(exam, args.file))
    return lines


def _ways(exam: ExamView) -> dict[str, object]:
    return {
        "room_code": exam.room_code,
        "addresses": [f"{Address(host, exam.port)}" for host in exam.addresses],
        "link": make_link(_destination(exam)) if exam.addresses else None,
        "appears_by_itself": exam.advertised,
        "fingerprint": exam.fingerprint,
    }


def _code(address: Address) -> str:
    try:
        return f", join code {join_code(address)}"
    except InputProblem:
        return ""


def _destination(exam: ExamView) -> Destination:
    return Destination(
        addresses=tuple(Address(host, exam.port) for host in exam.addresses),
        title=exam.short_name,
        exam_id=ExamId(bytes.fromhex(exam.exam)),
        fingerprint=bytes.fromhex(exam.fingerprint),
    )


def _write(exam: ExamView, file: Path) -> str:
    if not exam.addresses:
        raise EnvironmentProblem("This computer has no network address, so there is nothing to join. Check the cable.")
    to = _destination(exam)
    assert to.exam_id is not None
    assert to.fingerprint is not None
    data = make_join_file(exam.addresses, exam.port, to.exam_id, to.fingerprint, exam.long_name)
    write_whole(file, data)
    return f"{file}: students open it in ExamDesk instead of typing the address; the room code is still asked."
