"""What a rehearsal measured, and what it means for the day, in plain words."""

import msgspec

QUICK_MS = 1_000.0
"""Up to here a student sees "safe with the instructor" without a wait."""
BEARABLE_MS = 5_000.0
EASY_CPU_PERCENT = 50.0
"""Of one core, which is what a hub's loop can use."""
SPARE = 0.7
"""Share of what a figure extrapolates to that one may count on."""
MOST_NAMED = 1_000


class Delay(msgspec.Struct, frozen=True, kw_only=True):
    """Milliseconds; `p50` half of them were quicker, `p99` all but one in a hundred, `most` the slowest."""

    p50: float
    p99: float
    most: float


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What `examdesk rehearse --json` prints. A figure that could not be measured from here is null.

    Attributes:
        desks: simulated desks that were asked for.
        joined: how many of them joined.
        submitted: how many of them handed in.
        seconds: how long they worked.
        events: events that their journals confirmed.
        events_per_second: of all desks together, over the time they worked.
        lost: confirmed events that the hub does not have.
        receipt_ms: from an event sealed at a desk to the hub's receipt that it is durable.
        join_seconds: from the first desk's start until all had joined.
        commit_ms: one durable write on the disk of the hub's records, the median, before the load.
        hub_cpu_percent: the hub's share of one core while they worked.
        hub_memory_mb: the most memory that the hub used, in MB.
        computer_cpu_percent: this computer's load over all cores, simulated students included.
        problems: sentences that desks showed their students.
        holds: whether this would do for an exam.
        recommendation: what to make of it, in plain words.
    """

    desks: int
    joined: int
    submitted: int
    seconds: float
    events: int
    events_per_second: float
    lost: int
    receipt_ms: Delay
    join_seconds: float
    commit_ms: float | None
    hub_cpu_percent: float | None
    hub_memory_mb: float | None
    computer_cpu_percent: float
    problems: tuple[str, ...]
    holds: bool
    recommendation: str


def judge(report: Report) -> tuple[bool, str]:
    """Return whether it would do, and what to make of it."""
    desks = f"{report.desks} desks" if report.desks != 1 else "one desk"
    if report.lost:
        return False, (
            f"{report.lost:,} events had not reached the hub when the rehearsal ended. Don't hold the exam like this: "
            "try a cable instead of the wireless network, or fewer desks, and rehearse again."
        )
    if report.joined < report.desks:
        return False, (
            f"Only {report.joined} of {desks} could join. Look at the sentences above, and at the firewall of this "
            "computer, and rehearse again."
        )
    if report.receipt_ms.p99 > BEARABLE_MS:
        return False, (
            f"{desks.capitalize()} are too much here: work was safe on the desks at once, but with the instructor only "
            f"after {report.receipt_ms.p99 / 1000:.1f} s. Nothing was lost. Close other programs, use a cable, or "
            "take a second hub for the other room."
        )
    if report.receipt_ms.p99 > QUICK_MS or (report.hub_cpu_percent or 0.0) > EASY_CPU_PERCENT:
        return True, (
            f"This held {desks} without loss, with little room to spare: one receipt in a hundred took longer than "
            f"{report.receipt_ms.p99:.0f} ms. Close other programs during the exam, and don't plan for more desks."
        )
    return True, f"This laptop held {desks} with room to spare.{_room(report)}"


def _room(report: Report) -> str:
    """Say how many more it might hold, where its processor was measured."""
    cpu = report.hub_cpu_percent
    if not cpu:
        return ""
    could = int(report.desks * EASY_CPU_PERCENT / cpu * SPARE)
    if could < report.desks * 2:
        return ""
    more = min(MOST_NAMED, could - could % 10)
    return f" Its processor would do for about {more} such desks; rehearse with so many before you count on it."
