"""What is wrong with an exam folder: one finding per mistake, with its place."""

from collections.abc import Iterable
from typing import Literal

import msgspec

Severity = Literal["error", "warning"]


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One mistake: where it is, and the sentence for the person who will correct it.

    Attributes:
        file: path in the exam folder, with `/`.
        line: from 1; None where a line makes no sense.
        field: dotted path in exam.toml, list elements counted from 1: `zones[1].questions[2].id`; empty elsewhere.
    """

    file: str
    line: int | None = None
    field: str = ""
    sentence: str
    severity: Severity = "error"

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.severity}: {self.sentence}"


def has_errors(findings: Iterable[Finding]) -> bool:
    """Whether an exam with these findings can't be run."""
    return any(finding.severity == "error" for finding in findings)


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """exam.toml first, then by file and line; each finding once."""
    unique = dict.fromkeys((f.file, f.line or 0, f.field, f.severity, f.sentence) for f in findings)
    ordered = sorted(unique, key=lambda key: (key[0] != "exam.toml", key))
    return [
        Finding(file=file, line=line or None, field=field, severity=severity, sentence=sentence)
        for file, line, field, severity, sentence in ordered
    ]
