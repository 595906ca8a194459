"""Precision and recall of each signal on a labelled set of simulated sessions (tests/support/labelled).

    python tests/benchmarks/signals_bench.py [--variants 20] [--json] [--write]

A session counts once per kind: raised and deserved, raised and not deserved, deserved and not raised. Behind each share
stands its 95 % interval (Wilson), for sessions drawn like these. The reference is the rule that most systems have:
every paste of `outside_paste_chars` characters, whatever it is. `--write` puts the tables into docs/signals.md.

Ends with 1 when an honest session has a signal about pastes or about text faster than typing.
"""

import argparse
import json
import math
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[2]))

from examdesk.evidence.signals import KINDS
from shared.exam.rules import Signals
from tests.support.labelled import HONEST, NOT_HONEST, UNSEEN, Act, Labelled, labelled

NEVER = frozenset({"outside_paste", "large_paste", "fast_text"})
"""Kinds that honest work must not raise."""
LEAST = Signals().outside_paste_chars
PAGE = Path(__file__).parents[2] / "docs" / "signals.md"
BEGIN, END = "<!-- figures of tests/benchmarks/signals_bench.py, written by it -->", "<!-- end of the figures -->"
_Z = 1.959964


class Share(NamedTuple):
    """So many of so many; without any there is nothing to say."""

    hits: int
    of: int

    @property
    def value(self) -> float | None:
        """Return the share."""
        return self.hits / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Return the 95 % interval: Wilson, Journal of the American Statistical Association 22 (1927), 209 to 212."""
        if not self.of:
            return None
        share, n = self.hits / self.of, self.of
        middle = (share + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
        half = _Z / (1 + _Z**2 / n) * math.sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2))
        return max(middle - half, 0.0), min(middle + half, 1.0)

    def __str__(self) -> str:
        """Return the share with its interval."""
        if self.value is None or self.interval is None:
            return "-"
        low, high = self.interval
        return f"{self.value:.3f} ({low:.3f} to {high:.3f})"


class Figures(NamedTuple):
    """What a kind got right: of what it raised, and of what deserved it."""

    precision: Share
    recall: Share


class Played:
    """The sessions, and what was raised in each."""

    def __init__(self, variants: int, seed: str) -> None:
        self.variants = variants
        self.sessions: list[Labelled] = list(labelled((*HONEST, *NOT_HONEST, *UNSEEN), variants, seed))
        self.raised = {each.name: each.raised for each in self.sessions}

    @property
    def honest(self) -> list[Labelled]:
        """Return the sessions of honest students."""
        return [each for each in self.sessions if each.honest]

    @property
    def disturbed(self) -> list[Labelled]:
        """Return the honest ones that have a signal which nothing in them deserves."""
        return [each for each in self.honest if self.raised[each.name] & NEVER]

    @property
    def by_size_alone(self) -> int:
        """Return how many honest sessions the rule of thumb would point out."""
        return sum(each.longest_paste >= LEAST for each in self.honest)

    def figures(self, kind: str) -> Figures:
        """Return precision and recall of a kind."""
        raised = [each for each in self.sessions if kind in self.raised[each.name]]
        deserved = [each for each in self.sessions if kind in each.truth]
        right = sum(kind in each.truth for each in raised)
        return Figures(Share(right, len(raised)), Share(right, len(deserved)))

    def of(self, act: Act) -> list[Labelled]:
        """Return the sessions of one behaviour."""
        return [each for each in self.sessions if each.name.startswith(f"{act.__name__} ")]

    def as_it_was(self, act: Act) -> Share:
        """Return in how many sessions of a behaviour exactly that was told which it deserves."""
        mine = self.of(act)
        return Share(sum(self.raised[each.name] == each.truth for each in mine), len(mine))

    def told(self, act: Act) -> str:
        """Return what was raised in the sessions of a behaviour; in brackets what they do not deserve, -missed-."""
        mine = self.of(act)
        found = Counter(kind for each in mine for kind in self.raised[each.name] & each.truth)
        wrong = Counter(kind for each in mine for kind in self.raised[each.name] - each.truth)
        missed = Counter(kind for each in mine for kind in each.truth - self.raised[each.name])
        words = [f"{KINDS[kind].title} {found[kind]}" for kind in KINDS if found[kind]]
        words += [f"({KINDS[kind].title} {wrong[kind]})" for kind in KINDS if wrong[kind]]
        words += [f"-{KINDS[kind].title} {missed[kind]}-" for kind in KINDS if missed[kind]]
        return ", ".join(words) or "nothing"


def signal_rows(played: Played) -> Iterator[str]:
    """Yield the table of signals."""
    yield "| signal | raised | deserved | precision | recall |"
    yield "|---|---|---|---|---|"
    for kind, about in KINDS.items():
        found = played.figures(kind)
        raised, deserved = found.precision.of, found.recall.of
        yield f"| {about.title} | {raised} | {deserved} | {found.precision} | {found.recall} |"


def behaviour_rows(played: Played, acts: tuple[Act, ...]) -> Iterator[str]:
    """Yield the table of behaviours."""
    yield f"| what the student does | told as it was, of {played.variants} | raised, in so many sessions |"
    yield "|---|---|---|"
    for act in acts:
        said = (act.__doc__ or "").partition("\n")[0].rstrip(".")
        share = played.as_it_was(act)
        yield f"| {said} | {share.hits} ({_percent(share)}) | {played.told(act)} |"


def _percent(share: Share) -> str:
    low, high = share.interval or (0.0, 1.0)
    return f"{round(low * 100)} to {round(high * 100)} %"


def document(played: Played) -> str:
    """Return what docs/signals.md says of the figures."""
    honest, disturbed = len(played.honest), Share(len(played.disturbed), len(played.honest))
    high = (disturbed.interval or (0.0, 1.0))[1]
    parts: list[tuple[str, Callable[[], Iterator[str]]]] = [
        ("", lambda: signal_rows(played)),
        ("Honest:", lambda: behaviour_rows(played, HONEST)),
        ("Others:", lambda: behaviour_rows(played, NOT_HONEST)),
        ("Seen by no signal, acted out as well:", lambda: behaviour_rows(played, UNSEEN)),
    ]
    head = (
        f"{len(played.sessions)} sessions, {played.variants} of each behaviour; in brackets the 95 % interval "
        f"(Wilson).\nOf the {honest} honest ones {disturbed.hits} have a signal about pastes or about text faster than "
        f"typing\n(95 %: at most {high * 100:.1f} % of such sessions); the rule “every paste of {LEAST} characters” "
        f"would point out {played.by_size_alone} of them.\n"
    )
    tables = ["\n".join((f"{title}\n", *rows())).lstrip() + "\n" for title, rows in parts]
    return "\n".join((head, *tables))


def write(text: str) -> None:
    """Put the figures into the page, between their marks."""
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n{END}{after}", encoding="utf-8")


def as_json(played: Played) -> dict[str, object]:
    """Return the figures for programs."""
    kinds = {
        kind: {name: {"share": share.value, "of": share.of, "interval": share.interval} for name, share in pairs}
        for kind in KINDS
        for pairs in [played.figures(kind)._asdict().items()]
    }
    return {
        "sessions": len(played.sessions),
        "honest": len(played.honest),
        "honest with a signal about pastes or speed": [each.name for each in played.disturbed],
        "the same by the size of pastes alone": played.by_size_alone,
        "kinds": kinds,
    }


def main() -> int:
    """Act the sessions out, derive, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--variants", type=int, default=20, help="sessions of each behaviour")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON as well")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/signals.md")
    args = parser.parse_args()
    begun = time.process_time()
    played = Played(args.variants, args.seed)
    print(document(played))
    print(f"{time.process_time() - begun:.1f} s of processor time")
    if args.json:
        print(json.dumps(as_json(played)))
    if args.write:
        write(document(played))
    for each in played.disturbed:
        print(f"honest, and yet pointed out: {each.name}", *(signal.explanation for signal in each.signals), sep="\n  ")
    return 1 if played.disturbed else 0


if __name__ == "__main__":
    sys.exit(main())
