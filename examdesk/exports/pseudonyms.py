"""Names that stand for students: one key gives the same name in every export; without the users file nobody goes back.

What is replaced: id, name and e-mail, the PC's name, address and user, in what staff and students wrote to each other
the names and ids of this class, and in what programs printed the folders of accounts. What is not: the code that
students wrote, and what else their programs printed. A name in a comment stays.
"""

import csv
import hashlib
import hmac
import io
import os
import re
from collections.abc import Iterable
from pathlib import Path

import msgspec

from examdesk.exports.tables import armed, defused
from examdesk.store.credits import Decision
from examdesk.store.rows import JournalRow, NoticeRow, RosterRow, SessionRow
from shared.admission import crockford
from shared.clock import Chance
from shared.events import decode, kinds
from shared.exam.whole_file import write_private
from shared.ids import StudentId
from shared.log.entry import Entry
from shared.problems import EnvironmentProblem, InputProblem, PeerFault

USERS_SUFFIX = ".users.csv"
COLUMNS = ("pseudonym", "student", "name", "email")
_LABEL = b"EDP1 pseudonym\0"
_SYMBOLS = 10
_LEAST_KEY = 16
_LEAST_ID = 2
_TOKEN = re.compile(r"\w+")
_NAMED = frozenset({kinds.Started.KIND, kinds.DeviceChanged.KIND})
_PATHS = frozenset({kinds.RunOutput.KIND, kinds.RunEnded.KIND, kinds.Refused.KIND, kinds.Salvaged.KIND})
_IN_NAME = r"""(?:[^\s\\/:*?"'<>|,;()]|'(?=\w))"""
_HOME = re.compile(
    r"(/+(?:home|Users)/+|\\+(?:Users|Documents and Settings)\\+)"
    rf"({_IN_NAME}+(?: {_IN_NAME}+){{0,3}}(?=[\\/])|{_IN_NAME}+)",
    re.IGNORECASE,
)
"""Where systems keep the folders of accounts, and an account's name: with spaces only where the path goes on."""
_PROSE = frozenset({kinds.MessageSent.KIND, kinds.HandRaised.KIND, kinds.NoteWritten.KIND})
_encode = msgspec.json.encode


class User(msgspec.Struct, frozen=True):
    """Whom a pseudonym stands for."""

    student: str
    name: str
    email: str


class Pseudonyms:
    """Makes pseudonyms with one key, and remembers for whom.

    Attributes:
        users: whom each pseudonym stands for, of everybody asked about so far.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key
        self.users: dict[str, User] = {}
        self._by_word: dict[str, str] = {}
        self._by_first: dict[str, list[str]] = {}
        self._patterns: dict[str, re.Pattern[str]] = {}

    def of(self, student: str) -> StudentId:
        """Return the name that stands for a student."""
        return StudentId(f"p{self._token('student', student)}")

    def _token(self, what: str, text: str) -> str:
        message = _LABEL + f"{what}\0{text}".encode("utf-8", "surrogatepass")
        digest = hmac.new(self._key, message, hashlib.sha256).digest()
        return crockford.encode(int.from_bytes(digest[:8]) >> 14, _SYMBOLS).lower()

    def other(self, what: str, text: str) -> str:
        """Return what stands for the name of a PC, an address or a user; nothing for nothing."""
        return f"{what}-{self._token(what, text)}" if text else ""

    # -- rows

    def roster(self, rows: Iterable[RosterRow]) -> list[RosterRow]:
        """Return the roster under other names, in their order."""
        shown = []
        for row in rows:
            name = self._know(row.student, row.name, row.email)
            shown.append(
                msgspec.structs.replace(
                    row, student=name, name=name, email="", seat="", room="", tags="[]", personal_code="", slot=0
                )
            )
        return sorted(shown, key=lambda row: row.student)

    def _know(self, student: str, name: str, email: str) -> StudentId:
        pseudonym = self.of(student)
        self.users.setdefault(pseudonym, User(student, name, email))
        for word in (student, name, email):
            self.know_word(word, pseudonym)
        return pseudonym

    def know_word(self, word: str, shown: str) -> None:
        """Let `prose` write `shown` in the place of a word."""
        first = _TOKEN.search(word)
        if len(word) < _LEAST_ID or first is None:
            return
        folded, key = word.casefold(), first.group().casefold()
        if folded not in self._by_word:
            self._by_first.setdefault(key, []).append(word[first.start() :])
            self._patterns.pop(key, None)
        self._by_word[folded] = self._by_word[word[first.start() :].casefold()] = shown

    def session(self, row: SessionRow) -> SessionRow:
        """Return a session under another name."""
        return msgspec.structs.replace(row, student=self._know(row.student, "", ""), note=self.prose(row.note))

    def journal(self, row: JournalRow) -> JournalRow:
        """Return a journal whose PC and address have other names."""
        return msgspec.structs.replace(
            row,
            device_name=self.other("pc", row.device_name),
            address=self.other("address", row.address),
            seat="",
        )

    def notice(self, row: NoticeRow) -> NoticeRow:
        """Return a notice in which nobody of the class is named."""
        return msgspec.structs.replace(row, text=self.prose(row.text))

    def decision(self, made: Decision) -> Decision:
        """Return a decision about lost time whose reason names nobody of the class."""
        return msgspec.structs.replace(made, reason=self.prose(made.reason))

    # -- texts

    def prose(self, text: str) -> str:
        """Return a text in which the names and ids of the class are replaced, as far as they are spelled alike."""
        parts: list[str] = []
        done = 0
        for token in _TOKEN.finditer(text):
            key = token.group().casefold()
            if token.start() < done or key not in self._by_first:
                continue
            found = self._pattern(key).match(text, token.start())
            if found is not None:
                parts += [text[done : token.start()], self._by_word.get(found.group().casefold(), found.group())]
                done = found.end()
        return text if not parts else "".join([*parts, text[done:]])

    def paths(self, text: str) -> str:
        """Return a text in which the folders of a PC's accounts, such as `/home/NAME`, have other names."""
        return _HOME.sub(lambda found: found.group(1) + self.other("user", found.group(2)), text)

    def _pattern(self, first: str) -> "re.Pattern[str]":
        """Return what finds the names that begin with a word: looking at all names at once takes seconds a class."""
        if first not in self._patterns:
            longest_first = sorted(self._by_first[first], key=len, reverse=True)
            self._patterns[first] = re.compile(rf"({'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE)
        return self._patterns[first]

    def payload(self, kind: int, line: bytes | None) -> bytes | None:
        """Return an event's payload without names of PCs, users and, in messages and notes, of students."""
        if line is None or kind not in _NAMED | _PROSE | _PATHS:
            return line
        try:
            payload = decode(kind, line)
        except PeerFault:
            return None
        match payload:
            case kinds.Started(device=device, user=user):
                shown: kinds.Payload = msgspec.structs.replace(
                    payload, device=self.other("pc", device), user=self.other("user", user)
                )
            case kinds.DeviceChanged(what=what, value=value):
                shown = msgspec.structs.replace(payload, value=self.other(what, value))
            case kinds.MessageSent(text=text) | kinds.HandRaised(text=text) | kinds.NoteWritten(text=text):
                shown = msgspec.structs.replace(payload, text=self.prose(text))
            case kinds.RunOutput(text=text):
                shown = msgspec.structs.replace(payload, text=self.paths(text))
            case kinds.RunEnded(error=error):
                shown = msgspec.structs.replace(payload, error=self.paths(error))
            case kinds.Refused(detail=detail) | kinds.Salvaged(detail=detail):
                shown = msgspec.structs.replace(payload, detail=self.paths(detail))
            case _:
                return None
        return line if shown == payload else _encode(shown)

    def entry(self, entry: Entry) -> Entry:
        """Return an event as an export shows it; its bytes are no longer those that were chained."""
        payload = self.payload(entry.header[1], entry.payload)
        return entry if payload is entry.payload else msgspec.structs.replace(entry, payload=payload)


# ---------------------------------------------------------------------------------------------- files


def read_key(path: Path, chance: Chance) -> tuple[bytes, bool]:
    """Return the key in a file and whether the file was made just now, readable by its owner only.

    Raises:
        InputProblem: the file is too short to be a secret.
        EnvironmentProblem: it can't be read or made.
    """
    try:
        if not path.exists():
            secret = chance.bytes(32).hex().encode()
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(secret + b"\n")
            return secret, True
        secret = path.read_bytes().strip()
    except OSError as error:
        raise EnvironmentProblem(
            f"The key for pseudonyms, {path}, can't be read or made ({error.strerror}). Nothing was written."
        ) from error
    if len(secret) < _LEAST_KEY:
        raise InputProblem(
            f"{path} holds only {len(secret)} bytes; a key for pseudonyms has at least {_LEAST_KEY}, or anybody could "
            "guess it. Name a file that does not exist, and ExamDesk makes one."
        )
    return secret, False


def users_file(key_file: Path) -> Path:
    """Return where the users of a key are kept: beside the key, not among the exports."""
    return key_file.with_name(key_file.name + USERS_SUFFIX)


def write_users(path: Path, users: dict[str, User]) -> None:
    """Add users to a users file: who stands behind each pseudonym, earlier ones included."""
    known = read_users(path) if path.exists() else {}
    for pseudonym, user in users.items():
        before = known.get(pseudonym)
        known[pseudonym] = user if before is None or user.name else before
    out = io.StringIO(newline="")
    table = csv.writer(out)
    table.writerow(COLUMNS)
    for pseudonym, user in sorted(known.items()):
        table.writerow((pseudonym, defused(user.student), defused(user.name), defused(user.email)))
    write_private(path, out.getvalue().encode("utf-8", "replace"))


def read_users(path: Path) -> dict[str, User]:
    """Return whom each pseudonym of a users file stands for.

    Raises:
        InputProblem: the file is no users file.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputProblem(f"The users file {path} can't be read; it is written beside the key.") from error
    rows = list(csv.reader(io.StringIO(text, newline="")))
    if not rows or tuple(rows[0]) != COLUMNS:
        raise InputProblem(f"{path} is no users file: its first line is not {','.join(COLUMNS)}.")
    return {row[0]: User(*map(armed, row[1:])) for row in rows[1:] if len(row) == len(COLUMNS)}


def put_back(text: str, users: dict[str, User]) -> str:
    """Return a text with names instead of pseudonyms."""
    if not users:
        return text
    words = re.compile(rf"\b({'|'.join(map(re.escape, users))})\b")
    return words.sub(lambda found: users[found.group()].name or users[found.group()].student, text)
