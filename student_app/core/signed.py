"""What the hub signs for one session, read and checked to be for this one."""

from shared.crypto.keys import VerifyKey
from shared.problems import PeerFault
from shared.wire.standing import Notice, Standing, read_notice, read_standing
from student_app.core.journal_file import Identity


def own_standing(envelope: bytes, key: VerifyKey, identity: Identity) -> Standing:
    """Read a standing; raises `PeerFault` for what the exam's key did not sign for this session."""
    standing = read_standing(envelope, key)
    _check(standing, identity, meant=standing.session == identity.session.hex())
    return standing


def own_notice(envelope: bytes, key: VerifyKey, identity: Identity) -> Notice:
    """Read a notice, to this session or to all; raises `PeerFault` as `own_standing` does."""
    notice = read_notice(envelope, key)
    _check(notice, identity, meant=notice.session in {"", identity.session.hex()})
    return notice


def _check(document: Standing | Notice, identity: Identity, *, meant: bool) -> None:
    if document.exam != identity.exam.hex() or not meant:
        raise PeerFault("The hub sent a signed document that belongs to another exam or session.")
