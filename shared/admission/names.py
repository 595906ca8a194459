"""The names that statements and endorsements have in common: they are hexadecimal there, and bytes everywhere else."""

from typing import Annotated

from msgspec import Meta

from shared.crypto.keys import VerifyKey
from shared.ids import DeviceId, ExamId, JournalId, SessionId

HexId = Annotated[str, Meta(pattern=r"\A[0-9a-f]{32}\Z")]
HexDigest = Annotated[str, Meta(pattern=r"\A[0-9a-f]{64}\Z")]
Milliseconds = Annotated[int, Meta(ge=0, lt=2**53)]


class NamesJournal:
    """What says who writes which journal with which key: its ids, 16 bytes each. The fields are its own."""

    __slots__ = ()

    exam: HexId
    session: HexId
    journal: HexId
    device: HexId
    journal_key: HexDigest

    @property
    def exam_id(self) -> ExamId:
        """The exam."""
        return ExamId(bytes.fromhex(self.exam))

    @property
    def session_id(self) -> SessionId:
        """The session."""
        return SessionId(bytes.fromhex(self.session))

    @property
    def journal_id(self) -> JournalId:
        """The journal."""
        return JournalId(bytes.fromhex(self.journal))

    @property
    def device_id(self) -> DeviceId:
        """The device."""
        return DeviceId(bytes.fromhex(self.device))

    def verify_key(self) -> VerifyKey:
        """Return the key that signs the journal's batches; raises `BadKey`."""
        return VerifyKey(bytes.fromhex(self.journal_key))
