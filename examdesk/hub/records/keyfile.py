r"""The exam's key as a file: everything by which another laptop becomes this exam's hub, under a passphrase.

    file = "EDP1-KEYFILE\0" ‖ salt (16) ‖ nonce (12) ‖ AES-256-GCM(msgpack of `KeyFile`), head (41 bytes) authenticated
    key  = 32 bytes of Argon2id 1.3 (64 MiB, 3 passes, 1 lane) over the passphrase in UTF-8, NFC, salt = the file's

It holds the secrets of the exam, the packed exam, its packages where they are small enough, and what staff did so far
(examdesk.store.staff_rows): the work of the students is not in it, their desks bring that (P-12 to P-16), with what
staff did since (K clauses).
"""

import hashlib
import tempfile
import unicodedata
from pathlib import Path

import msgspec
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from examdesk.hub.records.succession import NOTED, Succession, succeed
from examdesk.store import Tx
from examdesk.store.edition_rows import take_editions
from examdesk.store.rows import CommandRow, ExamRow, KeysRow, RosterRow, SectionRow
from examdesk.store.staff_rows import Change, Rows, apply_change, change_between, read_rows
from examdesk.store.taking_in import take_in
from shared.admission import crockford
from shared.clock import Chance
from shared.exam.packages import WHEELS
from shared.exam.packing import pack, unpack
from shared.problems import InputProblem

MAGIC = b"EDP1-KEYFILE\0"
SUFFIX = ".examkey"
MIN_PASSPHRASE = 12
MAX_BYTES = 512 * 1024 * 1024
MOST_PACKAGES = 64 * 1024 * 1024
"""Packages of more bytes together stay out of the file: it is written again and again to a stick."""
_SALT, _NONCE, _KEY = 16, 12, 32
_HEAD = len(MAGIC) + _SALT + _NONCE
_SYMBOLS, _GROUP = 20, 4
_MEMORY_KIB, _PASSES, _LANES = 64 * 1024, 3, 1


class KeyFile(msgspec.Struct, frozen=True, kw_only=True):
    """What is inside. `saved_ms` is when it was taken, by the hub's clock; `generation` which hub of the exam took it.

    `staff` is what staff did so far. Files of before that have it in `roster`, `sections` and `commands` only.
    `wheels` are the exam's packages with their list, by file name; each file is checked against the list at its hub.
    """

    version: int = 1
    saved_ms: int
    exam: ExamRow
    keys: KeysRow
    roster: tuple[RosterRow, ...]
    sections: tuple[SectionRow, ...]
    commands: tuple[CommandRow, ...]
    approval: str = ""
    generation: int = 0
    staff: Change = Change()
    wheels: dict[str, bytes] = {}

    def __repr__(self) -> str:
        return f"KeyFile(exam={self.exam.exam.hex()})"


def new_passphrase(chance: Chance) -> str:
    """Return a passphrase of 100 random bits, in five groups that can be written down and read aloud."""
    number = int.from_bytes(chance.bytes(16)) % 32**_SYMBOLS
    symbols = crockford.encode(number, _SYMBOLS)
    return "-".join(symbols[start : start + _GROUP] for start in range(0, _SYMBOLS, _GROUP))


def collect(tx: Tx, approval: str, now_ms: int) -> KeyFile:
    """Return what belongs into the file, from the records."""
    exam, keys = tx.exam_row(), tx.keys()
    assert exam is not None
    assert keys is not None
    noted = tx.get_meta(NOTED)
    return KeyFile(
        saved_ms=now_ms,
        exam=exam,
        keys=keys,
        roster=tuple(tx.people.roster()),
        sections=tuple(tx.people.sections()),
        commands=tuple(tx.control.commands()),
        approval=approval,
        generation=0 if noted is None else msgspec.json.decode(noted, type=Succession).generation,
        staff=change_between({}, read_rows(tx.sql, tx.exam)),
    )


def stamp_of(staff: Change) -> str:
    """Name what staff did so far: another stamp, another file to save. That somebody looked or saved it is left out."""
    told = hashlib.sha256()
    for table, key, value in staff.put:
        if table != "audit":
            told.update(msgspec.msgpack.encode((table, key, value)))
    return told.hexdigest()


def exam_of(held: KeyFile) -> bytes:
    """Return the exam as a hub serves it: with its packages, where the file carries them.

    Raises:
        InputProblem: the exam in the file can't be read.
    """
    if not held.wheels:
        return held.exam.packed
    with tempfile.TemporaryDirectory(prefix="examdesk-") as scratch:
        folder = Path(scratch) / "exam"
        unpack(held.exam.packed, folder)
        (folder / WHEELS).mkdir()
        for name, data in held.wheels.items():
            (folder / WHEELS / Path(name).name).write_bytes(data)
        return pack(folder)


def put_back(tx: Tx, held: KeyFile, *, now_ms: int, chance: Chance) -> bool:
    """Write it into records that have no keys yet; False where this exam's keys are there already.

    Raises:
        InputProblem: the records belong to another exam, or to another hub of the same exam.
    """
    known = tx.keys()
    if known is not None:
        if known.signing != held.keys.signing:
            raise InputProblem(
                "These records were made by another hub of this exam, with a key of its own. Nothing was changed; give "
                "the key file an empty folder with --data."
            )
        return False
    tx.put_exam(held.exam)
    tx.add_keys(held.keys)
    tx.people.put_students(held.roster)
    for section in held.sections:
        tx.people.put_section(section)
    for row in held.commands:
        tx.control.add_command(row.command, row.at_ms, row.who, row.body)
    rows: Rows = {}
    apply_change(rows, held.staff)
    take_in(tx, {}, rows)
    take_editions(tx, rows)
    succeed(tx, held.exam.exam, held.generation, rows, held.saved_ms, now_ms=now_ms, chance=chance)
    return True


def stretch(passphrase: str, chance: Chance) -> bytes:
    """Return what a passphrase becomes: a new salt and the key, by which a file is sealed again without asking.

    Raises:
        InputProblem: the passphrase is too short.
    """
    if len(_plain(passphrase)) < MIN_PASSPHRASE:
        raise InputProblem(f"A passphrase for the exam's key needs {MIN_PASSPHRASE} characters or more.")
    salt = chance.bytes(_SALT)
    return salt + _stretched(passphrase, salt)


def seal_keys(held: KeyFile, stretched: bytes, chance: Chance) -> bytes:
    """Return the file under a passphrase that was stretched before; the nonce is a new one.

    Raises:
        InputProblem: this is no stretched passphrase.
    """
    if len(stretched) != _SALT + _KEY:
        raise InputProblem("The key file can't be written again without its passphrase. Save it once more.")
    head = MAGIC + stretched[:_SALT] + chance.bytes(_NONCE)
    return head + AESGCM(stretched[_SALT:]).encrypt(head[-_NONCE:], msgspec.msgpack.encode(held), head)


def open_keys(data: bytes, passphrase: str) -> KeyFile:
    """Open a file.

    Raises:
        InputProblem: it is no key file, it is damaged, or the passphrase is another one.
    """
    if len(data) <= _HEAD or not data.startswith(MAGIC):
        raise InputProblem(f"This is no key file of an exam ({SUFFIX}). Nothing was changed.")
    head = data[:_HEAD]
    try:
        salt = head[len(MAGIC) : len(MAGIC) + _SALT]
        plain = AESGCM(_stretched(passphrase, salt)).decrypt(head[-_NONCE:], data[_HEAD:], head)
        return msgspec.msgpack.decode(plain, type=KeyFile)
    except InvalidTag as error:
        raise InputProblem(
            "The passphrase doesn't open this key file, or the file is damaged. Compare it with what you wrote down."
        ) from error
    except msgspec.MsgspecError as error:
        raise InputProblem("A newer ExamDesk made this key file. Start the hub with that version.") from error


def _stretched(passphrase: str, salt: bytes) -> bytes:
    return hash_secret_raw(
        secret=_plain(passphrase).encode(),
        salt=salt,
        time_cost=_PASSES,
        memory_cost=_MEMORY_KIB,
        parallelism=_LANES,
        hash_len=_KEY,
        type=Type.ID,
    )


def _plain(passphrase: str) -> str:
    """Return what is stretched: a passphrase of ours without dashes and look-alikes, another one as it is typed."""
    try:
        symbols = crockford.normalize(passphrase)
    except InputProblem:
        symbols = ""
    return symbols if len(symbols) == _SYMBOLS else unicodedata.normalize("NFC", passphrase.strip())
