"""Programs from elsewhere with which a class is compared: earlier classes, folders. A file each beside the records."""

import hashlib
import logging
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from examdesk.readmodels.similarity import OutsideProgram
from shared.exam.whole_file import write_private
from shared.problems import EnvironmentProblem

log = logging.getLogger(__name__)

FOLDER = "compared-with"
OUTSIDE = "outside:"
"""What the label of a program from elsewhere begins with; sessions are named by hexadecimal digits."""


class CorpusProgram(msgspec.Struct, frozen=True):
    """One program: whose it is (a student's id where it is known), its files, and what of them a log says was given."""

    owner: str
    files: dict[str, str]
    given: dict[str, tuple[tuple[int, int], ...]] = {}


class Corpus(msgspec.Struct, frozen=True, kw_only=True):
    """One source. `by_question`: its files stand in folders of the questions, as those of a session do.

    `until_ms`: when it is deleted by itself; None: never.
    """

    corpus: str
    name: str
    added_ms: int
    by: str
    programs: tuple[CorpusProgram, ...]
    by_question: bool = False
    sentences: tuple[str, ...] = ()
    until_ms: int | None = None


def id_of(name: str, programs: tuple[CorpusProgram, ...]) -> str:
    """Return the id of what was added: the same programs under the same name are the same corpus."""
    return hashlib.sha256(msgspec.json.encode((name, programs))).hexdigest()[:16]


class Corpora:
    """What is there; kept in files that only this user can read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / FOLDER
        self._known = {each.corpus: each for each in self._read()}

    def _read(self) -> Iterator[Corpus]:
        decoder = msgspec.msgpack.Decoder(Corpus)
        for path in sorted(self._folder.glob("*.msgpack")) if self._folder.is_dir() else ():
            try:
                yield decoder.decode(path.read_bytes())
            except (OSError, msgspec.DecodeError):
                log.warning("a corpus can't be read and is left out: %s", path.name)

    @property
    def all(self) -> list[Corpus]:
        """What is there, the oldest first."""
        return sorted(self._known.values(), key=lambda each: (each.added_ms, each.corpus))

    def programs(self, question: str = "") -> list[OutsideProgram]:
        """Return the programs of all sources, or what they have for a question."""
        return [
            OutsideProgram(f"{OUTSIDE}{corpus.corpus}/{place}", program.owner, files, corpus.name, program.given)
            for corpus in self.all
            for place, program in enumerate(corpus.programs)
            if (files := _of_question(program.files, question, by_question=corpus.by_question))
        ]

    def add(self, corpus: Corpus) -> None:
        """Keep a source."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(self._folder / f"{corpus.corpus}.msgpack", msgspec.msgpack.encode(corpus))
        self._known[corpus.corpus] = corpus

    def remove(self, corpus: str) -> Corpus | None:
        """Delete a source; return it, None where there was none.

        Raises:
            EnvironmentProblem: its file can't be deleted; it is there as before.
        """
        found = self._known.get(corpus)
        if found is None:
            return None
        file = self._folder / f"{corpus}.msgpack"
        try:
            file.unlink(missing_ok=True)
        except OSError as error:
            raise EnvironmentProblem(
                f"{file} can't be deleted ({error.strerror}). It is still compared with; try again."
            ) from error
        del self._known[corpus]
        return found

    def keep(self, corpus: str, until_ms: int | None) -> Corpus | None:
        """Let a source be deleted at another moment; return it as it was, None where there is none."""
        found = self._known.get(corpus)
        if found is not None:
            self.add(msgspec.structs.replace(found, until_ms=until_ms))
        return found

    def due(self, now_ms: int) -> list[Corpus]:
        """Return the sources whose time is over."""
        return [each for each in self.all if each.until_ms is not None and each.until_ms <= now_ms]


def day_of(at_ms: int | None) -> str:
    """Return the day of a moment as this computer's calendar has it; nothing for never."""
    return "" if at_ms is None else time.strftime("%Y-%m-%d", time.localtime(at_ms / 1000))


def _of_question(files: dict[str, str], question: str, *, by_question: bool) -> dict[str, str]:
    if not question or not by_question:
        return files
    return {name: text for name, text in files.items() if name.partition("/")[0] == question}
