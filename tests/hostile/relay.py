"""A network between desks and a hub, in this process: it cuts, delays, loses, partitions, and listens.

TCP hides loss and reordering from both programs: what they see of them is waiting, and connections that break in the
middle of a frame. So that is what the relay makes: it passes bytes on in pieces, late, and drops connections anywhere.
"""

import asyncio
import contextlib
import ssl
from random import Random

from student_app.net.loop import NetThread
from tests.support.patience import PATIENCE_S


class Weather(dict):
    """How the network is: `delay_s` per piece, `cut` the chance per piece that a connection breaks, `stall_s`."""


CALM = Weather(delay_s=0.0, cut=0.0)


class Relay:
    """Passes connections on to a hub; start and stop it from any thread."""

    def __init__(self, port: int, seed: int = 0, impostor: ssl.SSLContext | None = None) -> None:
        self.hub_port = port
        self.port = 0
        self.weather = CALM
        self.up = True
        self.impostor = impostor
        self.overheard = b""
        self.accepted = 0
        self._closed = False
        self._dice = Random(seed)
        self._thread = NetThread("relay")
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.BaseTransport] = set()
        self._taking = 0

    def start(self) -> "Relay":
        self._thread.run(self._listen(self.port)).result(PATIENCE_S)
        return self

    def move(self) -> None:
        """Be at another address: the old one answers no more."""
        self._thread.run(self._leave()).result(PATIENCE_S)
        self.port = 0
        self._thread.run(self._listen(0)).result(PATIENCE_S)

    def cut(self) -> None:
        """Break every connection now."""
        self._thread.run(self._break()).result(PATIENCE_S)

    def close(self) -> None:
        """End; twice does no harm."""
        if self._closed:
            return
        self._closed = True
        self._thread.run(self._end()).result(60)
        self._thread.close()

    async def _listen(self, port: int) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _End(self), "127.0.0.1", port, ssl=self.impostor)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _leave(self) -> None:
        assert self._server is not None
        loop = asyncio.get_running_loop()
        for listening in self._server.sockets:
            loop.remove_reader(listening.fileno())
        for _ in range(4):  # what was accepted last gets its transport, which Python 3.11 loses of a closed server
            await asyncio.sleep(0)
        self._server.close()
        await self._break()

    async def _break(self) -> None:
        for transport in list(self._open):
            transport.abort()
        await asyncio.sleep(0)

    async def _end(self) -> None:
        """Leave nothing open: neither what was accepted a moment ago nor what is being connected now."""
        await self._leave()
        while self._open or self._taking:
            await self._break()
            await asyncio.sleep(0.001)

    def opened(self, transport: asyncio.BaseTransport) -> None:
        self._open.add(transport)

    def gone(self, transport: asyncio.BaseTransport) -> None:
        self._open.discard(transport)

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._taking += 1
        try:
            await self._take(reader, writer)
        finally:
            self._taking -= 1

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        hub = None
        try:
            if not self.up:
                return
            secure = _anybody() if self.impostor is not None else None
            from_hub, hub = await asyncio.open_connection("127.0.0.1", self.hub_port, ssl=secure)
            self._open.add(hub.transport)
            ways = [self._pass(reader, hub, listen=True), self._pass(from_hub, writer, listen=False)]
            tasks = [asyncio.ensure_future(way) for way in ways]
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        except OSError:
            pass
        finally:
            writer.transport.abort()
            if hub is not None:
                self._open.discard(hub.transport)
                hub.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, listen: bool) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(4096):
                if listen and self.impostor is not None:
                    self.overheard += data
                if self._dice.random() < self.weather["cut"]:
                    writer.write(data[: self._dice.randrange(len(data))])
                    return
                if self.weather["delay_s"]:
                    await asyncio.sleep(self._dice.uniform(0, self.weather["delay_s"]))
                while not self.up:  # noqa: ASYNC110 - nobody tells
                    await asyncio.sleep(0.02)
                writer.write(data)
                await writer.drain()


class _End(asyncio.StreamReaderProtocol):
    """The desk's end of a connection: its relay knows of it from its first moment to its last."""

    def __init__(self, relay: Relay) -> None:
        super().__init__(asyncio.StreamReader(), relay.take)
        self._relay = relay
        self._mine: asyncio.BaseTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._mine = transport
        self._relay.opened(transport)
        super().connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._mine is not None:
            self._relay.gone(self._mine)
        super().connection_lost(exc)


def _anybody() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
