"""Fetches a session's events in pieces and puts them onto a tape, a few milliseconds at a time."""

from collections import deque

from PySide6.QtCore import QObject, QTimer, Signal

from examdesk.staffapi.messages import GetPlayback, Playback, PlayedEvent, PlayedVersion, Track
from examdesk.staffapi.playback.marks import Marks
from examdesk.staffapi.playback.tape import Tape
from instructor_app.kit import Kit
from shared.problems import Problem

SLICE_US = 8_000
PIECE = 1_000


class Loader(QObject):
    """One session and track at a time.

    Attributes:
        grew: events were put onto the tape, or versions came.
        began: another tape begins; the one before is no longer that of the session.
        failed: (Problem) the hub did not answer; what is there stays.
    """

    grew = Signal()
    began = Signal()
    failed = Signal(object)

    def __init__(self, kit: Kit, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._kit = kit
        self.session, self.track_name = "", ""
        self.tape, self.marks = Tape(), Marks()
        self.track: Track | None = None
        self.tracks: tuple[Track, ...] = ()
        self.versions: tuple[PlayedVersion, ...] = ()
        self._waiting: deque[PlayedEvent] = deque()
        self._asked = False
        self._again = False
        self._slice = QTimer(self)
        self._slice.setInterval(0)
        self._slice.timeout.connect(self._work)

    @property
    def total(self) -> int:
        """How many events the track has, as far as is known."""
        return self.track.events if self.track is not None else 0

    @property
    def complete(self) -> bool:
        """Whether everything that the hub had at the last answer is on the tape."""
        return self.track is not None and len(self.tape) >= self.total

    def open(self, session: str, track: str = "") -> None:
        """Begin with a session."""
        self.session, self.track_name = session, track
        self._begin()
        self._ask()

    def close(self) -> None:
        """Fetch no more."""
        self.session = ""
        self._begin()

    def refresh(self) -> None:
        """Fetch what came since."""
        if not self.session:
            return
        if self._asked or self._waiting:
            self._again = True
        else:
            self._ask()

    def _begin(self) -> None:
        self.tape, self.marks = Tape(), Marks()
        self.track, self.tracks, self.versions = None, (), ()
        self._waiting.clear()
        self._asked = self._again = False
        self._slice.stop()
        self.began.emit()

    def _ask(self) -> None:
        self._asked, self._again = True, False
        start = len(self.tape) + len(self._waiting)
        request = GetPlayback(session=self.session, track=self.track_name, start=start, limit=PIECE)
        self._kit.bridge.query(request, self._take, self._fail, key="playback")

    def _take(self, piece: Playback) -> None:
        if piece.session != self.session or piece.track.name != self.track_name:
            return
        self._asked = False
        if not self.tape.set_journals(piece.track.journals):
            self._begin()
            self._ask()
            return
        self.track, self.tracks, self.versions = piece.track, piece.tracks, piece.versions
        self._waiting.extend(piece.events)
        if not self.complete and piece.events and len(self.tape) + len(self._waiting) < self.total:
            self._ask()
        self._slice.start()

    def _work(self) -> None:
        clock = self._kit.clock
        until = clock.mono_us() + SLICE_US
        while self._waiting:
            event = self._waiting.popleft()
            self.marks.take(self.tape, event, self.tape.take(event))
            if clock.mono_us() >= until:
                break
        if not self._waiting:
            self._slice.stop()
            if self._again and not self._asked:
                self._ask()
        self.grew.emit()

    def _fail(self, problem: Problem) -> None:
        self._asked = False
        self.failed.emit(problem)
