"""The exam as a file for sticks, also made without a running hub: the records give the keys, the folder the rest."""

from pathlib import Path

import msgspec

from examdesk.hub.exam.content import ContentKeys, SealedContent, take_content
from examdesk.hub.exam.wheels import take_wheels
from examdesk.hub.records.identity import Identity, take_identity
from examdesk.hub.records.place import HubLock, Place
from examdesk.store import Store
from examdesk.store.audit import Deed
from examdesk.store.migrate import migrate
from shared.bundle.desk_file import FORMAT, DeskFile, Where, copy_wheels, write_desk_file
from shared.clock import Chance, Clock
from shared.exam.exam_folder import exam_or_problem
from shared.exam.packing import exam_folder, pack
from shared.exam.sealing import start_code_of
from shared.problems import EnvironmentProblem

SHOWN = "showed the start code"
MADE = "made the exam file for desks without a network"


class ForSticks(msgspec.Struct, frozen=True):
    """What was made: the file, its start code (empty where nobody asked), and how many packages lie beside it."""

    file: Path
    size: int
    start_code: str
    wheels: int


def make_for_sticks(exam: Path, place: Place, to: Path, show: str, tools: tuple[Clock, Chance]) -> ForSticks:
    """Write the exam's file; `show` is who sees the start code, empty for nobody. Keys are made where there are none.

    Raises:
        InputProblem: the exam has mistakes.
        EnvironmentProblem: a hub serves these records now, or something can't be read or written.
    """
    clock, chance = tools
    with exam_folder(exam) as folder:
        document, _ = exam_or_problem(folder, exam)
        lock = HubLock(place, document.id)
        try:
            lock.take()
        except EnvironmentProblem as problem:
            raise EnvironmentProblem(
                f"{problem.sentence} The running hub makes the file by: examdesk control desk-file {to}"
            ) from problem
        try:
            migrate(place.url)
            with Store(place.url, document.id).begin() as tx:
                packed, source = pack(folder, wheels=False), str(exam.absolute())
                identity = take_identity(tx, document, packed, source, clock=clock, chance=chance)
                keys = ContentKeys(identity.content_key, identity.box, identity.signing)
                content = take_content(tx, document, folder, keys, clock.wall_ms())
                for what in (MADE, *([SHOWN] if show else [])):
                    deed = Deed(who=show, role="command line", address="", what=what, detail=str(to))
                    tx.control.audit(clock.wall_ms(), deed)
        finally:
            lock.release()
        packages = take_wheels(folder, document, identity.signing, clock).envelope
        data = desk_file(identity, content, document.long_name, packages)
        code = str(start_code_of(identity.content_key, identity.exam)[0]) if show else ""
        write(to, data)
        return ForSticks(to, len(data), code, copy_wheels(folder, to) if packages else 0)


def write(to: Path, data: bytes) -> None:
    """Write the file, whole or not at all."""
    part = to.with_name(f"{to.name}.part")
    try:
        part.write_bytes(data)
        part.replace(to)
    except OSError as error:
        raise EnvironmentProblem(f"{to} can't be written ({error.strerror}). Choose another place.") from error


def desk_file(
    identity: Identity, content: SealedContent, title: str, packages: bytes, addresses: tuple[Where, ...] = ()
) -> bytes:
    """Return the exam as a file for desks that never have a network."""
    sealed = content.sealed
    return write_desk_file(
        DeskFile(
            format=FORMAT,
            exam=identity.exam,
            exam_key=identity.signing.public.raw,
            fingerprint=identity.fingerprint,
            title=title,
            front=content.front,
            manifest=sealed.manifest,
            signature=sealed.signature,
            pieces=sealed.pieces,
            addresses=addresses,
            packages=packages,
            edition=content.envelope,
        )
    )
