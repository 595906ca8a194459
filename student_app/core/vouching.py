"""Who vouches for a journal: the hub, or the desk itself where it began without a network, until a hub adopts it."""

import contextlib
from collections.abc import Callable

from shared.admission.endorsement import chain_start, read
from shared.admission.statement import is_statement
from shared.crypto.keys import VerifyKey
from shared.problems import PeerFault
from student_app.core.journal_file import ADOPTION, Identity, Write, put_meta


class Vouching:
    """The word on one journal.

    Attributes:
        envelope: the newest word: the hub's endorsement, or the desk's own statement.
        waits: what the student should know of being let in later; empty for nothing.
    """

    def __init__(self, identity: Identity, exam_key: VerifyKey, keep: Callable[[Write], None]) -> None:
        """`keep` makes a write durable."""
        self.envelope = identity.endorsement
        self.waits = ""
        self._identity = identity
        self._exam_key = exam_key
        self._keep = keep

    @property
    def alone(self) -> bool:
        """Whether only the desk itself says who sits here: it began without a network, and no hub has adopted it."""
        return is_statement(self.envelope)

    def adopted(self, envelope: bytes) -> None:
        """Take the hub's endorsement of a journal that this desk began alone; any other one is not for it.

        Raises:
            PeerFault: the exam's key did not sign it, or it adopts something else.
        """
        identity = self._identity
        endorsement = read(envelope, self._exam_key, identity.exam)
        if endorsement.journal_id != identity.journal or chain_start(envelope) != identity.endorsement:
            raise PeerFault("The hub took in another journal than the one that was begun here.")
        self.waits = ""
        if self.alone:
            self.envelope = envelope
            self._keep(put_meta(ADOPTION, envelope))

    def recall(self, envelope: bytes | None) -> None:
        """Take what an earlier start kept; a damaged one comes again from the hub."""
        if envelope is not None:
            with contextlib.suppress(PeerFault):
                self.adopted(envelope)
