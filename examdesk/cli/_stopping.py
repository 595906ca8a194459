"""How a program that serves is asked to end, on every system."""

import asyncio
import signal

_NAMES = ("SIGTERM", "SIGINT", "SIGHUP", "SIGBREAK")
"""Of these every system has some: SIGHUP comes when a terminal is closed, SIGBREAK on Windows for Ctrl-Break and when
the console window is closed or the user signs off."""


def stop_signals() -> tuple[signal.Signals, ...]:
    """Return the signals of this system that ask for an end; one that is ignored (nohup) stays so."""
    known = (getattr(signal, name) for name in _NAMES if hasattr(signal, name))
    return tuple(number for number in known if signal.getsignal(number) is not signal.SIG_IGN)


def stop_on_signals(stop: asyncio.Event) -> None:
    """Set the event, on the running loop, when any of them comes."""
    loop = asyncio.get_running_loop()
    for number in stop_signals():
        try:
            loop.add_signal_handler(number, stop.set)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
