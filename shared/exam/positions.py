"""On which line of a TOML text each key, table and list element stands.

The text has to be valid TOML (the standard library's parser decides that); this only finds places in it.
"""

from bisect import bisect_right

Path = tuple[str | int, ...]
"""Keys and list positions (from 0) that lead to a value."""

_BARE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")
_SHORT_ESCAPES = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", "e": "\x1b", '"': '"', "\\": "\\"}
_HEX_ESCAPES = {"x": 2, "u": 4, "U": 8}


def lines_of(source: str) -> dict[Path, int]:
    """Map each path of this valid TOML text to its line, counted from 1."""
    scanner = _Scanner(source)
    scanner.scan()
    return scanner.lines


def headers_of(source: str) -> list[tuple[int, Path]]:
    """The table headers of this valid TOML text in order: line from 1, and path with positions of list elements."""
    scanner = _Scanner(source)
    scanner.scan()
    return scanner.headers


def line_at(lines: dict[Path, int], path: Path) -> int | None:
    """The line of `path`, or of the nearest table around it that has one."""
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return None


class _Scanner:
    """Walks over the text once; `lines` and `headers` grow as it goes."""

    def __init__(self, source: str) -> None:
        self.lines: dict[Path, int] = {}
        self.headers: list[tuple[int, Path]] = []
        self._text = source
        self._at = 0
        self._starts = [0, *(at + 1 for at, char in enumerate(source) if char == "\n")]
        self._lists: dict[Path, int] = {}

    def scan(self) -> None:
        """Read headers and pairs to the end of the text."""
        table: Path = ()
        self._skip_blank()
        while self._at < len(self._text):
            if self._peek() == "[":
                table = self._header()
            else:
                self._pair(table)
            self._skip_blank()

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _note(self, path: Path, at: int) -> None:
        self.lines.setdefault(path, bisect_right(self._starts, at))

    def _skip_blank(self) -> None:
        """Pass white space, line ends and comments."""
        while self._at < len(self._text):
            char = self._text[self._at]
            if char == "#":
                end = self._text.find("\n", self._at)
                self._at = len(self._text) if end < 0 else end
            elif char in " \t\r\n":
                self._at += 1
            else:
                return

    def _header(self) -> Path:
        """`[a.b]` or `[[a.b]]`: the path of the table that follows."""
        at = self._at
        is_list = self._text.startswith("[[", at)
        self._at += 2 if is_list else 1
        parts = self._key()
        self._skip_blank()
        self._at += 2 if is_list else 1
        path: Path = ()
        for position, part in enumerate(parts):
            path = (*path, part)
            self._note(path, at)
            if is_list and position == len(parts) - 1:
                self._lists[path] = self._lists.get(path, 0) + 1
            if path in self._lists:
                path = (*path, self._lists[path] - 1)
                self._note(path, at)
        self.headers.append((bisect_right(self._starts, at), path))
        return path

    def _pair(self, table: Path) -> None:
        """`key = value`, also within an inline table."""
        at = self._at
        path = table
        for part in self._key():
            path = (*path, part)
            self._note(path, at)
        self._skip_blank()
        self._at += 1
        self._skip_blank()
        self._value(path)

    def _key(self) -> list[str]:
        """A bare, quoted or dotted key."""
        parts = []
        while True:
            self._skip_blank()
            parts.append(self._string() if self._peek() in ("'", '"') else self._bare())
            self._skip_blank()
            if self._peek() != ".":
                return parts
            self._at += 1

    def _bare(self) -> str:
        start = self._at
        while self._peek() in _BARE and self._at < len(self._text):
            self._at += 1
        if self._at == start:
            self._at += 1  # never stand still, whatever the text
        return self._text[start : self._at]

    def _value(self, path: Path) -> None:
        char = self._peek()
        if char in ('"', "'"):
            if self._text.startswith(char * 3, self._at):
                self._long_string(char)
            else:
                self._string()
        elif char == "[":
            self._list(path)
        elif char == "{":
            self._inline_table(path)
        else:
            self._at += 1  # never stand still, whatever the text
            while self._at < len(self._text) and self._peek() not in ",]}\n#":
                self._at += 1

    def _list(self, path: Path) -> None:
        self._at += 1
        count = 0
        self._skip_blank()
        while self._at < len(self._text) and self._peek() != "]":
            self._note((*path, count), self._at)
            self._value((*path, count))
            count += 1
            self._skip_comma()
        self._at += 1

    def _inline_table(self, path: Path) -> None:
        self._at += 1
        self._skip_blank()
        while self._at < len(self._text) and self._peek() != "}":
            self._pair(path)
            self._skip_comma()
        self._at += 1

    def _skip_comma(self) -> None:
        self._skip_blank()
        if self._peek() == ",":
            self._at += 1
            self._skip_blank()

    def _string(self) -> str:
        """A string on one line, in either quotes; what it says."""
        quote = self._peek()
        self._at += 1
        said = []
        while self._at < len(self._text) and self._peek() != quote:
            char = self._peek()
            self._at += 1
            said.append(self._escape() if char == "\\" and quote == '"' else char)
        self._at += 1
        return "".join(said)

    def _escape(self) -> str:
        """What follows a backslash."""
        letter = self._peek()
        self._at += 1
        digits = _HEX_ESCAPES.get(letter)
        if digits is None:
            return _SHORT_ESCAPES.get(letter, letter)
        code = self._text[self._at : self._at + digits]
        self._at += digits
        return chr(int(code, 16))

    def _long_string(self, quote: str) -> None:
        """A string in three quotes; up to two more quotes may stand before its end."""
        self._at += 3
        while self._at < len(self._text) and not self._text.startswith(quote * 3, self._at):
            self._at += 2 if quote == '"' and self._peek() == "\\" else 1
        self._at += 3
        for _ in range(2):
            if self._peek() == quote:
                self._at += 1
