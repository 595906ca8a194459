"""Whether an exam that announces itself can be reached: seen is not reachable."""

from collections.abc import Callable
from typing import Literal

from PyQt6.QtCore import QObject, QTimer
from PyQt6.QtNetwork import QAbstractSocket, QTcpSocket

from student_app.core.ports import FoundHub, HubAddress

TIMEOUT_MS = 3_000
AGAIN_MS = 20_000
Reached = Literal["asking", "reachable", "unreachable"]


class Reach(QObject):
    """Tries the announced addresses by opening a connection and closing it at once; nothing is sent."""

    def __init__(self, told: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._told = told
        self._known: dict[str, Reached] = {}
        self._sockets: set[QTcpSocket] = set()
        self._hubs: tuple[FoundHub, ...] = ()
        self._again = QTimer(self)
        self._again.setInterval(AGAIN_MS)
        self._again.timeout.connect(self._ask_unreached)

    def follow(self, hubs: tuple[FoundHub, ...]) -> None:
        """These are announced now; new ones are tried."""
        if hubs == self._hubs:
            return
        self._hubs = hubs
        self._again.start()
        for hub in hubs:
            if hub.name not in self._known:
                self._ask(hub)

    def of(self, hub: FoundHub) -> Reached:
        """Return what is known of a hub."""
        return self._known.get(hub.name, "asking")

    def stop(self) -> None:
        """Try nothing any more."""
        self._again.stop()
        self._hubs = ()
        for socket in list(self._sockets):
            self._drop(socket)

    def _ask_unreached(self) -> None:
        for hub in self._hubs:
            if self.of(hub) != "reachable":
                self._ask(hub)

    def _ask(self, hub: FoundHub) -> None:
        left = [len(hub.addresses)]
        if not hub.addresses:
            self._know(hub, "unreachable")
        for address in hub.addresses:
            self._try(hub, address, left)

    def _try(self, hub: FoundHub, address: HubAddress, left: list[int]) -> None:
        socket = QTcpSocket(self)
        self._sockets.add(socket)

        def ended(reached: Reached) -> None:
            if socket not in self._sockets:
                return
            self._drop(socket)
            left[0] -= 1
            if reached == "reachable" or (left[0] <= 0 and self.of(hub) != "reachable"):
                self._know(hub, reached)

        socket.connected.connect(lambda: ended("reachable"))
        socket.errorOccurred.connect(lambda _error: ended("unreachable"))
        QTimer.singleShot(TIMEOUT_MS, lambda: ended("unreachable"))
        socket.connectToHost(address.host, address.port)

    def _drop(self, socket: QTcpSocket) -> None:
        self._sockets.discard(socket)
        if socket.state() != QAbstractSocket.SocketState.UnconnectedState:
            socket.abort()
        socket.deleteLater()

    def _know(self, hub: FoundHub, reached: Reached) -> None:
        if self._known.get(hub.name) != reached:
            self._known[hub.name] = reached
            self._told()
