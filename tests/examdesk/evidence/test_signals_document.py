import re
from pathlib import Path
from typing import get_args

from examdesk.evidence.signals import KINDS
from shared.exam.rules import SignalName, Signals

PAGE = Path(__file__).parents[3] / "docs" / "signals.md"


def row_of(name: str) -> str:
    kind = KINDS[name]
    default = getattr(Signals(), kind.field) if kind.field else None
    threshold = f"`signals.{kind.field}` ({default} {kind.unit})" if kind.field else "always"
    return f"| {kind.title} | `{kind.name}` | {threshold} | {kind.meaning} |"


def test_the_page_lists_every_kind_as_the_program_has_it():
    rows = re.findall(r"^\| .* \| `[a-z_]+` \| .*\|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert rows == [row_of(name) for name in KINDS]


def test_every_kind_that_an_exam_can_switch_off_exists():
    assert set(get_args(SignalName)) == set(KINDS)
