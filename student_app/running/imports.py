"""What student programs may import besides the standard library."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Imports:
    """What the exam lets programs import, and where it lies on this PC.

    Attributes:
        allowed: top-level names of modules.
        listed: the packages as the exam names them, for the sentence.
        folder: where they lie; None while they are not on this PC.
        missing: why they are not on this PC, as a sentence; empty when they are.
        label: for the log: which environment it is.
    """

    allowed: frozenset[str]
    listed: tuple[str, ...] = ()
    folder: Path | None = None
    missing: str = ""
    label: str = ""
