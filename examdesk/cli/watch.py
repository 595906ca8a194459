"""`examdesk watch`: the live table in the terminal, over the same API as the window."""

import argparse
import asyncio
import contextlib
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from examdesk.cli._json_out import write_json
from examdesk.cli._live_table import SORTS, Look, draw
from examdesk.cli._reaching import hub_of, who_am_i
from examdesk.staffapi.client import HubAddress, StaffClient, open_client
from examdesk.staffapi.messages import Changed, ExamView, GetExam, GetLive, HeldJoin, LiveRow
from shared.clock import Clock, SystemClock
from shared.problems import EnvironmentProblem, InputProblem

TICK_SECONDS = 1.0
AGAIN_SECONDS = 2.0
_FINGERPRINT = 64
_PRINTED_WIDTH = 132
_KEY = re.compile(r"\x1b\[[0-9]*[A-Za-z~]|.", re.DOTALL)
_ENTER = "\x1b[?1049h\x1b[?25l"
_LEAVE = "\x1b[?25h\x1b[?1049l"
_HOME = "\x1b[H"
_CLEAR_LINE = "\x1b[K"
_CLEAR_BELOW = "\x1b[J"


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> argparse.ArgumentParser:
    """Add the command's own parser."""
    parser = subparsers.add_parser(
        "watch",
        description="Follow a running exam in the terminal. Keys: q leaves, s sorts otherwise, arrows scroll. "
        "Where the output is no terminal the table is printed once.",
    )
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--data", metavar="DIR", help="the hub's folder on this computer, or its SQLAlchemy URL")
    where.add_argument("--hub-file", type=Path, metavar="FILE", help="a hub.json that another computer's hub wrote")
    parser.add_argument("--hub", metavar="HOST:PORT", help="where the hub is reached from here")
    parser.add_argument("--token", help="with --hub and --fingerprint: the token that the hub gave out")
    parser.add_argument("--fingerprint", metavar="HEX", help="SHA-256 of the hub's certificate, as it printed it")
    parser.add_argument("--sort", choices=SORTS, default="name", help="order of the rows (name)")
    parser.add_argument("--json", action="store_true", help="print rows as JSON lines: all, then those that change")
    return parser


def run(args: argparse.Namespace) -> int:
    """Watch until the person leaves."""
    hub = address_of(args)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_watch(hub, args, SystemClock()))
    return 0


def address_of(args: argparse.Namespace) -> HubAddress:
    """Return the hub that the arguments name.

    Raises:
        InputProblem: they name none, or not how to know it.
        EnvironmentProblem: no hub serves there.
    """
    if args.data or args.hub_file:
        return hub_of(args)
    if not args.hub or not args.token:
        raise InputProblem("Say which hub: --data DIR, --hub-file FILE, or --hub HOST:PORT with --token.")
    fingerprint = (args.fingerprint or "").replace(":", "").lower()
    if len(fingerprint) != _FINGERPRINT or set(fingerprint) - set("0123456789abcdef"):
        raise InputProblem(
            "Give --fingerprint, the 64 hexadecimal digits that the hub printed when it started. Without it another "
            "computer could pose as the hub and take the token. A hub.json has both: --hub-file FILE."
        )
    host, _, port = args.hub.rpartition(":")
    if not host or not port.isdecimal():
        raise InputProblem(f"{args.hub} is no address. Write it like 192.168.1.20:23926.")
    return HubAddress(host=host.strip("[]"), port=int(port), fingerprint=fingerprint, token=args.token)


class Table:
    """The rows as they came, by student, and the hub's time."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ahead_ms = 0
        self.rows: dict[str, LiveRow] = {}
        self.held: tuple[HeldJoin, ...] = ()
        self.exam: ExamView | None = None

    @property
    def now_ms(self) -> int:
        """The hub's time now."""
        return self._clock.mono_us() // 1000 + self._ahead_ms

    @property
    def title(self) -> str:
        """What stands on top."""
        if self.exam is None:
            return "ExamDesk"
        code = f"   code {self.exam.room_code}" if self.exam.room_code else ""
        desks = "desk" if self.exam.connected == 1 else "desks"
        return f"{self.exam.long_name}   {self.exam.phase}   {self.exam.connected} {desks} connected{code}"

    async def fetch(self, client: StaffClient, changed: Changed | None = None) -> list[LiveRow]:
        """Ask for what changed, everything without `changed`, and return the rows that differ from before."""
        partly = changed is not None and not set(changed.topics) & {"roster", "exam"}
        table = await client.ask(GetLive(sessions=changed.sessions if changed is not None and partly else None))
        if not partly or self.exam is None:
            self.exam = await client.ask(GetExam())
        self._ahead_ms = table.hub_ms - self._clock.mono_us() // 1000
        self.held = table.held
        differing = [row for row in table.rows if self.rows.get(row.student) != row]
        if not partly:
            self.rows = {row.student: row for row in table.rows}
        else:
            self.rows.update({row.student: row for row in table.rows})
        return differing


async def _watch(hub: HubAddress, args: argparse.Namespace, clock: Clock) -> None:
    client = await open_client(hub, who_am_i())
    table = Table(clock)
    try:
        rows = await table.fetch(client)
        if args.json:
            await _stream(client, table, rows)
        elif sys.stdout.isatty():
            client = await _Screen(hub, table, args.sort).follow(client)
        else:
            width = shutil.get_terminal_size(fallback=(_PRINTED_WIDTH, 0)).columns
            _print(draw(table.title, list(rows), table.held, table.now_ms, Look(width=width, sort=args.sort)))
    finally:
        await client.close()


def _print(lines: list[str]) -> None:
    sys.stdout.write("\n".join(lines) + "\n")


async def _stream(client: StaffClient, table: Table, rows: list[LiveRow]) -> None:
    """Print rows as JSON lines, each when it changes."""
    while True:
        for row in rows:
            write_json({"hub_ms": table.now_ms, **msgspec.to_builtins(row)})
        sys.stdout.flush()
        change = await client.next_change()
        if change is None:
            raise EnvironmentProblem(
                "The connection to the hub was lost. Your students go on; start again in a moment."
            )
        rows = await table.fetch(client, change)


class _Screen:
    """The table on a terminal, drawn again when something changed, each second, and when the window is resized."""

    def __init__(self, hub: HubAddress, table: Table, sort: str) -> None:
        self._hub = hub
        self._table = table
        self._sort = sort
        self._top = 0
        self._trouble = ""
        self._wake = asyncio.Event()
        self._leaving = False

    async def follow(self, client: StaffClient) -> StaffClient:
        """Draw until the person leaves; return the connection that is open then."""
        listening = asyncio.create_task(self._listen(client))
        sys.stdout.write(_ENTER)
        try:
            with keys(self._key):
                while not self._leaving:
                    self._draw()
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._wake.wait(), TICK_SECONDS)
                    self._wake.clear()
                    if listening.done():
                        client = await self._again(client)
                        listening = asyncio.create_task(self._listen(client))
        finally:
            sys.stdout.write(_LEAVE)
            sys.stdout.flush()
            listening.cancel()
        return client

    async def _listen(self, client: StaffClient) -> None:
        """Take changes until the connection is gone."""
        try:
            while (change := await client.next_change()) is not None:
                await self._table.fetch(client, change)
                self._wake.set()
        except EnvironmentProblem as problem:
            self._trouble = problem.sentence
        finally:
            self._wake.set()

    async def _again(self, client: StaffClient) -> StaffClient:
        """Connect again, however long it takes."""
        await client.close()
        while not self._leaving:
            self._trouble = "The connection to the hub was lost. Your students go on; trying again."
            self._draw()
            try:
                found = await open_client(self._hub, who_am_i())
                await self._table.fetch(found)
            except EnvironmentProblem:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), AGAIN_SECONDS)
                self._wake.clear()
                continue
            self._trouble = ""
            return found
        return client

    def _draw(self) -> None:
        size = shutil.get_terminal_size()
        look = Look(
            width=size.columns,
            height=size.lines - 1,
            sort=self._sort,
            top=self._top,
            colours="NO_COLOR" not in os.environ,
        )
        table = self._table
        lines = draw(table.title, list(table.rows.values()), table.held, table.now_ms, look)
        lines = [*lines[: size.lines - 1], self._trouble or f"q leaves   s sorts (now by {self._sort})"]
        drawn = f"{_CLEAR_LINE}\r\n".join(lines)
        sys.stdout.write(f"{_HOME}{drawn}{_CLEAR_LINE}{_CLEAR_BELOW}")
        sys.stdout.flush()

    def _key(self, pressed: str) -> None:
        page = max(shutil.get_terminal_size().lines - 8, 1)
        steps = {"\x1b[A": -1, "\x1b[B": 1, "k": -1, "j": 1, "\x1b[5~": -page, "\x1b[6~": page, " ": page}
        if pressed in ("q", "Q", "\x03", "\x04"):
            self._leaving = True
        elif pressed == "s":
            self._sort = SORTS[(SORTS.index(self._sort) + 1) % len(SORTS)]
        elif pressed in steps:
            self._top = max(0, min(self._top + steps[pressed], len(self._table.rows)))
        self._wake.set()


@contextlib.contextmanager
def keys(pressed: Callable[[str], None]) -> Iterator[None]:
    """Tell of each key while this lasts; on systems without termios only Ctrl-C is there."""
    try:
        import termios  # noqa: PLC0415 - not on Windows
        import tty  # noqa: PLC0415
    except ImportError:
        yield
        return
    if not sys.stdin.isatty():
        yield
        return
    number = sys.stdin.fileno()
    before = termios.tcgetattr(number)
    loop = asyncio.get_running_loop()

    def read() -> None:
        for key in _KEY.findall(os.read(number, 64).decode(errors="replace")):
            pressed(key)

    tty.setcbreak(number)
    loop.add_reader(number, read)
    try:
        yield
    finally:
        loop.remove_reader(number)
        termios.tcsetattr(number, termios.TCSADRAIN, before)
