"""The exam's packages on their way to this PC: fetched from the hub, checked, unpacked, ready before the start.

One thread does all that touches the disk. Whatever goes wrong here ends in a sentence and never in the way of the
student's work: programs run without the packages, and say so where one is imported.
"""

import contextlib
import logging
import queue
import shutil
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from shared.crypto.keys import VerifyKey
from shared.exam.interpreter import python_fits
from shared.exam.packages import Wheel, WheelList, file_digest, normal_name, open_list
from shared.exam.rules import Interpreter as Wanted
from shared.ids import ExamId
from shared.problems import EnvironmentProblem, PeerFault, Problem
from shared.wire.messages import GetWheel, WheelPart
from student_app.running import environments
from student_app.running.imports import Imports
from student_app.running.launch import Interpreter

_log = logging.getLogger(__name__)
_CACHE = "wheels"
_SPARE_BYTES = 64 << 20
_TRIES = 2
CLOSE_S = 5.0

Ask = Callable[[GetWheel], None]
Phase = Literal["none", "fetching", "installing", "ready", "missing"]


class PackagesView(msgspec.Struct, frozen=True):
    """How far the packages are: `done` of `total` bytes or steps, and a sentence where they can't be had."""

    phase: Phase = "none"
    done: int = 0
    total: int = 0
    sentence: str = ""


class Packages:
    """The packages of the exam that this desk sits. Any thread may call every method; none waits."""

    def __init__(self, folder: Path, interpreter: Callable[[], Interpreter], changed: Callable[[], None]) -> None:
        """`folder` keeps environments; `interpreter` names the Python that runs student programs, and may take time."""
        self._folder = folder.absolute()
        self._interpreter = interpreter
        self._changed = changed
        self._view = PackagesView()
        self._list: WheelList | None = None
        self._envelope = b""
        self._site: Path | None = None
        self._label = ""
        self._misfit = ""
        self._work: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._fetch: _Fetch | None = None

    # From the network and the window

    @property
    def view(self) -> PackagesView:
        """How far they are."""
        return self._view

    def offered(self, envelope: bytes, exam: ExamId, key: VerifyKey, ask: Ask, wanted: Wanted | None = None) -> None:
        """The hub offers these packages (nothing: it has none) over a connection on which `ask` asks for parts.

        `wanted` is what the exam says of Python and packages, where that is known before the start.
        """
        self._do(lambda: self._compare(wanted))
        self._do(lambda: self._offered(envelope, exam, key, ask, wanted))

    def recall(self, exam: ExamId, key: VerifyKey) -> None:
        """An exam is open on this PC: its packages may be here from an earlier start, also without a network."""
        if self._site is None and self._kept(exam).is_file():
            self._view = PackagesView("installing")
            self._do(lambda: self._recall(exam, key))

    def part(self, part: WheelPart) -> None:
        """The hub sent a part of a wheel."""
        self._do(lambda: self._part(part))

    def imports(self, requirements: Sequence[str]) -> Imports:
        """Return what a program may import now, where the exam names these requirements.

        That is what the packages bring along too: once one of them has imported another, nothing could refuse it.
        """
        names = {normal_name(requirement) for requirement in requirements}
        known = self._list.wheels if self._list is not None and names else ()
        unknown = names - {wheel.name for wheel in known}
        allowed = environments.modules_of(known) | {name.replace("-", "_") for name in unknown}
        site = self._site
        return Imports(
            allowed=allowed,
            listed=tuple(requirements),
            folder=site,
            missing="" if site is not None or not names else self._why_missing(),
            label=self._label if site is not None else "missing" if names else "",
        )

    def close(self) -> None:
        """End the thread; what was fetched so far is kept for the next start."""
        with self._lock:
            thread = self._thread
        if thread is not None:
            self._work.put(None)
            thread.join(CLOSE_S)

    def _why_missing(self) -> str:
        if self._view.phase in ("fetching", "installing"):
            return "{name} is still being brought to this PC. Run your program again in a moment; your code is kept."
        return (
            "{name} belongs to this exam, but it is not on this PC. Your code is kept: raise your hand, and go on with "
            "what works without it."
        )

    # In the thread

    def _do(self, work: Callable[[], None]) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="desk-packages", daemon=True)
                self._thread.start()
        self._work.put(work)

    def _run(self) -> None:
        while (work := self._work.get()) is not None:
            try:
                work()
            except Problem as problem:
                self._fail(problem.sentence)
            except OSError as problem:
                self._fail(environments.no_room(problem).sentence)
            except Exception:  # noqa: BLE001 - a mistake of ours must not end the thread: the student works without packages
                _log.exception("the exam's packages met a mistake of ours")
                self._fail("Something went wrong in ExamDesk with the exam's packages. Tell the proctor.")

    def _say(self, view: PackagesView) -> None:
        if self._misfit and view.phase in ("none", "ready"):
            view = PackagesView("missing", sentence=self._misfit)
        if view != self._view:
            self._view = view
            self._changed()

    def _fail(self, sentence: str) -> None:
        self._fetch = None
        self._say(PackagesView("missing", sentence=sentence))

    def _compare(self, wanted: Wanted | None) -> None:
        """Remember when programs here run with a Python that the exam was not made for."""
        version = self._interpreter().version
        numbers = [int(part) for part in version.split(".")]
        fits = wanted is None or python_fits(wanted.python, (numbers[0], numbers[1], numbers[2]))
        self._misfit = (
            ""
            if fits or wanted is None
            else f"This exam is for Python {wanted.python}; programs on this PC run with {version}. Tell the proctor: "
            "another PC may have it. You can work here all the same."
        )

    def _offered(self, envelope: bytes, exam: ExamId, key: VerifyKey, ask: Ask, wanted: Wanted | None) -> None:
        self._fetch = None
        if not envelope:
            if wanted is not None and wanted.packages and self._site is None:
                raise EnvironmentProblem(
                    f"This exam lets you import {', '.join(wanted.packages)}, and the instructor's computer doesn't "
                    "have it for this PC. Tell the proctor; everything else works."
                )
            self._say(self._view)
            return
        if envelope == self._envelope and self._site is not None:
            return
        self._list = listed = open_list(envelope, exam, key)
        self._envelope, self._site = envelope, None
        if not listed.requirements:
            self._say(PackagesView())
            return
        name, wheels, interpreter = self._needed(listed)
        self._folder.mkdir(parents=True, exist_ok=True)
        self._kept(exam).write_bytes(envelope)
        site = environments.ready_environment(self._folder, name)
        if site is not None:
            self._ready(site, name)
            return
        environments.tidy(self._folder)
        self._check_room(sum(wheel.size for wheel in wheels))
        self._fetch = _Fetch(self._folder / _CACHE, listed, wheels, name=name, interpreter=interpreter, ask=ask)
        self._go_on(self._fetch)

    def _recall(self, exam: ExamId, key: VerifyKey) -> None:
        """Use what is here; what isn't comes with the hub's offer, or is missing."""
        if self._site is not None or self._fetch is not None:
            return
        try:
            envelope = self._kept(exam).read_bytes()
            listed = open_list(envelope, exam, key)
            name, _wheels, _python = self._needed(listed)
        except (OSError, Problem):
            self._say(PackagesView())
            return
        site = environments.ready_environment(self._folder, name)
        if site is None:
            self._say(PackagesView())
            return
        self._list, self._envelope = listed, envelope
        self._ready(site, name)

    def _kept(self, exam: ExamId) -> Path:
        return self._folder / f"{exam.hex()}.list"

    def _needed(self, listed: WheelList) -> tuple[str, tuple[Wheel, ...], Interpreter]:
        """Return the environment that this PC needs, its wheels, and its Python; raises `EnvironmentProblem`."""
        interpreter = self._interpreter()
        target = environments.target_for(listed, interpreter.version, environments.supported_tags(interpreter.version))
        if target is None:
            raise EnvironmentProblem(_no_target(listed, interpreter.version))
        wheels = listed.wheels_of(target)
        return environments.environment_name(wheels, interpreter.version), wheels, interpreter

    def _part(self, part: WheelPart) -> None:
        fetch = self._fetch
        if fetch is None:
            return
        if not part.data:
            raise EnvironmentProblem(
                "One of the exam's packages can't be read where it should come from, the instructor's computer or the "
                "stick. Your work is safe; tell the proctor."
            )
        if fetch.take(part):
            self._go_on(fetch)

    def _go_on(self, fetch: "_Fetch") -> None:
        """Ask for the next part; or unpack, when everything is here."""
        self._say(PackagesView("fetching", fetch.done, fetch.total))
        if fetch.ask_next():
            return
        self._fetch = None

        def told(share: float) -> None:
            self._say(PackagesView("installing", int(share * 100), 100))

        told(0.0)
        site = environments.install(fetch.files, self._folder, fetch.name, fetch.interpreter, told)
        shutil.rmtree(self._folder / _CACHE, ignore_errors=True)
        self._ready(site, fetch.name)

    def _ready(self, site: Path, name: str) -> None:
        self._site, self._label = site, name
        self._say(PackagesView("ready"))

    def _check_room(self, wheels: int) -> None:
        needed = wheels * (1 + environments.UNPACKED_RATIO) + _SPARE_BYTES
        self._folder.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(self._folder).free
        if free < needed:
            raise EnvironmentProblem(
                f"The exam's packages need about {needed >> 20} MB on this PC's disk, and {free >> 20} MB are free. "
                "Your work is safe. Tell the proctor: make room on the disk, or take another PC."
            )


def _no_target(listed: WheelList, version: str) -> str:
    have = ", ".join(f"{target.platform} with Python {target.python}" for target in listed.targets)
    return (
        f"The hub has the exam's packages for other PCs only ({have}); this one runs Python {version}. "
        "Tell the proctor."
    )


class _Fetch:
    """The wheels that are not here yet, part after part; what an earlier start fetched is not fetched again."""

    def __init__(
        self,
        cache: Path,
        listed: WheelList,
        wheels: Sequence[Wheel],
        *,
        name: str,
        interpreter: Interpreter,
        ask: Ask,
    ) -> None:
        cache.mkdir(parents=True, exist_ok=True)
        self.name = name
        self.interpreter = interpreter
        self.total = sum(wheel.size for wheel in wheels)
        self._cache = cache
        self._listed = listed
        self._wheels = wheels
        self._ask = ask
        self._tries: dict[str, int] = {}
        self._checked: set[str] = set()

    @property
    def files(self) -> list[Path]:
        """Where the wheels are."""
        return [self._cache / wheel.file for wheel in self._wheels]

    @property
    def done(self) -> int:
        """How many bytes are here."""
        return sum(min(self._have(wheel), wheel.size) for wheel in self._wheels)

    def _have(self, wheel: Wheel) -> int:
        with contextlib.suppress(OSError):
            return (self._cache / wheel.file).stat().st_size
        return 0

    def take(self, part: WheelPart) -> bool:
        """Keep a part; False when it is not the one that was asked for."""
        if not 0 <= part.index < len(self._listed.wheels):
            return False
        wheel = self._listed.wheels[part.index]
        fits = 0 < len(part.data) <= wheel.size - part.at
        if wheel not in self._wheels or part.at != self._have(wheel) or not fits:
            return False
        with (self._cache / wheel.file).open("ab") as out:
            out.write(part.data)
        return True

    def ask_next(self) -> bool:
        """Ask for the next part; False when every wheel is here and is the one that was announced."""
        for wheel in self._wheels:
            if wheel.file in self._checked:
                continue
            if self._have(wheel) >= wheel.size and self._is_right(wheel):
                self._checked.add(wheel.file)
                continue
            self._ask(GetWheel(self._listed.wheels.index(wheel), self._have(wheel)))
            return True
        return False

    def _is_right(self, wheel: Wheel) -> bool:
        where = self._cache / wheel.file
        if file_digest(where) == wheel.sha256:
            return True
        where.unlink()
        self._tries[wheel.file] = self._tries.get(wheel.file, 0) + 1
        if self._tries[wheel.file] >= _TRIES:
            raise PeerFault(
                f"The package {wheel.name} arrived damaged {_TRIES} times, so it was not used. Your work is safe; tell "
                "the proctor."
            )
        return False
