"""What happens in a turtle's window: timers, and the keys and clicks that the desk sends while the picture is shown.

A line from the desk is `press KEY CHARACTER`, `release KEY CHARACTER`, `down BUTTON X Y`, `move BUTTON X Y` or
`up BUTTON X Y`, with Tk's names of keys, button 0 where none is held, and places as the turtle counts them: from the
middle, upwards. `examdesk` is put into this module by what loads it.
"""

from __future__ import annotations

import heapq
import itertools
import sys
import time
from collections.abc import Callable
from typing import Any

examdesk: Any = None

SLICE_SECONDS = 0.25
UNWATCHED_SECONDS = 3.0
FRAME_SECONDS = 1 / 60
MAX_DEPTH = 40
KEYS = (
    frozenset(
        [
            "Up",
            "Down",
            "Left",
            "Right",
            "Home",
            "End",
            "Prior",
            "Next",
            "Insert",
            "Delete",
            "BackSpace",
            "Return",
            "Escape",
            "space",
            "Shift_L",
            "Shift_R",
            "Caps_Lock",
            "KP_Enter",
            "KP_Add",
            "KP_Subtract",
            "KP_Multiply",
            "KP_Divide",
            "KP_Decimal",
            "exclam",
            "quotedbl",
            "numbersign",
            "dollar",
            "percent",
            "ampersand",
            "apostrophe",
            "quoteright",
            "parenleft",
            "parenright",
            "asterisk",
            "plus",
            "comma",
            "minus",
            "period",
            "slash",
            "colon",
            "semicolon",
            "less",
            "equal",
            "greater",
            "question",
            "at",
            "bracketleft",
            "backslash",
            "bracketright",
            "asciicircum",
            "underscore",
            "grave",
            "quoteleft",
            "braceleft",
            "bar",
            "braceright",
            "asciitilde",
            "adiaeresis",
            "odiaeresis",
            "udiaeresis",
            "Adiaeresis",
            "Odiaeresis",
            "Udiaeresis",
            "ssharp",
            "eacute",
            "egrave",
            "agrave",
            "ccedilla",
            "ntilde",
        ]
    )
    | {"KP_%d" % digit for digit in range(10)}  # noqa: UP031
    | {"KP_Up", "KP_Down", "KP_Left", "KP_Right"}
)
NOT_SENT = frozenset(
    [
        "Tab",
        "Control_L",
        "Control_R",
        "Alt_L",
        "Alt_R",
        "Meta_L",
        "Meta_R",
        "Super_L",
        "Super_R",
        "Win_L",
        "Win_R",
        "Menu",
        "Print",
        "Pause",
        "Num_Lock",
    ]
) | {"F%d" % number for number in range(1, 25)}  # noqa: UP031
CHARACTERS = {
    "space": " ", "exclam": "!", "quotedbl": '"', "numbersign": "#", "dollar": "$", "percent": "%", "ampersand": "&",
    "apostrophe": "'", "quoteright": "'", "parenleft": "(", "parenright": ")", "asterisk": "*", "plus": "+",
    "comma": ",", "minus": "-", "period": ".", "slash": "/", "colon": ":", "semicolon": ";", "less": "<", "equal": "=",
    "greater": ">", "question": "?", "at": "@", "bracketleft": "[", "backslash": "\\", "bracketright": "]",
    "asciicircum": "^", "underscore": "_", "grave": "`", "quoteleft": "`", "braceleft": "{", "bar": "|",
    "braceright": "}", "asciitilde": "~", "adiaeresis": "ä", "odiaeresis": "ö", "udiaeresis": "ü", "Adiaeresis": "Ä",
    "Odiaeresis": "Ö", "Udiaeresis": "Ü", "ssharp": "ß", "eacute": "é", "egrave": "è", "agrave": "à", "ccedilla": "ç",
    "ntilde": "ñ",
}  # fmt: skip


class BindingError(Exception):
    """What a program wants to be told of is nothing that happens in a window."""


class Happening:
    """A key or a click, as a handler gets it."""

    def __init__(self, word: str, values: list[str]) -> None:
        self.type = word
        self.x = self.y = self.x_root = self.y_root = 0.0
        self.num = self.keycode = self.delta = self.state = 0
        self.keysym = self.char = ""
        self.widget: Any = None
        if word in ("press", "release"):
            self.keysym = values[0]
            self.char = values[1] if len(values) > 1 and values[1] else CHARACTERS.get(self.keysym, "")
        else:
            self.num = int(values[0])
            self.x, self.y = float(values[1]), -float(values[2])
            self.x_root, self.y_root = self.x, self.y


def read(line: str) -> Happening | None:
    """Return what a line from the desk says; None for what is none."""
    word, *values = line.split("\t")
    try:
        return Happening(word, values) if word in ("press", "release", "down", "move", "up") else None
    except (ValueError, IndexError):
        return None


def pattern(sequence: str) -> tuple[str, str]:
    """Return the word and the key or button of a binding such as <KeyPress-Up> or <B1-Motion>.

    Raises:
        BindingError: there is no such thing.
    """
    inner = sequence[1:-1] if sequence[:1] == "<" and sequence[-1:] == ">" else "KeyPress-" + sequence
    parts = [part for part in inner.replace("--", "-minus").split("-") if part]
    held = ""
    while parts and parts[0] in ("B1", "B2", "B3", "Button1", "Button2", "Button3") and len(parts) > 1:
        held = parts.pop(0)[-1]
    kind, detail = (parts[0] if parts else ""), "-".join(parts[1:])
    if kind in ("Configure", "Destroy", "Enter", "Leave", "FocusIn", "FocusOut", "Map", "Expose", "Visibility"):
        return "", ""
    if kind == "Motion":
        return "move", held
    if kind in ("Button", "ButtonPress", "ButtonRelease") or (kind in ("1", "2", "3") and not detail):
        number = kind if kind.isdigit() else detail or held
        if number not in ("", "1", "2", "3", "4", "5"):
            raise BindingError('bad event type or keysym "%s"' % detail)  # noqa: UP031
        return ("up" if kind == "ButtonRelease" else "down"), number
    if kind in ("Key", "KeyPress", "KeyRelease"):
        return ("release" if kind == "KeyRelease" else "press"), _key(detail)
    return "press", _key(inner)


def _key(name: str) -> str:
    if len(name) <= 1 or name in KEYS:
        return name
    if name in NOT_SENT:
        _note("The key %s belongs to ExamDesk's window and can't reach a turtle here. Choose another key." % name)  # noqa: UP031
        return name
    similar = next((each for each in sorted(KEYS | NOT_SENT) if each.lower() == name.lower()), "")
    hint = " (the key is called %s)" % similar if similar else ""  # noqa: UP031
    raise BindingError('bad event type or keysym "%s"%s' % (name, hint))  # noqa: UP031


def _note(sentence: str) -> None:
    sys.stderr.write(sentence + "\n")


class Bindings:
    """Which functions of the program hear of what, for a whole canvas or for one of its items."""

    def __init__(self) -> None:
        self._functions: dict[tuple[Any, str, str], list[Callable[[Any], Any]]] = {}

    def bind(self, item: Any, sequence: str, function: Callable[[Any], Any] | None, add: Any = None) -> None:
        """Call `function` when this happens, besides the others with `add`; without one, no longer call any."""
        word, detail = pattern(sequence)
        if not word:
            return
        key = (item, word, detail)
        if function is None:
            self._functions.pop(key, None)
        elif add in (True, "+"):
            self._functions.setdefault(key, []).append(function)
        else:
            self._functions[key] = [function]

    def clear(self) -> None:
        """Forget all of them."""
        self._functions.clear()

    @property
    def words(self) -> frozenset[str]:
        """What the program wants to hear of: `keys`, `clicks`, and `moves` where no button is held."""
        heard = set()
        for _, word, detail in self._functions:
            heard.add("keys" if word in ("press", "release") else "clicks")
            if word == "move" and not detail:
                heard.add("moves")
        return frozenset(heard)

    def heard(self, item: Any, event: Happening) -> list[Callable[[Any], Any]]:
        """Return what is to be called, of the closest binding alone, as Tk has it."""
        names = [event.keysym, event.char, ""] if event.keysym else [str(event.num) if event.num else "", ""]
        for name in names:
            found = self._functions.get((item, event.type, name))
            if found:
                return list(found)
        return []


class Loop:
    """Timers and handlers, called while the program waits for its window or lets it come up to date."""

    def __init__(self) -> None:
        self.depth = 0
        self.open = True
        self.canvas: Any = None
        self._timers: list[tuple[float, int, Callable[[], Any]]] = []
        self._count = itertools.count()
        self._cancelled: set[int] = set()
        self._told: frozenset[str] = frozenset()
        self._updated = 0.0

    def after(self, ms: float, function: Callable[[], Any]) -> int:
        """Call `function` so much later, and return a number for `cancel`."""
        number = next(self._count)
        heapq.heappush(self._timers, (time.monotonic() + max(0.0, ms) / 1000, number, function))
        return number

    def cancel(self, number: Any) -> None:
        """Don't call that function after all."""
        if any(waiting[1] == number for waiting in self._timers):
            self._cancelled.add(number)

    @property
    def live(self) -> bool:
        """Whether the program does something with its window, so that time passes there as on a screen."""
        return bool(examdesk.watched) and self.open and (bool(self._timers) or self._words() != frozenset())

    def _words(self) -> frozenset[str]:
        return self.canvas.bindings.words if self.canvas is not None and self.open else frozenset()

    def tell(self) -> None:
        """Say to the desk what the program wants to hear of, when that is another than before."""
        words = self._words()
        if words != self._told:
            self._told = words
            examdesk.listens(words)

    def close(self, *_args: Any) -> None:
        """The window is closed: nothing more happens in it."""
        self.open = False
        self._timers.clear()
        if self.canvas is not None:
            self.canvas.bindings.clear()
        self.tell()

    def mainloop(self, *_args: Any) -> None:
        """Wait for timers, keys and clicks until the window is closed or nothing can happen any more."""
        if self.canvas is not None:
            self.canvas.update_idletasks()
        if not examdesk.watched:
            self._run_unwatched()
            return
        self.depth += 1
        try:
            while self.live:
                self.turn(SLICE_SECONDS)
        finally:
            self.depth -= 1
            examdesk.finish()

    def _run_unwatched(self) -> None:
        """Run the timers for a while where nobody can press a key or close the window, as in a question's checks."""
        end = time.monotonic() + UNWATCHED_SECONDS
        while self._timers and self._timers[0][0] <= end:
            time.sleep(max(0.0, self._timers[0][0] - time.monotonic()))
            self._call_timers()
        self._timers.clear()
        examdesk.finish()

    def update(self) -> None:
        """Handle what has happened; a loop that does nothing but this goes on 60 times a second."""
        if self.depth >= MAX_DEPTH or not self.live:
            return
        self.depth += 1
        try:
            rest = self._updated + FRAME_SECONDS - time.monotonic()
            self.turn(max(0.0, rest))
            self._updated = time.monotonic()
        finally:
            self.depth -= 1

    def rest(self, ms: float) -> None:
        """Let time pass, as between two steps of a turtle."""
        if self.live:
            examdesk.rest(min(ms / 1000, 10.0))

    def turn(self, seconds: float) -> None:
        """Wait so long at most for the next thing to happen, and handle what has."""
        now = time.monotonic()
        if self._timers:
            seconds = max(0.0, min(seconds, self._timers[0][0] - now))
        for line in examdesk.happened(seconds):
            event = read(line)
            if event is not None and self.canvas is not None and self.open:
                self.canvas.happened(event)
        self._call_timers()

    def _call_timers(self) -> None:
        """Call those whose time has come, but none twice."""
        now = time.monotonic()
        for _ in range(len(self._timers)):
            if not self._timers or self._timers[0][0] > now:
                break
            _, number, function = heapq.heappop(self._timers)
            if number in self._cancelled:
                self._cancelled.discard(number)
            else:
                self.call(function)

    def call(self, function: Callable[..., Any], *values: Any) -> None:
        """Call something of the program's; its mistake is shown, and the window goes on, as Tk has it."""
        try:
            function(*values)
        except Exception as error:
            if not self.open and type(error).__name__ == "Terminator":
                return  # it drew on after its window was closed
            if not examdesk.complain(error):
                raise


LOOP = Loop()
