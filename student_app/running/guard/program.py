"""The student's program's own process: confined, with its streams in order, its imports and network watched.

Lines to the desk on `report`: `import NAME`, `network WHERE`, `waiting`, `reading`, `figure FILE NAME`,
`listens WORDS`, `rested MS`, `failed TEXT`, tab between word and text. The student's code can forge them, so nothing
that limits it rests on them.
"""

from __future__ import annotations

import io
import os
import select
import sys
import time
import types
from typing import Any

from . import confine
from .figures import Figures

if sys.platform != "win32":
    import fcntl
    import termios

AF_UNIX = 1
MAX_REPORTS = 100
SETTLE_SECONDS = 0.1
NETWORK_CALLS = {
    "socket.connect": 1,
    "socket.bind": 1,
    "socket.sendto": 1,
    "socket.sendmsg": 1,
    "socket.getaddrinfo": 0,
    "socket.gethostbyname": 0,
    "socket.gethostbyaddr": 0,
}


def confine_self(setup: dict[str, Any], protected: list[int]) -> None:
    """Apply the limits of `setup`, the strongest last; OSError when one of them cannot be had."""
    os.umask(0o077)
    confine.step_back(setup["idle"])
    confine.set_rlimits(setup["rlimits"])
    if setup["landlock"]:
        confine.landlock(setup["readable"], setup["writable"], setup["network"])
    if setup["seccomp"]:
        abi = confine.landlock_abi() if setup["landlock"] else None
        confine.seccomp(setup["sockets"], protected + setup["protected"], abi)


def run(setup: dict[str, Any], report: int, window: int) -> None:
    """Run the student's main file as `__main__`; its exception, if any, is printed without frames of ours."""
    reporter = _Reporter(report)
    sys.argv = [setup["main"], *setup["arguments"]]
    _order_streams(reporter)
    _settle_builtins()
    if not setup["site_packages"]:
        sys.path[:] = [entry for entry in sys.path if not entry.endswith(("site-packages", "dist-packages"))]
    sys.path += setup["packages"]
    sys.path.insert(0, setup["folder"])
    for name in [name for name in sys.modules if name == "guard" or name.startswith("guard.")]:
        del sys.modules[name]
    if setup["allowed_imports"] is not None:
        sys.meta_path.insert(0, _ImportGate(setup, reporter))
    if not setup["network"]:
        sys.addaudithook(_NetworkGate(setup["network_message"], setup["sockets"], reporter))
    figures = Figures(
        reporter.say,
        setup["folder"],
        os.environ.get("TMPDIR") or os.environ.get("TEMP") or ".",
        lambda error: _complain(error, setup["folder"]),
        window if setup["watched"] else None,
    )
    sys.meta_path.insert(0, figures)
    try:
        _execute(setup["folder"], setup["main"])
    finally:
        figures.finish()


def _execute(folder: str, main: str) -> None:
    path = os.path.join(folder, main)  # noqa: PTH118  (pathlib costs 5 ms of every run)
    module = types.ModuleType("__main__")
    module.__file__ = path
    sys.modules["__main__"] = module
    try:
        with open(path, "rb") as source:  # noqa: PTH123
            text = source.read()
        exec(compile(text, path, "exec", dont_inherit=True), module.__dict__)  # noqa: S102
    except SystemExit:
        raise
    except BaseException as error:  # noqa: BLE001
        _show(error, folder)
        sys.exit(130 if isinstance(error, KeyboardInterrupt) else 1)


def _complain(error: BaseException, folder: str) -> bool:
    """Print the error of a function that a window called; False where the program is to end by it."""
    if sys.excepthook is sys.__excepthook__:
        _show(error, folder)
        return True
    return False


def _show(error: BaseException, folder: str) -> None:
    """Print an error as Python does, without frames of ours and with the student's files by their own names."""
    own = os.path.dirname(__file__)  # noqa: PTH120
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename.startswith(own):
        trace = trace.tb_next
    error.__traceback__ = trace
    if sys.excepthook is not sys.__excepthook__:
        sys.excepthook(type(error), error, trace)
        return
    try:
        import traceback  # noqa: PLC0415  (paid only by a program that fails)

        summary = traceback.TracebackException(type(error), error, trace)
        _tidy(summary, folder + os.sep, own)
        sys.stderr.write("".join(summary.format()))
    except Exception:  # noqa: BLE001  (a program can break anything here; a line is better than nothing)
        line = "%s: %s\n" % (type(error).__name__, str(error)[:200])  # noqa: UP031
        os.write(2, line.encode("utf-8", "replace"))


def _tidy(summary: Any, folder: str, own: str) -> None:
    """Take our frames out of an error and of all that led to it, and the folder out of the student's file names."""
    todo = [summary]
    while todo:
        part = todo.pop()
        part.stack[:] = [frame for frame in part.stack if not frame.filename.startswith(own)]
        for frame in part.stack:
            frame.filename = frame.filename.removeprefix(folder)
        name = getattr(part, "filename", None)
        if name is not None and name.startswith(folder):
            part.filename = name[len(folder) :]
        todo += [below for below in (part.__cause__, part.__context__) if below is not None]
        todo += getattr(part, "exceptions", None) or []


def _settle_builtins() -> None:
    """Give `exit`, `quit` and `help` also to an interpreter that was started without `site`."""
    import builtins  # noqa: PLC0415

    if not hasattr(builtins, "exit"):
        import site  # noqa: PLC0415

        site.setquit()
        site.sethelper()


class _Reporter:
    """Tells the desk, a bounded number of times, what was refused; never blocks or fails the program."""

    def __init__(self, handle: int) -> None:
        self._handle = handle
        self._told: set[bytes] = set()
        if hasattr(os, "set_blocking"):
            os.set_blocking(handle, False)

    def tell(self, word: str, text: str) -> None:
        """Report something once; what was told before is not told again."""
        line = ("%s\t%s\n" % (word, text[:200].replace("\n", " "))).encode("utf-8", "replace")  # noqa: UP031
        if line not in self._told and len(self._told) < MAX_REPORTS:
            self._told.add(line)
            self.say(line)

    def say(self, line: bytes) -> None:
        """Write a whole line, or nothing when the desk is behind."""
        try:
            os.write(self._handle, line)
        except OSError:
            return


class _Turns:
    """Which of the two output streams wrote last."""

    def __init__(self) -> None:
        self.last = 1


class _Stream(io.FileIO):
    """Standard output or error. Before the streams change turns, the desk has taken what the other one wrote.

    That keeps the order of the two exact without a framing that a program's own writes could break.
    """

    def __init__(self, handle: int, turns: _Turns, name: str) -> None:
        super().__init__(handle, "wb", closefd=False)
        self._turns = turns
        self.name = name

    def write(self, data: Any, /) -> int:
        """Write all of `data` and return its length in bytes."""
        handle = self.fileno()
        if self._turns.last != handle:
            _wait_until_taken(self._turns.last)
            self._turns.last = handle
        view = memoryview(data).cast("B")
        done = 0
        while done < len(view):
            done += super().write(view[done:]) or 0
        return done


def _wait_until_taken(handle: int) -> None:
    if sys.platform == "win32":
        return  # its pipes cannot be asked; the order there is as near as two pipes allow
    count = bytearray(4)
    until = time.monotonic() + SETTLE_SECONDS
    try:
        while fcntl.ioctl(handle, termios.FIONREAD, count) == 0 and any(count) and time.monotonic() < until:
            time.sleep(0.00005)
    except OSError:
        return


class _Input(io.FileIO):
    """Standard input that tells the desk when the program waits for the person."""

    def __init__(self, reporter: _Reporter) -> None:
        super().__init__(0, "rb", closefd=False)
        self._reporter = reporter
        self.name = "<stdin>"

    def readinto(self, buffer: Any, /) -> int | None:
        """Read what is there, or wait for it and say so."""
        if sys.platform != "win32" and select.select([0], [], [], 0)[0]:
            return super().readinto(buffer)
        self._reporter.say(b"waiting\t\n")
        try:
            return super().readinto(buffer)
        finally:
            self._reporter.say(b"reading\t\n")


def _order_streams(reporter: _Reporter) -> None:
    """Make output appear when it is written, so that a prompt without a newline shows and a crash loses nothing."""
    turns = _Turns()
    output: Any = _Stream(1, turns, "<stdout>")
    errors: Any = _Stream(2, turns, "<stderr>")
    _put("stdout", io.TextIOWrapper(output, "utf-8", "strict", newline="\n", write_through=True))
    _put("stderr", io.TextIOWrapper(errors, "utf-8", "backslashreplace", newline="\n", write_through=True))
    _put("stdin", io.TextIOWrapper(io.BufferedReader(_Input(reporter)), "utf-8", "replace"))


def _put(name: str, stream: io.TextIOWrapper) -> None:
    for place in (name, f"__{name}__"):
        setattr(sys, place, stream)


class _ImportGate:
    """Refuses the student's own imports of what the exam does not allow; a package's own imports pass."""

    def __init__(self, setup: dict[str, Any], reporter: _Reporter) -> None:
        self._packages = frozenset(setup["allowed_imports"])
        self._folder = setup["folder"]
        self._message = setup["import_message"]
        self._missing = setup["missing_message"]
        self._reporter = reporter

    def find_spec(self, name: str, _path: Any = None, _target: Any = None) -> None:
        """Return None for what may be looked for, raise ImportError for the rest."""
        top = name.partition(".")[0]
        if top in sys.builtin_module_names or top in sys.stdlib_module_names or self._is_own(top):
            return
        if top in self._packages:
            if self._missing:
                raise ImportError(self._missing.replace("{name}", top), name=top)
            return
        if not self._asked_by_student():
            return
        self._reporter.tell("import", top)
        raise ImportError(self._message.replace("{name}", top), name=top)

    def _is_own(self, top: str) -> bool:
        base = os.path.join(self._folder, top)  # noqa: PTH118
        return os.path.exists(base + ".py") or os.path.isdir(base)  # noqa: PTH110, PTH112

    def _asked_by_student(self) -> bool:
        frame = sys._getframe(2)  # noqa: SLF001
        while frame is not None and "importlib" in frame.f_code.co_filename:
            frame = frame.f_back  # type: ignore[assignment]
        name = frame.f_code.co_filename if frame is not None else ""
        return name.startswith((self._folder, "<"))


class _NetworkGate:
    """An audit hook that refuses the network with a sentence and reports where to."""

    def __init__(self, message: str, sockets: str, reporter: _Reporter) -> None:
        self._message = message
        self._sockets = sockets != "none"  # without, the kernel refuses them, and not in words
        self._reporter = reporter

    def __call__(self, event: str, values: Any) -> None:
        """Raise PermissionError for a call that would use the network."""
        if event == "socket.__new__" and not self._sockets and values[1] != AF_UNIX:
            self._refuse("a socket")
        place = NETWORK_CALLS.get(event)
        if place is None:
            return
        address = values[place]
        if address is None:
            return  # a message on a connection, which would have been refused itself
        if event in ("socket.connect", "socket.bind") and isinstance(address, (str, bytes)):
            return  # a socket in the file system
        self._refuse(_address_text(event, address, values))

    def _refuse(self, where: str) -> None:
        self._reporter.tell("network", where)
        raise PermissionError(self._message.replace("{where}", where))


def _address_text(event: str, address: Any, values: Any) -> str:
    if isinstance(address, tuple) and len(address) >= 2:
        return "%s:%s" % (address[0], address[1])  # noqa: UP031
    if event == "socket.getaddrinfo":
        return "%s:%s" % (values[0], values[1])  # noqa: UP031
    return str(address)
