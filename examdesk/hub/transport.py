"""The door: TLS 1.3 and WebSocket framing on asyncio, behind a small interface.

The framing is the sans-IO protocol of `websockets`, driven from an asyncio protocol: a message costs one callback and
no task. Connections are accepted here, and not by asyncio's server, because the limits on pending handshakes
(threat 16) have to know an address before the TLS handshake begins.
"""

import asyncio
import contextlib
import logging
import socket
import ssl
from asyncio import sslproto
from collections.abc import Callable, Coroutine
from typing import Protocol

from websockets.exceptions import ProtocolError
from websockets.frames import CloseCode, Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import OPEN
from websockets.server import ServerProtocol

from examdesk.hub.gate import Room
from examdesk.hub.limits import Limits
from shared.clock import Clock

log = logging.getLogger(__name__)

TLS_BUFFER_BYTES = 16 * 1024
sslproto.SSLProtocol.max_size = TLS_BUFFER_BYTES  # 297 KiB a connection otherwise; tests/examdesk/hub guards it
_WRITE_HIGH = 64 * 1024
_LINGER_SECONDS = 2.0
_SHUTDOWN_SECONDS = 1.0
_SWEEP_SECONDS = 5.0
_NO_ROOM_SECONDS = 0.05


class Handler(Protocol):
    """Our side of one connection."""

    def message(self, data: bytes) -> None:
        """Take one message."""
        ...

    def closed(self) -> None:
        """The connection is gone."""
        ...


class Route(Protocol):
    """What serves a path."""

    max_message: int

    def open(self, peer: "Connection") -> Handler:
        """Take over a connection whose opening handshake is done."""
        ...


class Connection(asyncio.Protocol):
    """One WebSocket connection, from the end of its TLS handshake."""

    def __init__(self, listener: "Listener", address: str) -> None:
        self.address = address
        self.proven = False
        self._listener = listener
        self._loop = listener.loop
        self._ws = ServerProtocol(max_size=listener.limits.desk_message, logger=_QUIET)
        self._transport: asyncio.Transport | None = None
        self._handler: Handler | None = None
        self._parts: list[bytes] = []
        self._writable: asyncio.Future[None] | None = None
        self._paused_by_us = False
        self._closing = False
        self.opened: asyncio.Future[bool] = self._loop.create_future()
        self.gone: asyncio.Future[None] = self._loop.create_future()
        self.heard_us = listener.clock.mono_us()

    # -- what handlers use

    def send(self, data: bytes) -> None:
        """Send one binary message; silently nothing when the connection is closing."""
        if self._ws.state is not OPEN or self._transport is None:
            return
        self._ws.send_binary(data)
        self._flush()
        if self._transport.get_write_buffer_size() > self._listener.limits.unsent:
            self.abort()

    def close(self, code: int, reason: str = "") -> None:
        """Say goodbye and let go."""
        if self._ws.state is OPEN:
            self._ws.send_close(code, reason[:120].encode()[:120].decode(errors="ignore"))
            self._flush()
        self._linger()

    def pause(self) -> None:
        """Stop reading for now."""
        if self._transport is not None and not self._paused_by_us and not self._closing:
            self._paused_by_us = True
            self._transport.pause_reading()

    def resume(self) -> None:
        """Read on."""
        if self._transport is not None and self._paused_by_us and not self._closing:
            self._paused_by_us = False
            self._transport.resume_reading()

    async def drained(self) -> None:
        """Wait until what was sent is nearly out; returns at once when the connection is gone."""
        if self._writable is not None:
            await asyncio.wait({self._writable, self.gone}, return_when=asyncio.FIRST_COMPLETED)

    def prove(self) -> None:
        """The other side joined or resumed: it no longer counts as a stranger."""
        self.proven = True
        self._listener.unproven.leave(self)

    def abort(self) -> None:
        """Let go at once."""
        if self._transport is not None:
            self._transport.abort()

    def sweep(self, now_us: int) -> None:
        """Ask whether the other side is there, or let it go."""
        quiet = (now_us - self.heard_us) / 1_000_000
        if quiet > self._listener.limits.dead_seconds and not self._paused_by_us:
            self.abort()
        elif quiet > self._listener.limits.quiet_seconds and self._ws.state is OPEN:
            self._ws.send_ping(b"")
            self._flush()

    # -- what asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The TLS handshake is done."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.set_write_buffer_limits(high=_WRITE_HIGH)

    def data_received(self, data: bytes) -> None:
        """Bytes came."""
        self.heard_us = self._listener.clock.mono_us()
        self._ws.receive_data(data)
        self._flush()
        for event in self._ws.events_received():
            if isinstance(event, Request):
                self._open(event)
            elif isinstance(event, Frame):
                self._frame(event)
        if self._ws.close_expected():
            self._linger()

    def eof_received(self) -> None:
        """The other side sends no more."""
        self._ws.receive_eof()
        self._flush()

    def connection_lost(self, _error: Exception | None) -> None:
        """It is over."""
        self._closing = True
        if not self.opened.done():
            self.opened.set_result(False)
        if not self.gone.done():
            self.gone.set_result(None)
        self._listener.forget(self)
        handler, self._handler = self._handler, None
        if handler is not None:
            self._safely(handler.closed)

    def pause_writing(self) -> None:
        """The other side reads slowly."""
        self._writable = self._loop.create_future()

    def resume_writing(self) -> None:
        """The other side reads again."""
        if self._writable is not None and not self._writable.done():
            self._writable.set_result(None)
        self._writable = None

    # -- inside

    def _open(self, request: Request) -> None:
        route = self._listener.routes.get(request.path)
        if route is None:
            self._ws.send_response(self._ws.reject(404, "There is nothing here.\n"))
            self._flush()
            self._linger()
            return
        response = self._ws.accept(request)
        self._ws.send_response(response)
        self._flush()
        if response.status_code != 101:
            self._linger()
            return
        if route.max_message != self._listener.limits.desk_message:
            self._ws = ServerProtocol(state=OPEN, max_size=route.max_message, logger=_QUIET)
        self.opened.set_result(True)
        self._listener.admit(self)
        self._safely(lambda: self._take_over(route))

    def _take_over(self, route: Route) -> None:
        self._handler = route.open(self)

    def _frame(self, frame: Frame) -> None:
        if frame.opcode is Opcode.TEXT:
            self.close(CloseCode.UNSUPPORTED_DATA, "only binary messages")
            return
        if frame.opcode not in (Opcode.BINARY, Opcode.CONT):
            return
        if frame.fin and not self._parts:
            data = bytes(frame.data)
        else:
            self._parts.append(bytes(frame.data))
            if not frame.fin:
                return
            data = b"".join(self._parts)
            self._parts.clear()
        handler = self._handler
        if handler is not None and self._ws.state is OPEN:
            self._safely(lambda: handler.message(data))

    def _safely(self, action: Callable[[], None]) -> None:
        """An error of ours closes this connection and no other."""
        try:
            action()
        except Exception:
            log.exception("a connection was closed by an error of ours")
            self.close(CloseCode.INTERNAL_ERROR, "an error of the hub")

    def _flush(self) -> None:
        transport = self._transport
        assert transport is not None
        for data in self._ws.data_to_send():
            if transport.is_closing():
                return
            if data:
                transport.write(data)
            else:  # the framing is over on both sides
                self._closing = True
                transport.close()

    def _linger(self) -> None:
        """Give what was sent a moment to arrive, then let go."""
        if self._closing or self._transport is None:
            return
        self._closing = True
        with contextlib.suppress(RuntimeError):  # reading may be paused or over already
            self._transport.resume_reading()
        self._loop.call_later(_LINGER_SECONDS, self._transport.close)


class Listener:
    """Accepts connections within the limits and hands them to the routes.

    Attributes:
        routes: what serves which path.
        unproven: the open connections that have not shown who they are.
    """

    def __init__(self, context: ssl.SSLContext, routes: dict[str, Route], limits: Limits, clock: Clock) -> None:
        self.loop = asyncio.get_running_loop()
        self.routes = routes
        self.limits = limits
        self.clock = clock
        self.pending = Room(limits.pending, limits.pending_per_address, limits.loopback_exempt)
        self.unproven = Room(limits.unproven, limits.unproven_per_address, limits.loopback_exempt)
        self.refused = 0
        self.closed = 0
        self.port = 0
        self._context = context
        self._sockets: list[socket.socket] = []
        self._accepted: set[socket.socket] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._connections: set[Connection] = set()

    def listen(self, hosts: list[str], port: int) -> None:
        """Open the listening sockets; port 0 takes a free one, the same for all.

        Raises:
            OSError: the port is taken or a host is not this computer's.
        """
        for host in hosts:
            family = socket.AF_INET6 if ":" in host else socket.AF_INET
            listening = socket.socket(family, socket.SOCK_STREAM)
            self._sockets.append(listening)
            if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
                listening.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
            else:
                listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            listening.bind((host, port))
            listening.listen(512)
            listening.setblocking(False)
            port = listening.getsockname()[1]
        self.port = port

    def start(self) -> None:
        """Begin to accept."""
        for listening in self._sockets:
            self._spawn(self._accept(listening))
        self._spawn(self._sweep())

    async def stop(self) -> None:
        """Stop accepting; say goodbye to everyone and wait until they are gone."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for each in (*self._sockets, *self._accepted):  # a greeting that was cancelled never began
            each.close()
        connections = list(self._connections)
        for connection in connections:
            connection.close(CloseCode.GOING_AWAY, "the hub stops")
        if connections:
            await asyncio.wait([each.gone for each in connections], timeout=_LINGER_SECONDS + 1)
        left = list(self._connections)
        for connection in left:
            connection.abort()
        if left:
            await asyncio.wait([each.gone for each in left], timeout=1)

    def unlisten(self) -> None:
        """Close listening sockets that were opened, when the start did not work out."""
        for listening in self._sockets:
            listening.close()
        self._sockets.clear()

    @property
    def connections(self) -> int:
        """How many connections are open."""
        return len(self._connections)

    def admit(self, connection: Connection) -> None:
        """An opening handshake is done: the connection counts as a stranger until it shows who it is."""
        now_us = self.clock.mono_us()
        if self.unproven.full:
            self.unproven.evict_stale(now_us, 0)
        if not self.unproven.allows(connection.address):
            self.refused += 1
            connection.close(CloseCode.TRY_AGAIN_LATER, "too many connections from this address")
        self.unproven.enter(connection, connection.address, now_us, connection.abort)
        self._connections.add(connection)

    def forget(self, connection: Connection) -> None:
        """A connection is gone."""
        self.closed += 1
        self.unproven.leave(connection)
        self._connections.discard(connection)

    def _spawn(self, work: Coroutine[object, object, None]) -> None:
        task = self.loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _accept(self, listening: socket.socket) -> None:
        while True:
            while self.pending.full:
                stale_us = int(self.limits.stale_seconds * 1_000_000)
                if not self.pending.evict_stale(self.clock.mono_us(), stale_us):
                    await asyncio.sleep(_NO_ROOM_SECONDS)
            try:
                accepted, where = await self.loop.sock_accept(listening)
            except OSError as error:  # out of file descriptors, or gone before we took it
                log.warning("a connection could not be accepted: %s", error.strerror)
                await asyncio.sleep(_NO_ROOM_SECONDS)
                continue
            address = str(where[0])
            if not self.pending.allows(address):
                self.refused += 1
                accepted.close()
                continue
            accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._accepted.add(accepted)
            self._spawn(self._greet(accepted, address))

    async def _greet(self, accepted: socket.socket, address: str) -> None:
        """Take one connection through TLS and the opening handshake, in time or not at all."""
        self._accepted.discard(accepted)
        connection = Connection(self, address)
        task = asyncio.current_task()
        assert task is not None
        self.pending.enter(connection, address, self.clock.mono_us(), lambda: _cancel(task))
        done = False
        try:
            async with asyncio.timeout(self.limits.handshake_seconds):
                await self.loop.connect_accepted_socket(
                    lambda: connection,
                    accepted,
                    ssl=self._context,
                    ssl_handshake_timeout=self.limits.handshake_seconds,
                    ssl_shutdown_timeout=_SHUTDOWN_SECONDS,
                )
                done = await connection.opened
        except (OSError, TimeoutError, ssl.SSLError, ProtocolError):
            log.debug("a handshake was not finished")
        finally:
            self.pending.leave(connection)
            if not done:
                connection.abort()

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(_SWEEP_SECONDS)
            now_us = self.clock.mono_us()
            for connection in list(self._connections):
                connection.sweep(now_us)


def _cancel(task: "asyncio.Task[None]") -> None:
    task.cancel()


class _Quiet(logging.LoggerAdapter[logging.Logger]):
    """The framing's own log would hold addresses and headers of every connection: only its errors are kept."""

    def isEnabledFor(self, level: int) -> bool:  # noqa: N802 - the name that logging gives it
        return level >= logging.ERROR


_QUIET = _Quiet(logging.getLogger("websockets.hub"), {})


def server_context(certificate_file: str, key_file: str) -> ssl.SSLContext:
    """Return the TLS settings of a hub: 1.3 only, the exam's own certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.num_tickets = 0  # desks reconnect seldom; each ticket costs a write in every handshake
    context.load_cert_chain(certificate_file, key_file)
    return context
