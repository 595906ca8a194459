"""Fonts for every name: those that come with ExamDesk, then this computer's own, and never an empty box.

A letter that no font has is written as its number, `[U+0915]`.
"""

import functools
import importlib.resources
import sys
from pathlib import Path

import msgspec
from fontTools import subset  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont, TTLibError  # type: ignore[import-untyped]

from examdesk.exports.cells import FORMATTING

_MARKS = frozenset("\u200c\u200d\ufe0e\ufe0f")
_PUNCTUATION = frozenset("\u2013\u2014\u2018\u2019\u201c\u201d\u2026\u2022\u20ac\u2192\u25a1")
_SHAPED_FROM = 0x0300
_CJK_FROM, _CJK_TO = 0x2E80, 0xD7A4
_SYSTEM_FOLDERS = {
    "win32": ("C:/Windows/Fonts",),
    "darwin": ("/System/Library/Fonts/Supplemental", "/System/Library/Fonts", "/Library/Fonts"),
}
_LINUX_FOLDERS = (
    "/usr/share/fonts/truetype",
    "/usr/share/fonts/opentype",
    "/usr/share/fonts",
    "/usr/local/share/fonts",
)
_SYSTEM_FONTS = (
    "Nirmala.ttf", "LeelawUI.ttf", "ebrima.ttf", "gadugi.ttf", "mmrtext.ttf", "himalaya.ttf", "segoeui.ttf",
    "Arial Unicode.ttf", "Khmer Sangam MN.ttf", "Lao Sangam MN.ttf",
    "NotoSansDevanagari-Regular.ttf", "NotoSansBengali-Regular.ttf", "NotoSansTamil-Regular.ttf",
    "NotoSansTelugu-Regular.ttf", "NotoSansGujarati-Regular.ttf", "NotoSansGurmukhi-Regular.ttf",
    "NotoSansKannada-Regular.ttf", "NotoSansMalayalam-Regular.ttf", "NotoSansSinhala-Regular.ttf",
    "NotoSansThai-Regular.ttf", "NotoSansKhmer-Regular.ttf", "NotoSansMyanmar-Regular.ttf",
    "NotoSansEthiopic-Regular.ttf", "NotoSansTibetan-Regular.ttf", "NotoSansLao-Regular.ttf", "FreeSans.ttf",
)  # fmt: skip


class Face(msgspec.Struct, frozen=True):
    """A font's file, and the name by which documents know it."""

    name: str
    path: Path


def bundled(file: str) -> Path:
    """Return the file of a font that comes with ExamDesk."""
    return Path(str(importlib.resources.files("examdesk.exports.pdf") / "fonts" / file))


def mono() -> Path:
    """Return the file of the font for code."""
    return Path(str(importlib.resources.files("shared.look") / "fonts" / "ExamDeskMono-Regular.ttf"))


SANS = Face("sans", bundled("DejaVuSans.ttf"))
BOLD = Face("sans", bundled("DejaVuSans-Bold.ttf"))
_COMMON = frozenset((*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x2010, 0x2027), 0x20AC, 0x2192, 0x25A1, 0xFFFD))
"""Letters of most names of Europe and the Americas, and the punctuation that we write."""


class Faces(msgspec.Struct, frozen=True):
    """The files of a document's fonts; `letters` are those that its text fonts have, all that there are for None."""

    sans: Path
    bold: Path
    mono: Path
    letters: frozenset[int] | None = None

    def has(self, text: str) -> bool:
        """Whether the text fonts have as much of a text as the whole ones do."""
        return self.letters is None or all(
            ord(letter) in self.letters or ord(letter) not in letters_of(SANS.path) for letter in text
        )


WHOLE = Faces(SANS.path, BOLD.path, mono())


def trimmed(folder: Path) -> Faces:
    """Write the text fonts with common letters only into `folder`: a document of few pages is made three times as fast.

    What a document takes longest for is reading its fonts and cutting them down to the letters in it.
    """
    folder.mkdir(exist_ok=True)
    options = subset.Options(notdef_outline=True, recommended_glyphs=True)
    options.drop_tables += ["FFTM"]
    for face in (SANS, BOLD):
        with TTFont(face.path, lazy=True) as font:
            cutter = subset.Subsetter(options)
            cutter.populate(unicodes=_COMMON)
            cutter.subset(font)
            font.save(folder / face.path.name)
    return Faces(folder / SANS.path.name, folder / BOLD.path.name, mono(), _COMMON)


CJK = Face("cjk", bundled("WenQuanYiMicroHei.ttf"))


@functools.cache
def letters_of(path: Path) -> frozenset[int]:
    """Return the code points that a font has; none for a file that can't be read."""
    try:
        with TTFont(path, lazy=True) as font:
            return frozenset(font.getBestCmap() or ())
    except (OSError, TTLibError, KeyError):
        return frozenset()


@functools.cache
def _system_faces() -> tuple[Face, ...]:
    """Return this computer's fonts for scripts that ours lack."""
    folders = [Path(name) for name in _SYSTEM_FOLDERS.get(sys.platform, _LINUX_FOLDERS)]
    places = [place for folder in folders if folder.is_dir() for place in (folder, *_below(folder))]
    found = [next((place / name for place in places if (place / name).is_file()), None) for name in _SYSTEM_FONTS]
    return tuple(Face(path.stem.lower(), path) for path in found if path is not None)


def _below(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_dir())


@functools.cache
def face_for(code: int) -> Face | None:
    """Return the first font that has a letter, ours before the computer's; None where there is none."""
    for face in (SANS, CJK, *_system_faces()):
        if code in letters_of(face.path):
            return face
    return None


def printable(text: str) -> tuple[str, frozenset[Face]]:
    """Return a text that can be printed, and the fonts that it needs beside `SANS`.

    Controls and characters that turn the direction of text are made visible, letters without a font numbered.
    """
    if text.isascii() and text.isprintable():
        return text, frozenset()
    shown, needed = [], set[Face]()
    for letter in FORMATTING.sub("\ufffd", text):
        face = face_for(ord(letter))
        if face is None and letter not in _MARKS and not letter.isspace():
            shown.append(f"[U+{ord(letter):04X}]")
            continue
        shown.append(letter)
        if face is not None and face != SANS:
            needed.add(face)
    return "".join(shown), frozenset(needed)


def is_plain(text: str) -> bool:
    """Whether each letter stands alone, one after the other: then nothing has to be shaped or turned round."""
    return text.isascii() or all(
        ord(letter) < _SHAPED_FROM or _CJK_FROM <= ord(letter) < _CJK_TO
        for letter in text
        if letter not in _PUNCTUATION
    )
