"""Beginning without any network: from an exam file, on a statement that the desk signs itself."""

import contextlib
from pathlib import Path

import msgspec

from shared.admission.codes import RoomCode, parse_code
from shared.admission.statement import MAX_EXTRA_MINUTES, Statement, own_session, state
from shared.bundle.desk_file import WHEELS_SUFFIX, DeskFile, read_desk_file
from shared.crypto.keys import SigningKey, VerifyKey
from shared.exam.packages import open_list
from shared.ids import ID_BYTES, JournalId
from shared.problems import InputProblem, PeerFault
from shared.text import safe_text
from shared.wire.messages import GetWheel, WheelPart
from student_app.core.journal_file import Identity, put_meta
from student_app.core.machine import Machine
from student_app.core.opening import Changed, begin_sitting
from student_app.core.packages import Packages
from student_app.core.ports import HubAddress
from student_app.core.shelf import pack_addresses
from student_app.core.sitting import Sitting

MOST_TEXT = 200
_PART_BYTES = 1 << 20


class Myself(msgspec.Struct, frozen=True, kw_only=True):
    """What a student says of themself at a desk that nobody can be asked from.

    Attributes:
        room_code: typed where it is known, to see that the file is this room's exam; may be empty.
        extra_minutes: the extra time that was granted, as the student says.
    """

    student: str
    name: str = ""
    seat: str = ""
    room_code: str = ""
    extra_minutes: int = 0


def open_desk_file(path: Path) -> DeskFile:
    """Read an exam file; raises `InputProblem` with what is wrong with it."""
    try:
        return read_desk_file(path.read_bytes())
    except OSError as error:
        raise InputProblem(f"The exam file {path} can't be read ({error.strerror}). Is the stick in?") from error


def begin_alone(file: DeskFile, who: Myself, folder: Path | None, machine: Machine, changed: Changed) -> Sitting:
    """Begin a journal from an exam file; takes 0.2 s where a room code is checked.

    Raises:
        InputProblem: what was typed can't be, or the room code belongs to another exam.
        EnvironmentProblem: the journal can't be written.
    """
    who = _checked(who)
    if who.room_code:
        code = parse_code(who.room_code)
        if not isinstance(code, RoomCode):
            raise InputProblem("Without a network only the room's code helps, or none. Leave the field empty.")
        file.check_room_code(code)
    key = SigningKey.generate(machine.chance)
    journal = JournalId(machine.chance.bytes(ID_BYTES))
    session = own_session(file.exam, journal, key.public.raw)
    now = machine.clock.wall_ms()
    statement = Statement(
        exam=file.exam.hex(),
        student=who.student,
        name=who.name,
        seat=who.seat,
        session=session.hex(),
        journal=journal.hex(),
        device=machine.device.hex(),
        device_name=safe_text(machine.device_name)[:MOST_TEXT] if file.page.recording.device else "",
        journal_key=key.public.raw.hex(),
        made_ms=max(0, now),
        extra_minutes=who.extra_minutes,
    )
    try:
        envelope = state(statement, key)
    except PeerFault as error:
        raise InputProblem(error.sentence) from error
    identity = Identity(
        exam=file.exam,
        session=session,
        journal=journal,
        device=machine.device,
        student=who.student,
        name=who.name,
        title=file.title,
        exam_key=file.exam_key,
        endorsement=envelope,
        created_ms=now,
    )

    def with_content(sitting: Sitting) -> None:
        sitting.keep_time(now)
        sitting.keep_packages(file.packages)
        sitting.content_offered(file.manifest, file.signature, file.front, file.edition)
        for index, piece in enumerate(file.pieces):
            sitting.content_part(index, piece)

    sitting = begin_sitting(folder, identity, key, machine, changed, prepare=with_content)
    sitting.journal.write(put_meta("addresses", pack_addresses(addresses_in(file))), urgent=True)
    return sitting


def wheels_beside(path: Path) -> Path:
    """Return the folder of the exam's packages that belongs to an exam file."""
    return path.with_suffix(WHEELS_SUFFIX)


class WheelsOnStick:
    """Gives out packages from a folder as a hub does, part by part."""

    def __init__(self, file: DeskFile, folder: Path, packages: Packages) -> None:
        self._wheels = open_list(file.packages, file.exam, VerifyKey(file.exam_key)).wheels
        self._folder = folder
        self._packages = packages

    def ask(self, asked: GetWheel) -> None:
        """Answer one question, with nothing where the stick has nothing."""
        data = b""
        with contextlib.suppress(OSError), (self._folder / self._wheels[asked.index].file).open("rb") as wheel:
            wheel.seek(asked.at)
            data = wheel.read(_PART_BYTES)
        self._packages.part(WheelPart(asked.index, asked.at, data))


def addresses_in(file: DeskFile) -> tuple[HubAddress, ...]:
    """Return where the exam's hub was when the file was made: the network may come after all."""
    return tuple(HubAddress(where.host, where.port, file.fingerprint) for where in file.addresses)


def _checked(who: Myself) -> Myself:
    made = msgspec.structs.replace(
        who, **{name: safe_text(getattr(who, name)).strip() for name in ("student", "name", "seat", "room_code")}
    )
    if not made.student:
        raise InputProblem("Type your student number or login, so that your work can be found under it.")
    if any(len(text) > MOST_TEXT or "\0" in text for text in (made.student, made.name, made.seat)):
        raise InputProblem(f"Number, name and seat have at most {MOST_TEXT} characters each. Write them shorter.")
    if not 0 <= made.extra_minutes <= MAX_EXTRA_MINUTES:
        raise InputProblem(f"The extra time is a number of minutes from 0 to {MAX_EXTRA_MINUTES}.")
    return made
