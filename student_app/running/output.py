"""A program's output on its way to the screen: decoded, counted, capped, gathered into few deliveries."""

import codecs
from collections.abc import Callable
from typing import Literal

from student_app.running.events import Figure, Output, OutputCapped, RunEvent, Started, Stream

MAX_LINES = 20_000
TAIL_CHARS = 64 * 1024
STREAMS: tuple[Stream, ...] = ("stdout", "stderr")


class OutputGatherer:
    """Collects what a run has to tell and delivers it at most once per interval.

    Memory is bounded by the cap on bytes: nothing beyond it is kept.
    """

    def __init__(self, deliver: Callable[[tuple[RunEvent, ...]], None], max_kb: int, interval: float = 0.05) -> None:
        self._deliver = deliver
        self._max_kb = max_kb
        self._left = max_kb * 1024
        self._lines_left = MAX_LINES
        self._interval = interval
        self._decoders = {name: codecs.getincrementaldecoder("utf-8")("replace") for name in STREAMS}
        self._pending: list[RunEvent] = []
        self._texts: list[str] = []
        self._stream: Stream = "stdout"
        self._last_delivery = float("-inf")
        self._errors = ""
        self.capped = False
        self.lines_capped = False

    @property
    def errors(self) -> str:
        """The end of standard error, for reading tracebacks."""
        return self._errors

    def take(self, stream: Stream, data: bytes) -> bool:
        """Add what was read; False from the moment when the program has written too much."""
        if self.capped:
            return False
        cut, unit = self._cut(data)
        self._left -= cut
        self._lines_left -= data.count(b"\n", 0, cut)
        self._add(stream, self._decoders[stream].decode(data[:cut]))
        if unit is None:
            return True
        self.capped = True
        self.lines_capped = unit == "lines"
        self.tell(OutputCapped(self._max_kb if unit == "kilobytes" else MAX_LINES, unit))
        return False

    def _cut(self, data: bytes) -> tuple[int, Literal["kilobytes", "lines"] | None]:
        """Return how many bytes may still be shown, and which limit ends it there."""
        cut, unit = (len(data), None) if len(data) <= self._left else (self._left, "kilobytes")
        if data.count(b"\n", 0, cut) < self._lines_left:
            return cut, unit  # type: ignore[return-value]
        place = -1
        for _ in range(self._lines_left):
            place = data.index(b"\n", place + 1)
        return (cut, unit) if place + 1 == len(data) else (place + 1, "lines")  # type: ignore[return-value]

    def _add(self, stream: Stream, text: str) -> None:
        if not text:
            return
        if stream == "stderr":
            self._errors = (self._errors + text)[-TAIL_CHARS:]
        if stream != self._stream:
            self._close_segment()
            self._stream = stream
        self._texts.append(text)

    def _close_segment(self) -> None:
        if self._texts:
            self._pending.append(Output(self._stream, "".join(self._texts)))
            self._texts.clear()

    def tell(self, event: RunEvent) -> None:
        """Add an event after the output so far."""
        self._close_segment()
        self._pending.append(event)

    def show(self, figure: Figure) -> None:
        """Add a picture, in the place of an older state of it that was not delivered yet."""
        self._close_segment()
        self._pending = [event for event in self._pending if not _is_older(event, figure)] + [figure]

    def wait(self, now: float) -> float | None:
        """Return in how many seconds a delivery is due; None when there is nothing to deliver."""
        if not self._pending and not self._texts:
            return None
        return max(0.0, self._last_delivery + self._interval - now)

    def flush(self, now: float, *, last: bool = False) -> None:
        """Deliver what is there when a delivery is due, or all of it at the end."""
        if last:
            for stream in STREAMS:
                self._add(stream, self._decoders[stream].decode(b"", final=True))
        due = self.wait(now)
        if due is None or (due > 0 and not last):
            return
        self._close_segment()
        events, self._pending = tuple(self._pending), []
        if any(not isinstance(event, Started) for event in events):  # the first output need not wait for its turn
            self._last_delivery = now
        self._deliver(events)


def _is_older(event: RunEvent, figure: Figure) -> bool:
    return isinstance(event, Figure) and event.name == figure.name
