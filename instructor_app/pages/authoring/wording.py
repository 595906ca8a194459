"""How declared fields are called on the screen: made from their declarations, so that there is no second list."""

import re

from instructor_app.words import tr
from shared.exam.schema import FieldSpec, type_words

_UNITS = (
    ("_per_second", "per second"),
    ("_minutes", "minutes"),
    ("_seconds", "seconds"),
    ("_percent", "%"),
    ("_chars", "characters"),
    ("_tokens", "tokens"),
    ("_mb", "MiB"),
    ("_kb", "KiB"),
)
_CODE = re.compile(r"`([^`]*)`")


def label_of(name: str) -> str:
    """`memory_mb` as `Memory (MiB)`."""
    unit = next((each for each in _UNITS if name.endswith(each[0])), ("", ""))
    words = name.removesuffix(unit[0]).replace("_", " ")
    said = words[:1].upper() + words[1:]
    return tr(said) + (f" ({tr(unit[1])})" if unit[1] else "")


def help_of(spec: FieldSpec) -> str:
    """The field's help and its range, in plain words."""
    said = _CODE.sub(r"“\1”", tr(spec.help)) if spec.help else ""
    if spec.limit("ge") is None or spec.kind not in (int, float):
        return said
    words = type_words(spec).partition(", ")[2]
    return tr("{help} {range}.", help=said, range=words[:1].upper() + words[1:]).strip() if words else said


def choice_words(value: str) -> str:
    """A value of a choice as people read it."""
    return tr(value.replace("_", " "))
