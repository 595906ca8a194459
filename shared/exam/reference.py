"""The reference of all fields, made from their declarations."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from shared.exam.schema import FieldSpec, all_fields, type_words

BEGIN = "<!-- fields: made by `examdesk exam fields --markdown` -->"
END = "<!-- end of fields -->"


def default_words(spec: FieldSpec) -> str:
    """The default as exam.toml would write it; what leaving the field out means, otherwise."""
    if spec.required:
        return "required"
    return "left out" if spec.default is None else written(spec.default)


def written(value: Any) -> str:
    """A value as exam.toml writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple | list):
        return f"[{', '.join(written(each) for each in value)}]"
    if isinstance(value, str | UUID | datetime):
        text = value.isoformat(timespec="minutes") if isinstance(value, datetime) else str(value)
        return json.dumps(text, ensure_ascii=False)
    return f"{value:g}" if isinstance(value, float) else str(value)


def markdown_table() -> str:
    """Every field as a row of a Markdown table."""
    rows = ["| field | type | default | meaning |", "|---|---|---|---|"]
    for path, spec in all_fields():
        words = (f"`{path}`", type_words(spec), f"`{default_words(spec)}`", spec.help)
        rows.append("| " + " | ".join(word.replace("|", "\\|") for word in words) + " |")
    return "\n".join(rows)


def plain_table() -> str:
    """Every field as lines for a terminal."""
    lines = []
    for path, spec in all_fields():
        lines.append(f"{path}  ({type_words(spec)}; {default_words(spec)})")
        lines.append(f"    {spec.help}")
    return "\n".join(lines)
