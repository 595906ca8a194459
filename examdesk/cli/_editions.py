"""`examdesk control edition`: what the exam's folder changes at the desks, and bringing it to them."""

import argparse
import secrets

from examdesk.staffapi.client import StaffClient
from examdesk.staffapi.messages import ApplyEdition, EditionPreview, GetLive, GiveQuestion, PreviewEdition, Target
from shared.problems import InputProblem

EDITION = "edition"


def add_parsers(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    text = "show what the exam's folder changes at the desks while the exam runs, and bring it to them"
    command = actions.add_parser(EDITION, help=text, description=text.capitalize() + ".")
    command.add_argument("--apply", action="store_true", help="bring it to the desks; left out, nothing is done")
    command.add_argument(
        "--give", action="append", default=[], metavar="ID", help="give this question to students; may be repeated"
    )
    command.add_argument("--section", action="append", default=[], help="give to this section only; may be repeated")
    command.add_argument("--student", action="append", default=[], help="give to this student only; may be repeated")
    command.add_argument("--because", default="", metavar="REASON", help="why; it goes into the audit log")


async def do(client: StaffClient, args: argparse.Namespace) -> list[str] | None:
    """Show or apply, and return what to say; None for any other action."""
    if args.action != EDITION:
        return None
    if (args.section or args.student) and not args.give:
        raise InputProblem("--section and --student say who gets a question: name it with --give. Nothing was done.")
    seen = await client.ask(PreviewEdition())
    if seen.problem:
        raise InputProblem(f"{seen.problem} Desks keep what they have.")
    lines = lines_of(seen)
    if not args.apply:
        return [*lines, *_next(seen, args.give)]
    target = await _target(client, args)
    give = tuple(GiveQuestion(question=question, target=target) for question in args.give)
    request = ApplyEdition(command=secrets.token_hex(16), token=seen.token, give=give, reason=args.because)
    return [*lines, (await client.ask(request)).sentence]


def lines_of(seen: EditionPreview) -> list[str]:
    """Return what would change, a line each, and whom it concerns."""
    lines = []
    for each in seen.changes:
        people = "1 student" if each.sessions == 1 else f"{each.sessions} students"
        lines.append(each.sentence if each.what == "added" else f"{each.sentence} ({people})")
    return [*lines, *seen.later]


def _next(seen: EditionPreview, give: list[str]) -> list[str]:
    """Say what to do now."""
    open_ = [question for question in seen.added if question not in give]
    lines = [f"Who has begun gets {question} only if you give it: --give {question}" for question in open_]
    if seen.changes or give:
        lines.append(f"Nothing was done. Bring it to the desks by: examdesk control {EDITION} --apply")
    else:
        lines.append("Desks have what the exam's folder says.")
    return lines


async def _target(client: StaffClient, args: argparse.Namespace) -> Target:
    if not args.student:
        return Target(sections=tuple(args.section))
    found = {row.student: row.session for row in (await client.ask(GetLive())).rows if row.session}
    missing = [name for name in args.student if name not in found]
    if missing:
        raise InputProblem(f"{', '.join(missing)}: not in this exam. Nothing was done; see: examdesk watch.")
    return Target(sections=tuple(args.section), sessions=tuple(found[name] for name in args.student))
