"""Answers without names: what a person gets who asked to review without knowing whose work it is.

Every answer is gone through by the names of its fields, so that a new kind of answer is covered as well. Ids, names,
addresses and PCs become pseudonyms, the same ones in every answer and, with the hub's key, in exports; in sentences
and messages the names and ids of this class are replaced. What students wrote into their code stays.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import msgspec

from examdesk.evidence.summaries import NUMBERS
from examdesk.exports.pseudonyms import Pseudonyms
from examdesk.hub.records.identity import Identity
from examdesk.hub.services import Services
from examdesk.staffapi import messages as api
from shared.crypto.keys import sha256

A = TypeVar("A")
NAMES = frozenset({"name", "a_name", "b_name"})
DEVICES = frozenset({"device", "device_name"})
NOTHING_OF = frozenset({"email", "seat"})
SENTENCES = frozenset(
    [
        "summary",
        "explanation",
        "sentence",
        "sentences",
        "note",
        "detail",
        "why",
        "words",
        "problem",
        "title",
        "who",
        "sender",
        "by",
        "changes",
        "reason",
    ]
)
WRITTEN: frozenset[type[msgspec.Struct]] = frozenset({api.MessageView, api.NoticeView, api.IncidentView})
"""What staff and students wrote to each other stands in their `text`; the `text` of all others may be code."""


def pseudonym_key(identity: Identity) -> bytes:
    """Return the hub's key for pseudonyms; only the exam's own key leads to it."""
    return sha256(b"EDP1-PSEUDONYMS\0", identity.signing.to_bytes())


class Blinder:
    """Shows answers under pseudonyms."""

    def __init__(self, services: Services) -> None:
        self._s = services
        self._made_at = -1
        self._names = Pseudonyms(b"")
        self._by_name: dict[str, str] = {}

    def shown(self, answer: A) -> A:
        """Return an answer as somebody gets it who does not want to know whose work it is."""
        self._know_class()
        blinded: A = self._blind(answer)
        return blinded

    def _know_class(self) -> None:
        """Learn who is in the class, again whenever that changed."""
        registry, changes = self._s.registry, self._s.changes.people_changes
        if self._made_at == changes:
            return
        names = Pseudonyms(pseudonym_key(self._s.identity))
        names.roster(registry.roster.values())
        for session in registry.sessions.values():
            names.session(session)
        self._by_name = {row.name: names.of(row.student) for row in registry.roster.values()}
        for join in registry.joins.values():
            for word in (join.student, join.name):
                names.know_word(word, names.of(join.student))
            self._know_place(names, join.device_name, join.address)
        for journal in registry.journals.values():
            self._know_place(names, journal.row.device_name, journal.row.address)
        self._names, self._made_at = names, changes

    @staticmethod
    def _know_place(names: Pseudonyms, device: str, address: str) -> None:
        names.know_word(device, names.other("pc", device))
        names.know_word(address, names.other("address", address))

    def _blind(self, value: Any) -> Any:
        if isinstance(value, msgspec.Struct):
            return self._struct(value)
        if isinstance(value, tuple):
            return tuple(map(self._blind, value))
        if isinstance(value, Mapping):
            return {key: self._blind(each) for key, each in value.items()}
        return value

    def _struct(self, value: msgspec.Struct) -> msgspec.Struct:
        changed: dict[str, Any] = {}
        for field in value.__struct_fields__:
            before = getattr(value, field)
            after = self._text(value, field, before) if isinstance(before, str) else self._blind(before)
            if field in SENTENCES and isinstance(before, tuple):
                after = tuple(self._names.prose(each) for each in before)
            if after is not before:
                changed[field] = after
        if isinstance(value, api.EventView):
            changed["payload"] = self._payload(value)
        elif isinstance(value, api.PlayedEvent):
            changed["payload"] = self._names.payload(value.kind, value.payload)
        return msgspec.structs.replace(value, **changed) if changed else value

    def _text(self, value: msgspec.Struct, field: str, text: str) -> str:
        if not text or field in NOTHING_OF:
            return ""
        if field in NAMES:
            return self._name(value, field, text)
        if field in SENTENCES or (field == "text" and type(value) in WRITTEN):
            return self._names.prose(text)
        way = self._ways.get(field)
        return text if way is None else way(text)

    @property
    def _ways(self) -> dict[str, Callable[[str], str]]:
        return {
            "student": self._names.of,
            "address": lambda text: self._names.other("address", text),
            **dict.fromkeys(DEVICES, lambda text: self._names.other("pc", text)),
        }

    def _name(self, value: msgspec.Struct, field: str, text: str) -> str:
        """Return what stands for a name: whose it is says the student or the session beside it."""
        student = getattr(value, "student", "")
        if field == "name" and student:
            return self._names.of(student)
        session = getattr(value, {"a_name": "a", "b_name": "b"}.get(field, "session"), "")
        row = self._s.registry.session_called(session)
        if row is not None:
            return self._names.of(row.student)
        if field != "name":  # of this class, or else somebody of an earlier one
            return self._by_name.get(text) or self._names.of(text)
        return self._by_name.get(text) or self._names.prose(text)

    def _payload(self, event: api.EventView) -> str:
        kind = NUMBERS.get(event.kind)
        if kind is None:
            return event.payload
        shown = self._names.payload(kind, event.payload.encode())
        return "" if shown is None else shown.decode()
