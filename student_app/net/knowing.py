"""Which hub is the right one: by the code that was typed, or by the fingerprint that was kept."""

import asyncio
import hmac

from shared.admission.codes import AccessCode, RoomCode, matches_room_code
from shared.crypto.certificate import HubIdentity
from shared.crypto.keys import VerifyKey
from shared.ids import ExamId
from shared.problems import PeerFault
from student_app.net.secure import Check


class WrongHub(PeerFault):
    """The computer at this address isn't the one that your code belongs to; nothing was sent to it."""


class RoomCodes:
    """Checks hubs against room codes. A check takes 0.2 s and 64 MiB on purpose, so its result is kept."""

    def __init__(self) -> None:
        self._known: dict[tuple[RoomCode, HubIdentity], bool] = {}
        self._lock = asyncio.Lock()

    async def matches(self, code: RoomCode, identity: HubIdentity) -> bool:
        """Tell whether the code commits to this hub."""
        async with self._lock:
            known = self._known.get((code, identity))
            if known is None:
                known = await asyncio.to_thread(matches_room_code, code, identity)
                self._known[code, identity] = known
            return known


def by_code(code: AccessCode, codes: RoomCodes, fingerprint: bytes | None = None) -> Check:
    """Return the check before a join: a room code's commitment; a personal code proves itself after connecting.

    `fingerprint` is what a join file, a link or the settings of this PC pin, if there was one.
    """

    async def check(identity: HubIdentity) -> None:
        if fingerprint is not None and not hmac.compare_digest(identity.fingerprint, fingerprint):
            raise WrongHub(
                "The computer at this address isn't the one that the link or the settings of this PC lead to; nothing "
                "was sent to it. Tell the staff."
            )
        if isinstance(code, RoomCode) and not await codes.matches(code, identity):
            raise WrongHub(
                "This code doesn't belong to the exam at this address; nothing was sent there. Compare the code with "
                "the one shown in the room."
            )

    return check


def by_pin(exam: ExamId, exam_key: VerifyKey) -> Check:
    """Return the check after a join: the exam's own key must vouch for the certificate (it may be a new one)."""

    async def check(identity: HubIdentity) -> None:
        if identity.exam_id != exam or not hmac.compare_digest(identity.exam_key.raw, exam_key.raw):
            raise WrongHub(_NOT_BEGUN_WITH)

    return check


_NOT_BEGUN_WITH = (
    "The computer at this address isn't the one that this exam began with; nothing was sent to it. Your work is saved "
    "on this PC."
)
