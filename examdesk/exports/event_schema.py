"""The JSON Schema of events: one for the payload of each kind; published as docs/schemas/events.schema.json."""

from typing import Any

from examdesk.evidence.summaries import name_of
from examdesk.exports.schema_parts import schema_parts
from shared.events.kinds import KINDS

SCHEMA_ID = "urn:examdesk:schema:events:1"


def schema() -> dict[str, Any]:
    """Return the schema of an event as `events.csv` has it: its `kind` by name, and its `payload`.

    What a newer ExamDesk adds to a payload is allowed, and so is a kind that this version does not know.
    """
    kinds = sorted(KINDS.items())
    payloads, components = schema_parts([kind for _, kind in kinds])
    each = zip(kinds, payloads, strict=True)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": "An event of ExamDesk",
        "type": "object",
        "required": ["kind", "payload"],
        "properties": {"kind": {"type": "string"}, "payload": {"type": "object"}},
        "allOf": [_of_kind(number, payload) for (number, _), payload in each],
        "$defs": components,
    }


def _of_kind(number: int, payload: dict[str, Any]) -> dict[str, Any]:
    return {
        "$comment": f"kind {number} of the record",
        "if": {"properties": {"kind": {"const": name_of(number)}}},
        "then": {"properties": {"payload": payload}},
    }
