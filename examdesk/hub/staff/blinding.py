"""Answers without names: what a person gets who asked to review without knowing whose work it is.

Every answer is gone through by the names of its fields, so that a new kind of answer is covered as well. Ids, names,
addresses and PCs become pseudonyms, the same ones in every answer and, with the hub's key, in exports; in sentences
and messages the names and ids of this class are replaced. What students wrote into their code stays.
"""

import ipaddress
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import msgspec

from examdesk.evidence.summaries import NUMBERS, summary
from examdesk.exports.pseudonyms import Pseudonyms, put_back
from examdesk.hub.records.identity import Identity
from examdesk.hub.services import Services
from examdesk.staffapi import messages as api
from examdesk.store import Tx
from examdesk.store.former_names import former_names
from shared.crypto.keys import sha256
from shared.events import decode
from shared.problems import PeerFault

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
        "alerts",
        "found",
        "todo",
        "refused",
        "surroundings",
    ]
)
LEFT_OUT = "What the PC says of itself changed; what exactly is left out while names are hidden."
"""The explanation of a signal that would name a PC, its user or its address, which nobody has to have named before."""
_NUMERIC = re.compile(r"(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f:]*:[0-9A-Fa-f:]*:[0-9A-Fa-f:]*)(?![\w:])")
_OF_A_PERSON = re.compile(r"\b(name|email|seat|personal_code|tags) [^,()]+?(?=,| \(|$)")
"""What changed of a person, in the audit log: also a name that nobody has any more tells who it is."""
WRITTEN: frozenset[type[msgspec.Struct]] = frozenset({api.MessageView, api.NoticeView, api.IncidentView})
"""What staff and students wrote to each other stands in their `text`; the `text` of all others may be code."""


KEPT: dict[type, str] = {api.SetReview: "note", api.AddNote: "note", api.AddIncident: "text"}
"""What people write to be kept, and in which field."""


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
        self._former: dict[str, str] = {}
        self._read, self._read_to = 0, -1

    async def learn(self) -> None:
        """Read in the audit log whom names belonged to that nobody has now; before anything is shown."""
        if self._made_at == self._s.changes.people_changes:
            return
        for number, detail in await self._s.writer.run(self._unread):
            self._read, self._read_to = self._read + 1, number
            self._former |= {word: student for student, word in former_names(detail)}

    def _unread(self, tx: Tx) -> list[tuple[int, str]]:
        """Return what was written since; all of it where entries of a former hub came in before what is known."""
        later = tx.control.changes_since(self._read_to)
        if tx.control.count_changes() == self._read + len(later):
            return later
        self._read = 0
        return tx.control.changes_since(-1)

    def shown(self, answer: A) -> A:
        """Return an answer as somebody gets it who does not want to know whose work it is."""
        self._know_class()
        blinded: A = self._blind(answer)
        return blinded

    def named(self, request: api.AnyRequest) -> api.AnyRequest:
        """Return what somebody writes for good with names in the place of the pseudonyms that they saw.

        A note that cites a pseudonym would tell nobody anything once names are shown; while they are hidden it is
        shown under the pseudonym again.
        """
        field = KEPT.get(type(request))
        if field is None:
            return request
        self._know_class()
        return msgspec.structs.replace(request, **{field: put_back(getattr(request, field), self._names.users)})

    def search(self, words: str) -> str:
        """Return those words of a search that may be looked for among what is not blinded; pseudonyms are not."""
        self._know_class()
        return " ".join(word for word in words.split() if not _may_be_pseudonym(word))

    def _prose(self, text: str) -> str:
        """Return a sentence without the names of this class, its PCs, and any network address."""
        return _NUMERIC.sub(lambda found: self._address(found.group()), self._names.prose(text))

    def _address(self, text: str) -> str:
        try:
            ipaddress.ip_address(text)
        except ValueError:
            return text
        return self._names.other("address", text)

    def _know_class(self) -> None:
        """Learn who is in the class, again whenever that changed."""
        registry, changes = self._s.registry, self._s.changes.people_changes
        if self._made_at == changes:
            return
        names = Pseudonyms(pseudonym_key(self._s.identity))
        for word, student in self._former.items():
            names.know_word(word, names.of(student))
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
                after = tuple(self._prose(each) for each in before)
            if after is not before:
                changed[field] = after
        if isinstance(value, api.EventView):
            changed["payload"] = self._payload(value)
            changed |= _told("summary", NUMBERS.get(value.kind), value.payload.encode(), changed["payload"].encode())
        elif isinstance(value, api.PlayedEvent):
            changed["payload"] = self._names.payload(value.kind, value.payload)
            changed |= _told("words", value.kind, value.payload, changed["payload"])
        elif isinstance(value, api.AuditEntry):
            changed["changes"] = tuple(_OF_A_PERSON.sub(r"\1 (left out)", self._prose(each)) for each in value.changes)
        elif isinstance(value, api.SignalView) and value.kind == "device_change":
            changed["explanation"] = LEFT_OUT
        return msgspec.structs.replace(value, **changed) if changed else value

    def _text(self, value: msgspec.Struct, field: str, text: str) -> str:
        if not text or field in NOTHING_OF:
            return ""
        if field in NAMES:
            return self._name(value, field, text)
        if field in SENTENCES or (field == "text" and type(value) in WRITTEN):
            return self._prose(text)
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
        return self._by_name.get(text) or self._prose(text)

    def _payload(self, event: api.EventView) -> str:
        kind = NUMBERS.get(event.kind)
        if kind is None:
            return event.payload
        shown = self._names.payload(kind, event.payload.encode())
        return "" if shown is None else shown.decode()


def _told(field: str, kind: int | None, before: bytes | None, after: bytes | None) -> dict[str, str]:
    """Return an event's sentence anew where its payload was changed: a name that was cut in it is no longer a name."""
    if kind is None or not after or after == before:
        return {}
    try:
        return {field: summary(decode(kind, after))}
    except PeerFault:
        return {field: ""}


def _may_be_pseudonym(word: str) -> bool:
    """Tell whether a word, or the beginning of one that is being typed, can be what stands for somebody."""
    return re.fullmatch(r"(p|pc-|address-|user-)[0-9a-z]{0,10}", word.casefold()) is not None
