"""A client of the staff API: one asyncio connection to one hub, pinned to its certificate."""

import asyncio
import contextlib
import hashlib
import ssl
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidHandshake, InvalidMessage, WebSocketException

from examdesk.staffapi.messages import (
    MAX_MESSAGE_BYTES,
    Answer,
    Ask,
    Changed,
    Failed,
    Request,
    SignedIn,
    SignIn,
    Told,
    decode_from_hub,
    encode,
)
from shared.problems import EnvironmentProblem, PeerFault, Problem

A = TypeVar("A", bound=Answer)

ANSWER_SECONDS = 60.0
OPEN_SECONDS = 10.0


class Refused(Problem):
    """The hub said no; `code` is one of `Failed`'s."""

    def __init__(self, failed: Failed) -> None:
        super().__init__(failed.sentence)
        self.code = failed.code


class HubAddress(msgspec.Struct, frozen=True, kw_only=True):
    """Where a hub is and how to know it: what a hub writes into `hub.json` for the people of its own machine.

    `fingerprint` is SHA-256 of the hub's certificate in hexadecimal, `token` signs in.
    """

    port: int
    fingerprint: str
    token: str
    host: str = "127.0.0.1"
    pid: int = 0


def read_hub_file(path: Path) -> HubAddress:
    """Read `hub.json`.

    Raises:
        EnvironmentProblem: there is none, so no hub serves this data, or it can't be read.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=HubAddress)
    except FileNotFoundError as error:
        raise EnvironmentProblem(f"No hub serves the data in {path.parent}. Start one and try again.") from error
    except (OSError, msgspec.DecodeError) as error:
        raise EnvironmentProblem(f"{path} can't be read: {error}. Start the hub again.") from error


class _PinnedConnection(ClientConnection):
    """Compares the hub's certificate after the TLS handshake, before the first byte of HTTP goes out."""

    fingerprint = ""

    async def handshake(self, *args: Any, **kwargs: Any) -> None:
        tls = self.transport.get_extra_info("ssl_object")
        certificate = tls.getpeercert(binary_form=True) or b""
        if hashlib.sha256(certificate).hexdigest() != self.fingerprint:
            raise PeerFault("Something else than your hub answered at this address. Nothing was sent to it.")
        await super().handshake(*args, **kwargs)


class StaffClient:
    """A signed-in connection; make one with `open_client`.

    Attributes:
        me: who the hub says you are.
    """

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._waiting: dict[int, asyncio.Future[Answer]] = {}
        self._number = 0
        self._changes: asyncio.Queue[Changed | None] = asyncio.Queue()
        self._reader = asyncio.create_task(self._read())
        self.me: SignedIn | None = None

    @property
    def person(self) -> str:
        """Whom the hub knows this person as; empty before signing in."""
        return "" if self.me is None else self.me.name

    async def ask(self, request: Request[A]) -> A:
        """Ask and wait for the answer.

        Raises:
            Refused: the hub said no; its sentence is for the person.
            EnvironmentProblem: the hub is gone or did not answer within a minute.
        """
        self._number += 1
        number = self._number
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting[number] = future
        try:
            if self._reader.done():
                raise EnvironmentProblem("The hub can't be reached. Your students go on; try again in a moment.")
            await self._connection.send(encode(Ask(number, request)))
            answer: Any = await asyncio.wait_for(future, ANSWER_SECONDS)
        except (WebSocketException, TimeoutError) as error:
            raise EnvironmentProblem("The hub did not answer. Your students go on; try again in a moment.") from error
        finally:
            self._waiting.pop(number, None)
        if isinstance(answer, Failed):
            raise Refused(answer)
        return answer  # type: ignore[no-any-return]

    async def next_change(self) -> Changed | None:
        """Wait for the next push; None when the connection is gone."""
        return await self._changes.get()

    async def close(self) -> None:
        """Leave; open questions fail."""
        await self._connection.close()
        await self._reader

    async def _read(self) -> None:
        try:
            async for data in self._connection:
                if isinstance(data, bytes):
                    self._take(decode_from_hub(data))
        except (WebSocketException, msgspec.DecodeError):
            await self._connection.close()
        finally:
            for future in self._waiting.values():
                if not future.done():
                    future.set_exception(
                        EnvironmentProblem("The connection to the hub was lost. It comes back by itself.")
                    )
            self._changes.put_nowait(None)

    def _take(self, message: Told | Changed) -> None:
        if isinstance(message, Changed):
            self._changes.put_nowait(message)
            return
        future = self._waiting.get(message.number)
        if future is not None and not future.done():
            future.set_result(message.answer)


async def open_client(hub: HubAddress, name: str) -> StaffClient:
    """Connect, check the certificate, sign in.

    Raises:
        EnvironmentProblem: nothing answers there.
        PeerFault: something else than the hub answers there; the token was not sent.
        Refused: the hub does not know the token.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # the certificate is the exam's own: its fingerprint is what we check
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    pinned = type("PinnedConnection", (_PinnedConnection,), {"fingerprint": hub.fingerprint})
    try:
        connection = await connect(
            f"wss://{hub.host}:{hub.port}/staff",
            ssl=context,
            compression=None,
            max_size=MAX_MESSAGE_BYTES,
            open_timeout=OPEN_SECONDS,
            proxy=None,
            create_connection=pinned,
        )
    except (OSError, TimeoutError, InvalidHandshake, InvalidMessage) as error:
        raise EnvironmentProblem(f"No hub answers at {hub.host}:{hub.port}. Is it running?") from error
    client = StaffClient(connection)
    try:
        client.me = await client.ask(SignIn(token=hub.token, name=name))
    except BaseException:
        with contextlib.suppress(WebSocketException):
            await client.close()
        raise
    return client
