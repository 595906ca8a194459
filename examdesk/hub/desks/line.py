"""A desk's connection as the parts that serve it know it: frames out, the other end, whether it is over."""

from examdesk.hub.desks.admission import Denied
from examdesk.hub.transport import Connection
from shared.wire import messages as m
from shared.wire.codec import encode_frame


class Line:
    """What the parts of a desk's connection share.

    Attributes:
        peer: the connection.
        nonce: what proofs on this connection are about.
        over: nothing that comes is looked at any more.
    """

    def __init__(self, peer: Connection, nonce: bytes) -> None:
        self.peer = peer
        self.nonce = nonce
        self.over = False

    @property
    def address(self) -> str:
        """Where the other end is."""
        return self.peer.address

    def send(self, frame: m.Frame) -> None:
        """Send a frame; nothing happens when the connection is gone."""
        self.peer.send(encode_frame(frame))

    def refuse(self, denied: Denied) -> None:
        """Say why something is not done."""
        self.send(m.Refusal(denied.code, denied.sentence, denied.retry_after_ms))

    def close(self, why: str) -> None:
        """Let go of the desk on purpose."""
        self.send(m.Bye(why))
        self.peer.close(1000, why)
        self.over = True
