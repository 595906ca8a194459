"""A connection to a hub whose certificate is checked before the first byte of ours goes out."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from shared.crypto.certificate import HubIdentity, read_certificate
from shared.problems import EnvironmentProblem, PeerFault
from shared.wire.codec import MAX_FRAME_BYTES, decode_from_hub, encode_frame
from shared.wire.messages import Frame, FromHub
from student_app.core.ports import HubAddress

OPEN_S = 10.0
PATH = "/desk"
Check = Callable[[HubIdentity], Awaitable[None]]
"""Decides about a hub's identity; raises `PeerFault` for one that is not the right hub."""


class Unreachable(EnvironmentProblem):
    """No hub answered at this address. Your work is saved on this PC; the desk goes on trying."""


class Link:
    """An open connection to a hub that passed the check.

    Attributes:
        identity: who the certificate says the hub is.
        address: where it was reached.
    """

    def __init__(self, connection: ClientConnection, identity: HubIdentity, address: HubAddress) -> None:
        self.identity = identity
        self.address = address
        self._connection = connection

    @property
    def local_address(self) -> str:
        """This PC's own address on the way to the hub; raises `Unreachable` when the connection is gone."""
        address = self._connection.local_address
        if address is None:
            raise Unreachable("The connection to the instructor's computer was lost.")
        return str(address[0])

    async def send(self, frame: Frame) -> None:
        """Send one frame; raises `Unreachable` when the connection is gone."""
        try:
            await self._connection.send(encode_frame(frame))
        except ConnectionClosed as error:
            raise Unreachable("The connection to the instructor's computer was lost.") from error

    async def receive(self) -> FromHub:
        """Return the next frame; raises `Unreachable` when the connection is gone, `PeerFault` for what is no frame."""
        try:
            data = await self._connection.recv(decode=False)
        except ConnectionClosed as error:
            raise Unreachable("The connection to the instructor's computer was lost.") from error
        return decode_from_hub(bytes(data))

    async def close(self) -> None:
        """Say goodbye and let go."""
        await self._connection.close()


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # the certificate is checked by us, against code, pin or proof: see `_Checked`
    return context


class _Checked(ClientConnection):
    """A connection whose WebSocket handshake begins only after the hub's certificate was accepted."""

    check: Check
    identity: HubIdentity

    async def handshake(self, *args: object, **kwargs: object) -> None:
        """Check the certificate of the finished TLS handshake, then go on."""
        secured = self.transport.get_extra_info("ssl_object")
        der = secured.getpeercert(binary_form=True) if secured is not None else None
        self.identity = read_certificate(der or b"")
        await self.check(self.identity)
        await super().handshake(*args, **kwargs)  # type: ignore[arg-type]


@asynccontextmanager
async def dial(address: HubAddress, check: Check) -> AsyncIterator[Link]:
    """Open a connection, once `check` accepts who answers there; it is closed at the end.

    Raises:
        Unreachable: nobody answers, or not in time.
        PeerFault: what answers is not an ExamDesk hub, or `check` refuses it; nothing was sent to it.
    """
    link = await open_link(address, check)
    try:
        yield link
    finally:
        await link.close()


async def open_link(address: HubAddress, check: Check) -> Link:
    """Open a connection as `dial` does; the caller closes it."""

    class Checked(_Checked):
        pass

    Checked.check = staticmethod(check)
    host = f"[{address.host}]" if ":" in address.host else address.host
    try:
        connection = await connect(
            f"wss://{host}:{address.port}{PATH}",
            create_connection=Checked,
            ssl=_context(),
            server_hostname="examdesk",
            open_timeout=OPEN_S,
            close_timeout=2,
            ping_interval=15,
            ping_timeout=20,
            compression=None,
            max_size=MAX_FRAME_BYTES,
            user_agent_header=None,
            proxy=None,
        )
    except (OSError, TimeoutError, InvalidHandshake, ConnectionClosed, EOFError) as error:
        raise Unreachable(
            f"Nobody answers at {address.host}, port {address.port}. Check the address, the cable or the wireless "
            "network; the instructor's computer and this PC must be in the same network."
        ) from error
    assert isinstance(connection, _Checked)
    return Link(connection, connection.identity, address)


async def first_link(addresses: tuple[HubAddress, ...], check: Check, *, stagger_s: float = 0.3) -> Link:
    """Try all addresses, each a little after the one before, and return the first link that is open and accepted.

    Raises:
        PeerFault: nobody was accepted, and this is why the first was refused.
        Unreachable: nobody answers anywhere.
    """
    waiting = {asyncio.ensure_future(_after(n * stagger_s, address, check)) for n, address in enumerate(addresses)}
    refusals: list[PeerFault | Unreachable] = []
    try:
        while waiting:
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            links = [task.result() for task in done if task.exception() is None]
            if links:
                await asyncio.gather(*(link.close() for link in links[1:]))
                return links[0]
            refusals.extend(_refusal(task) for task in done)
    finally:
        await _give_up(waiting)
    for refusal in sorted(refusals, key=lambda one: isinstance(one, Unreachable)):
        raise refusal
    raise Unreachable("No exam was found on this network yet. Type the address of the instructor's computer.")


def _refusal(task: "asyncio.Task[Link]") -> PeerFault | Unreachable:
    error = task.exception()
    if isinstance(error, PeerFault | Unreachable):
        return error
    assert error is not None
    raise error


async def _after(delay_s: float, address: HubAddress, check: Check) -> Link:
    await asyncio.sleep(delay_s)
    return await open_link(address, check)


async def _give_up(tasks: "set[asyncio.Task[Link]]") -> None:
    """Cancel the tries that still go on; a link that opened all the same is closed."""
    for task in tasks:
        task.cancel()
    for opened in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(opened, Link):
            await opened.close()
