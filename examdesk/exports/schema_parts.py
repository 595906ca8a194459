"""JSON Schema of types, the same with every version of the library that makes it."""

import inspect
from collections.abc import Iterable
from typing import Any

import msgspec


def schema_parts(types: Iterable[Any]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Return the schema of each type, and `$defs` that they refer to; no description has the code's indentation."""
    found, components = msgspec.json.schema_components(types, ref_template="#/$defs/{name}")
    return _cleaned(list(found)), _cleaned(components)


def _cleaned(part: Any) -> Any:
    if isinstance(part, list):
        return [_cleaned(each) for each in part]
    if not isinstance(part, dict):
        return part
    return {
        key: inspect.cleandoc(value) if key == "description" and isinstance(value, str) else _cleaned(value)
        for key, value in part.items()
    }
