r"""The exam on a stick for PCs that never have a network (`*.examdesk`): everything that a desk gets before the start.

    file = "EDP1-DESK\0" ‖ msgpack of `DeskFile`

Front page and content are those that a hub offers: the front page signed, the content sealed, so the file gives away
nothing of the questions and may lie on a share. The exam's packages, which are large, lie beside it in a folder of the
same name (`*.wheels`); the file has their signed list. What opens the exam is the start code. That the file itself is
the exam's is shown by the room code, which commits to exam, key and certificate.
"""

import shutil
from pathlib import Path
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from shared.admission.codes import RoomCode, matches_room_code
from shared.crypto.certificate import HubIdentity
from shared.crypto.keys import VerifyKey
from shared.discovery.display import shown
from shared.exam.front import FrontPage, read_front
from shared.exam.packages import WHEELS, open_list, read_wheels
from shared.exam.sealing import MAX_PIECES, PIECE_BYTES, SealBroken, check_manifest, check_pieces
from shared.ids import ID_BYTES, ExamId
from shared.problems import EnvironmentProblem, InputProblem, PeerFault

MAGIC: Final = b"EDP1-DESK\0"
SUFFIX: Final = ".examdesk"
WHEELS_SUFFIX: Final = ".wheels"
"""Of the folder beside the file, which holds the packages that the exam's programs may import."""
FORMAT: Final = 1
MAX_BYTES: Final = MAX_PIECES * (PIECE_BYTES + 64) + 1024 * 1024
MAX_ADDRESSES: Final = 16
_TITLE_BYTES: Final = 200


class NotADeskFile(InputProblem):
    """X1: this file isn't an exam for a desk without a network, or it is damaged."""


class DamagedDeskFile(InputProblem):
    """X2: what is in this file is not what the exam's key signed, or not all of it."""


class DeskFileOfAnotherRoom(InputProblem):
    """X3: the room code belongs to another exam than this file."""


class Where(msgspec.Struct, frozen=True, array_like=True):
    """An address at which the exam's hub was to be reached when the file was made."""

    host: Annotated[str, Meta(max_length=255)]
    port: Annotated[int, Meta(ge=1, le=65535)]


class DeskFile(msgspec.Struct, frozen=True, array_like=True):
    """An exam as its desk gets it before the start; `fingerprint` is SHA-256 of the hub's certificate.

    `packages` is the signed list of the exam's packages (shared.exam.packages), empty where there are none; `edition`
    what the exam's key signed of the edition of the content, empty for the first.
    """

    format: int
    exam: ExamId
    exam_key: bytes
    fingerprint: bytes
    title: str
    front: bytes
    manifest: bytes
    signature: bytes
    pieces: Annotated[tuple[bytes, ...], Meta(max_length=MAX_PIECES)]
    addresses: Annotated[tuple[Where, ...], Meta(max_length=MAX_ADDRESSES)] = ()
    packages: bytes = b""
    edition: bytes = b""

    @property
    def page(self) -> FrontPage:
        """The front page; its signature was checked when the file was read."""
        return read_front(self.front, VerifyKey(self.exam_key), self.exam)

    def check_room_code(self, code: RoomCode) -> None:
        """See whether a room code commits to this exam; takes 0.2 s on purpose.

        Raises:
            DeskFileOfAnotherRoom: X3, it does not.
        """
        if not matches_room_code(code, HubIdentity(self.exam, VerifyKey(self.exam_key), self.fingerprint)):
            raise DeskFileOfAnotherRoom(
                "X3: this room code belongs to another exam than the file. Compare it with the one shown in the room, "
                "and ask for the right file."
            )


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(DeskFile)


def write_desk_file(file: DeskFile) -> bytes:
    """Return the file's bytes."""
    return MAGIC + _encoder.encode(file)


def read_desk_file(data: bytes) -> DeskFile:
    """Open a file that somebody handed out.

    Checks, each with its own error:
        X1 it begins like such a file, is of a size and version that we read, and has the parts (`NotADeskFile`);
        X2 front page, content's manifest and list of packages are signed by its key for its exam, and all pieces are
           there (`DamagedDeskFile`).
    """
    # X1
    if not data.startswith(MAGIC) or len(data) > MAX_BYTES:
        raise NotADeskFile(
            "X1: this isn't an exam file for a PC without a network. Ask for the file that ends in .examdesk."
        )
    try:
        file = _decoder.decode(memoryview(data)[len(MAGIC) :])
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError, OverflowError) as error:
        raise NotADeskFile("X1: this exam file is damaged or cut off. Copy it again from the stick.") from error
    if file.format != FORMAT or len(file.exam) != ID_BYTES or len(file.fingerprint) != 32:
        raise NotADeskFile("X1: this exam file was made by another version of ExamDesk. Install the same one here.")
    # X2
    try:
        key = VerifyKey(file.exam_key)
        page = read_front(file.front, key, file.exam)
        manifest = check_manifest(file.manifest, file.signature, file.exam, key.verify)
        check_pieces(manifest, file.pieces)
        if file.packages:
            open_list(file.packages, file.exam, key)
        if page.start is None or not page.box:
            raise SealBroken("It carries no start code and no key to hand in to.")
    except PeerFault as error:
        raise DamagedDeskFile(f"X2: this exam file can't be used: {error.sentence}") from error
    return msgspec.structs.replace(file, title=shown(file.title, _TITLE_BYTES))


def copy_wheels(folder: Path, to: Path) -> int:
    """Copy the exam's packages beside its file; return how many there are."""
    listed = read_wheels(folder)
    if listed is None:
        return 0
    beside = to.with_suffix(WHEELS_SUFFIX)
    try:
        beside.mkdir(exist_ok=True)
        for wheel in listed.wheels:
            shutil.copyfile(folder / WHEELS / wheel.file, beside / wheel.file)
    except OSError as error:
        raise EnvironmentProblem(f"The packages can't be copied to {beside} ({error.strerror}).") from error
    return len(listed.wheels)
