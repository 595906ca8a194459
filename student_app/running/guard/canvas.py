"""What Python's turtle needs of tkinter, without a screen: a canvas that keeps its items and draws them as SVG.

Python's own `turtle` runs on it unchanged, so all of it works as the books say; what happens in the window is told by
`window.py`. `examdesk` is put into this module by what loads it.
"""

from __future__ import annotations

import itertools
import math
import sys
import types
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from student_app.running.guard import window
else:
    import examdesk_window as window  # put there by what loads this module

examdesk: Any = None
LOOP = window.LOOP
mainloop = LOOP.mainloop

SUNKEN, HORIZONTAL, ROUND = "sunken", "horizontal", "round"
SCREEN = (1200, 900)
MARGIN = 12.0
MAX_SIDE = 20_000.0
NEAR = 3.0
NAME = "Turtle"
TkVersion = 8.6


class TclError(Exception):
    """A mistake in what was asked of the canvas, such as a colour that does not exist."""


class _Widget:
    """What all parts of a window have; places and scroll bars mean nothing here."""

    tk: Any = None

    def __init__(self, master: Any = None, **options: Any) -> None:
        self.master = master
        self._options = dict(options)

    def config(self, **options: Any) -> None:
        """Set options."""
        self._options.update({name: value for name, value in options.items() if value is not None})

    configure = config

    def cget(self, name: str) -> Any:
        """Return an option."""
        return self._options.get({"background": "bg"}.get(name, name), "")

    def winfo_toplevel(self) -> Any:
        """Return the window."""
        return self if self.master is None else self.master.winfo_toplevel()

    def nothing(self, *_args: Any, **_options: Any) -> None:
        """Do nothing: there is no screen."""

    grid = grid_forget = pack = bind = unbind = focus_force = focus_set = focus = nothing
    rowconfigure = columnconfigure = set = destroy = nothing


class Frame(_Widget):
    """A part of the window."""


class Scrollbar(_Widget):
    """A scroll bar that nobody sees."""


class PhotoImage(_Widget):
    """A picture from a file; it is not drawn."""

    blank = put = copy = zoom = subsample = _Widget.nothing

    def width(self) -> int:
        """Return how wide it is drawn: not at all."""
        return 0

    height = width


class Tk(_Widget):
    """The window: its size is what the program set."""

    def __init__(self, *_args: Any, **_options: Any) -> None:
        super().__init__()
        self.size = (SCREEN[0] // 2, SCREEN[1] * 3 // 4)
        LOOP.open = True

    def geometry(self, text: str = "") -> None:
        """Set the size, as 600x400+10+10."""
        width, _, rest = text.partition("x")
        height = rest.replace("-", "+").partition("+")[0]
        try:
            self.size = (max(1, round(float(width))), max(1, round(float(height))))
        except ValueError:
            return

    def winfo_screenwidth(self) -> int:
        """Return how wide the screen would be."""
        return SCREEN[0]

    def winfo_screenheight(self) -> int:
        """Return how high the screen would be."""
        return SCREEN[1]

    def destroy(self, *_args: Any, **_options: Any) -> None:
        """Close the window."""
        LOOP.close()

    quit = destroy
    mainloop = staticmethod(LOOP.mainloop)
    title = wm_title = wm_protocol = protocol = resizable = _Widget.nothing
    attributes = wm_attributes = call = iconbitmap = _Widget.nothing


class _Item:
    """Something on the canvas."""

    def __init__(self, kind: str, coords: list[float], options: dict[str, Any]) -> None:
        self.kind = kind
        self.coords = coords
        self.options = options

    def bounds(self) -> tuple[float, float, float, float] | None:
        """Return the rectangle around it; None for what is not seen."""
        if not self.coords or not self.seen():
            return None
        xs, ys = self.coords[0::2], self.coords[1::2]
        half = _number(self.options.get("width", 1)) / 2
        left, top, right, bottom = min(xs) - half, min(ys) - half, max(xs) + half, max(ys) + half
        if self.kind == "text":
            wide, high = self.text_size()
            left -= {"sw": 0.0, "s": wide / 2, "se": wide}.get(str(self.options.get("anchor")), wide / 2)
            top, right = top - high, left + wide
        return left, top, right, bottom

    def covers(self, x: float, y: float) -> bool:
        """Tell whether a click here is one on it."""
        box = self.bounds()
        if box is None or not (box[0] - NEAR <= x <= box[2] + NEAR and box[1] - NEAR <= y <= box[3] + NEAR):
            return False
        if self.kind == "text":
            return True
        points = list(zip(self.coords[0::2], self.coords[1::2]))  # noqa: B905
        if self.kind == "polygon" and self.options.get("fill") and _is_inside(points, x, y):
            return True
        around = [*points, points[0]] if self.kind == "polygon" else points
        reach = _number(self.options.get("width", 1)) / 2 + NEAR
        return any(_distance(a, b, x, y) <= reach for a, b in zip(around, around[1:]))  # noqa: B905, RUF007

    def seen(self) -> bool:
        """Tell whether it leaves a trace."""
        if self.kind == "text":
            return bool(self.options.get("text"))
        return bool(self.options.get("fill") or self.options.get("outline")) and len(self.coords) >= 4

    def font(self) -> tuple[str, float, str]:
        """Return family, size and style of a text."""
        font = self.options.get("font") or ("Arial", 8, "normal")
        parts = list(font) if isinstance(font, (tuple, list)) else [str(font)]
        parts += ["Arial", 8, "normal"][len(parts) :]
        return str(parts[0]), abs(_number(parts[1])) or 8.0, " ".join(map(str, parts[2:]))

    def text_size(self) -> tuple[float, float]:
        """Return about how wide and high a text is."""
        lines = str(self.options.get("text", "")).split("\n")
        size = self.font()[1]
        return max(map(len, lines)) * size * 0.72, len(lines) * size * 1.6


def _note(sentence: str) -> None:
    sys.stderr.write(sentence + "\n")


_Widget.tk = LOOP


class Canvas(_Widget):
    """Items in the order in which they are seen, the topmost last."""

    def __init__(self, master: Any = None, **options: Any) -> None:
        super().__init__(master, **options)
        self._items: dict[int, _Item] = {}
        self._numbers = itertools.count(1)
        self._held: int | None = None
        self.bindings = window.Bindings()
        LOOP.canvas = self

    # Items

    def create_line(self, *coords: Any, **options: Any) -> int:
        """Add a line through points."""
        return self._add("line", coords, options)

    def create_polygon(self, *coords: Any, **options: Any) -> int:
        """Add a filled shape."""
        return self._add("polygon", coords, options)

    def create_text(self, *coords: Any, **options: Any) -> int:
        """Add a text."""
        return self._add("text", coords, options)

    def create_image(self, *coords: Any, **options: Any) -> int:
        """Add a picture, which is not drawn."""
        return self._add("image", coords, options)

    def coords(self, item: Any, *coords: Any) -> list[float]:
        """Return an item's points, or set them."""
        found = self._items.get(item)
        if found is None:
            return []
        if coords:
            found.coords = _flat(coords)
        return list(found.coords)

    def itemconfigure(self, item: Any, **options: Any) -> None:
        """Set an item's options."""
        if item in self._items:
            self._items[item].options.update(options)

    itemconfig = itemconfigure

    def itemcget(self, item: Any, name: str) -> Any:
        """Return an item's option."""
        return self._items[item].options.get(name, "") if item in self._items else ""

    def type(self, item: Any) -> str | None:
        """Return what kind of item it is."""
        return self._items[item].kind if item in self._items else None

    def delete(self, *items: Any) -> None:
        """Remove items, or `all` of them."""
        for item in items:
            if item == "all":
                self._items.clear()
            self._items.pop(item, None)

    def tag_raise(self, item: Any, *_above: Any) -> None:
        """Bring an item to the front."""
        if item in self._items:
            self._items[item] = self._items.pop(item)

    def tag_lower(self, item: Any, *_below: Any) -> None:
        """Put an item behind all others."""
        if item in self._items:
            self._items = {item: self._items.pop(item), **self._items}

    def find_all(self) -> tuple[int, ...]:
        """Return all items, the topmost last."""
        return tuple(self._items)

    def bbox(self, *items: Any) -> tuple[int, int, int, int] | None:
        """Return the rectangle around items, in whole numbers."""
        wanted = self._items.values() if "all" in items else (self._items[i] for i in items if i in self._items)
        found = _around(list(wanted))
        return None if found is None else tuple(map(round, found))  # type: ignore[return-value]

    # Window

    def winfo_width(self) -> int:
        """Return the window's width."""
        return int(self.winfo_toplevel().size[0])

    def winfo_height(self) -> int:
        """Return the window's height."""
        return int(self.winfo_toplevel().size[1])

    def winfo_rgb(self, colour: Any) -> tuple[int, int, int]:
        """Return red, green and blue, each up to 65535; TclError for what is no colour."""
        found = rgb(str(colour))
        if found is None:
            raise TclError('unknown color name "%s"' % colour)  # noqa: UP031
        return found[0] * 257, found[1] * 257, found[2] * 257

    def canvasx(self, x: float) -> float:
        """Return a place on the canvas; the window is not scrolled."""
        return x

    canvasy = canvasx

    def after(self, ms: Any, function: Callable[..., Any] | None = None, *values: Any) -> Any:
        """Call a function later, or let time pass; that takes none unless the program uses keys, clicks or timers."""
        if function is None:
            return LOOP.rest(_number(ms))
        return LOOP.after(_number(ms), lambda: function(*values))

    def after_idle(self, function: Callable[..., Any], *values: Any) -> Any:
        """Call a function as soon as the program waits for the window."""
        return LOOP.after(0, lambda: function(*values))

    def after_cancel(self, number: Any) -> None:
        """Don't call a function after all."""
        LOOP.cancel(number)

    def bind(self, sequence: Any = None, function: Any = None, add: Any = None) -> None:
        """Call a function when a key is pressed or the window is clicked."""
        self._bind(None, sequence, function, add)

    def unbind(self, sequence: Any, *_args: Any) -> None:
        """Call nothing any more when that happens."""
        self._bind(None, sequence, None)

    def tag_bind(self, item: Any, sequence: Any = None, function: Any = None, add: Any = None) -> None:
        """Call a function when an item is clicked."""
        self._bind(item, sequence, function, add)

    def tag_unbind(self, item: Any, sequence: Any, *_args: Any) -> None:
        """Call nothing any more when that happens to the item."""
        self._bind(item, sequence, None)

    def _bind(self, item: Any, sequence: Any, function: Any, add: Any = None) -> None:
        try:
            self.bindings.bind(item, str(sequence), function, add)
        except window.BindingError as error:
            raise TclError(str(error)) from None
        LOOP.tell()

    def happened(self, event: window.Happening) -> None:
        """Call what the program bound to this, for the item under the mouse first."""
        event.widget = self
        if event.type == "down":
            self._held = self._at(event.x, event.y)
        item = self._held if event.num else self._at(event.x, event.y) if event.type == "move" else None
        if event.type == "up":
            self._held = None
        called = self.bindings.heard(item, event) if item is not None else []
        for function in called + self.bindings.heard(None, event):
            LOOP.call(function, event)

    def _at(self, x: float, y: float) -> int | None:
        """Return the topmost item at a place."""
        for number in reversed(self._items):
            if self._items[number].covers(x, y):
                return number
        return None

    def update(self) -> None:
        """Let the desk see what is drawn, and handle keys, clicks and timers."""
        self.update_idletasks()
        LOOP.update()

    def update_idletasks(self) -> None:
        """Let the desk see what is drawn."""
        if self._items or LOOP.live:
            examdesk.show(NAME, "svg", self.svg, now=False)

    def postscript(self, **_options: Any) -> str:
        """Say where the picture is: PostScript is not written here."""
        _note("A turtle's picture is shown in the console, where it can be saved; PostScript is not written here.")
        return ""

    xview = yview = xview_moveto = yview_moveto = _Widget.nothing

    def _add(self, kind: str, coords: Any, options: dict[str, Any]) -> int:
        number = next(self._numbers)
        self._items[number] = _Item(kind, _flat(coords), options)
        return number

    # The picture

    def svg(self) -> bytes:
        """Return all that is seen, at least as large as the window."""
        width, height = float(self.winfo_width()), float(self.winfo_height())
        left, top, right, bottom = -width / 2, -height / 2, width / 2, height / 2
        around = _around(list(self._items.values()))
        if around is not None:
            left, top = min(left, around[0] - MARGIN), min(top, around[1] - MARGIN)
            right, bottom = max(right, around[2] + MARGIN), max(bottom, around[3] + MARGIN)
        left, top = max(left, -MAX_SIDE), max(top, -MAX_SIDE)
        wide, high = min(right, MAX_SIDE) - left, min(bottom, MAX_SIDE) - top
        paper = _hex(str(self.cget("bg") or "white")) or "#ffffff"
        parts = [
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="%s %s %s %s" width="%s" height="%s">'  # noqa: UP031
            % (_f(left), _f(top), _f(wide), _f(high), _f(wide), _f(high)),
            '<rect x="%s" y="%s" width="%s" height="%s" fill="%s"/>'  # noqa: UP031
            % (_f(left), _f(top), _f(wide), _f(high), paper),
        ]
        parts += [_drawn(item) for item in self._items.values() if item.seen()]
        return "\n".join([*parts, "</svg>\n"]).encode("utf-8", "replace")


def _drawn(item: _Item) -> str:
    points = " ".join("%s,%s" % (_f(x), _f(y)) for x, y in zip(item.coords[0::2], item.coords[1::2]))  # noqa: B905, UP031
    width = _f(_number(item.options.get("width", 1)))
    fill, outline = (_hex(str(item.options.get(name) or "")) for name in ("fill", "outline"))
    if item.kind == "line":
        return (
            '<polyline points="%s" fill="none" stroke="%s" stroke-width="%s" stroke-linecap="round" '  # noqa: UP031
            'stroke-linejoin="round"/>' % (points, fill or "#000000", width)
        )
    if item.kind == "polygon":
        stroke = ' stroke="%s" stroke-width="%s"' % (outline, width) if outline else ""  # noqa: UP031
        return '<polygon points="%s" fill="%s"%s/>' % (points, fill or "none", stroke)  # noqa: UP031
    return _written(item, fill or "#000000") if item.kind == "text" else ""


def _written(item: _Item, fill: str) -> str:
    family, size, style = item.font()
    anchor = {"sw": "start", "s": "middle", "se": "end"}.get(str(item.options.get("anchor")), "middle")
    looks = ' font-weight="bold"' if "bold" in style else ""
    looks += ' font-style="italic"' if "italic" in style else ""
    pixels, lines = size * 1.33, str(item.options.get("text", "")).split("\n")
    written = []
    for number, line in enumerate(lines):
        y = item.coords[1] - pixels * 0.22 - (len(lines) - 1 - number) * pixels * 1.2
        written.append(
            '<text x="%s" y="%s" fill="%s" font-family="%s" font-size="%s" text-anchor="%s"%s>%s</text>'  # noqa: UP031
            % (_f(item.coords[0]), _f(y), fill, _escape(family), _f(pixels), anchor, looks, _escape(line))
        )
    return "\n".join(written)


def _escape(text: str) -> str:
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def _around(items: list[_Item]) -> tuple[float, float, float, float] | None:
    found = [bounds for bounds in (item.bounds() for item in items) if bounds is not None]
    if not found:
        return None
    lefts, tops, rights, bottoms = zip(*found)  # noqa: B905
    return min(lefts), min(tops), max(rights), max(bottoms)


def _is_inside(points: list[tuple[float, float]], x: float, y: float) -> bool:
    """Count how often a ray to the right crosses the outline."""
    inside = False
    for (ax, ay), (bx, by) in zip(points, [*points[1:], points[0]]):  # noqa: B905
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            inside = not inside
    return inside


def _distance(a: tuple[float, float], b: tuple[float, float], x: float, y: float) -> float:
    """Return how far a place is from the line between two points."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = dx * dx + dy * dy
    along = 0.0 if length == 0 else min(1.0, max(0.0, ((x - a[0]) * dx + (y - a[1]) * dy) / length))
    return math.hypot(a[0] + along * dx - x, a[1] + along * dy - y)


def _flat(coords: Any) -> list[float]:
    flat: list[float] = []
    for each in coords:
        flat += _flat(each) if isinstance(each, (tuple, list)) else [_number(each)]
    return flat


def _number(value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise TclError('expected a number but got "%s"' % (value,)) from None  # noqa: UP031
    return number if abs(number) < 1e9 else 0.0  # also for what is not a number


def _f(value: float) -> str:
    return ("%.2f" % value).rstrip("0").rstrip(".")  # noqa: UP031


# Dialogs: a turtle's window asks in the console

simpledialog = types.ModuleType("tkinter.simpledialog")


def _askstring(title: str, prompt: str, **_options: Any) -> str | None:
    try:
        return input("%s: %s " % (title, prompt) if title else "%s " % prompt)  # noqa: UP031
    except EOFError:
        return None


def _askfloat(title: str, prompt: str, **options: Any) -> float | None:
    text = _askstring(title, prompt)
    if text is None or not text.strip():
        return options.get("initialvalue")
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        _note("That is not a number.")
        return _askfloat(title, prompt, **options)
    low, high = options.get("minvalue"), options.get("maxvalue")
    if (low is not None and value < low) or (high is not None and value > high):
        _note("Type a number from %s to %s." % (low, high))  # noqa: UP031
        return _askfloat(title, prompt, **options)
    return value


simpledialog.askstring = _askstring  # type: ignore[attr-defined]
simpledialog.askfloat = _askfloat  # type: ignore[attr-defined]


# Colours: the names of Tk, from those of CSS and X11

_TABLE = """
aliceblue f0f8ff antiquewhite faebd7 aqua 00ffff aquamarine 7fffd4 azure f0ffff beige f5f5dc bisque ffe4c4 black
000000 blanchedalmond ffebcd blue 0000ff blueviolet 8a2be2 brown a52a2a burlywood deb887 cadetblue 5f9ea0 chartreuse
7fff00 chocolate d2691e coral ff7f50 cornflowerblue 6495ed cornsilk fff8dc crimson dc143c cyan 00ffff darkblue
00008b darkcyan 008b8b darkgoldenrod b8860b darkgray a9a9a9 darkgreen 006400 darkgrey a9a9a9 darkkhaki bdb76b
darkmagenta 8b008b darkolivegreen 556b2f darkorange ff8c00 darkorchid 9932cc darkred 8b0000 darksalmon e9967a
darkseagreen 8fbc8f darkslateblue 483d8b darkslategray 2f4f4f darkslategrey 2f4f4f darkturquoise 00ced1 darkviolet
9400d3 deeppink ff1493 deepskyblue 00bfff dimgray 696969 dimgrey 696969 dodgerblue 1e90ff firebrick b22222
floralwhite fffaf0 forestgreen 228b22 fuchsia ff00ff gainsboro dcdcdc ghostwhite f8f8ff gold ffd700 goldenrod daa520
gray bebebe green 00ff00 greenyellow adff2f grey bebebe honeydew f0fff0 hotpink ff69b4 indianred cd5c5c indigo
4b0082 ivory fffff0 khaki f0e68c lavender e6e6fa lavenderblush fff0f5 lawngreen 7cfc00 lemonchiffon fffacd lightblue
add8e6 lightcoral f08080 lightcyan e0ffff lightgoldenrod eedd82 lightgoldenrodyellow fafad2 lightgray d3d3d3
lightgreen 90ee90 lightgrey d3d3d3 lightpink ffb6c1 lightsalmon ffa07a lightseagreen 20b2aa lightskyblue 87cefa
lightslateblue 8470ff lightslategray 778899 lightslategrey 778899 lightsteelblue b0c4de lightyellow ffffe0 lime
00ff00 limegreen 32cd32 linen faf0e6 magenta ff00ff maroon b03060 mediumaquamarine 66cdaa mediumblue 0000cd
mediumorchid ba55d3 mediumpurple 9370db mediumseagreen 3cb371 mediumslateblue 7b68ee mediumspringgreen 00fa9a
mediumturquoise 48d1cc mediumvioletred c71585 midnightblue 191970 mintcream f5fffa mistyrose ffe4e1 moccasin ffe4b5
navajowhite ffdead navy 000080 navyblue 000080 oldlace fdf5e6 olive 808000 olivedrab 6b8e23 orange ffa500 orangered
ff4500 orchid da70d6 palegoldenrod eee8aa palegreen 98fb98 paleturquoise afeeee palevioletred db7093 papayawhip
ffefd5 peachpuff ffdab9 peru cd853f pink ffc0cb plum dda0dd powderblue b0e0e6 purple a020f0 red ff0000 rosybrown
bc8f8f royalblue 4169e1 saddlebrown 8b4513 salmon fa8072 sandybrown f4a460 seagreen 2e8b57 seashell fff5ee sienna
a0522d silver c0c0c0 skyblue 87ceeb slateblue 6a5acd slategray 708090 slategrey 708090 snow fffafa springgreen
00ff7f steelblue 4682b4 tan d2b48c teal 008080 thistle d8bfd8 tomato ff6347 turquoise 40e0d0 violet ee82ee violetred
d02090 wheat f5deb3 white ffffff whitesmoke f5f5f5 yellow ffff00 yellowgreen 9acd32
"""
_NAMES = _TABLE.split()
_COLOURS = dict(zip(_NAMES[0::2], _NAMES[1::2]))  # noqa: B905
_SHADES = {"1": 1.0, "2": 0.932, "3": 0.804, "4": 0.548}


def rgb(name: str) -> tuple[int, int, int] | None:
    """Return red, green and blue, each up to 255, of a name or #rgb, #rrggbb, #rrrgggbbb, #rrrrggggbbbb."""
    plain = name.strip().lower().replace(" ", "")
    if plain.startswith("#"):
        digits = plain[1:]
        if len(digits) not in (3, 6, 9, 12) or not set(digits) <= set("0123456789abcdef"):
            return None
        step = len(digits) // 3
        values = [int((digits[at : at + step] * 2)[:2], 16) for at in range(0, len(digits), step)]
        return values[0], values[1], values[2]
    grey = plain[4:]
    if plain[:4] in ("gray", "grey") and grey.isdecimal() and int(grey) <= 100:
        value = round(int(grey) * 2.55)
        return value, value, value
    shade = _SHADES.get(plain[-1:]) if plain not in _COLOURS else 1.0
    found = _COLOURS.get(plain if plain in _COLOURS else plain[:-1])
    if found is None or shade is None:
        return None
    red, green, blue = (round(int(found[at : at + 2], 16) * shade) for at in (0, 2, 4))
    return red, green, blue


def _hex(name: str) -> str:
    found = rgb(name) if name else None
    return "" if found is None else "#%02x%02x%02x" % found  # noqa: UP031
