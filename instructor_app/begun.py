"""Notes that are begun and not kept in a review yet: they outlast a crash of the window, and its end."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec

from instructor_app.saving import save_whole

Kind = Literal["review", "pair", "moment"]
Texts = dict[frozenset[str], str]
MODE = 0o600


class Place(NamedTuple):
    """Whose notes, and about what: notes that were begun under names are never there while names are hidden."""

    exam: str
    person: str
    kind: Kind
    names_hidden: bool


class _Begun(msgspec.Struct, frozen=True):
    sessions: tuple[str, ...]
    text: str


class BegunNotes:
    """One file for each place that has any, readable by this person alone; without a folder they are in memory."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._kept: dict[Place, Texts] = {}

    def read(self, place: Place) -> Texts:
        """Return what was begun there; a file that can't be understood is put aside, not overwritten."""
        if place not in self._kept:
            self._kept[place] = self._load(place)
        return dict(self._kept[place])

    def keep(self, place: Place, changed: Mapping[frozenset[str], str]) -> str:
        """Keep these, forget those that are empty; return why that can't be, empty where it is done.

        What another window of the same person keeps meanwhile stays.
        """
        texts = self.read(place) if self._folder is None else self._load(place)
        texts = {sessions: text for sessions, text in (texts | dict(changed)).items() if text.strip()}
        self._kept[place] = texts
        if self._folder is None:
            return ""
        path = self._path(self._folder, place)
        if not texts:
            with suppress(OSError):
                path.unlink(missing_ok=True)
            return ""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            path.touch(MODE)
        except OSError as error:
            return error.strerror or str(error)
        return save_whole(path, msgspec.json.encode(list(_entries(texts))))

    def _load(self, place: Place) -> Texts:
        if self._folder is None:
            return {}
        path = self._path(self._folder, place)
        try:
            found = msgspec.json.decode(path.read_bytes(), type=list[_Begun])
        except FileNotFoundError:
            return {}
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            with suppress(OSError):
                path.replace(path.with_suffix(".unread"))
            return {}
        return {frozenset(one.sessions): one.text for one in found}

    @staticmethod
    def _path(folder: Path, place: Place) -> Path:
        digest = hashlib.sha256(repr((place.exam, place.person.casefold())).encode()).hexdigest()[:24]
        return folder / f"{digest}-{place.kind}{'-names-hidden' if place.names_hidden else ''}.json"


def _entries(texts: Mapping[frozenset[str], str]) -> Iterator[_Begun]:
    return (_Begun(tuple(sorted(sessions)), text) for sessions, text in texts.items())
