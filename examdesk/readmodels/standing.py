"""The class as it was compared last, kept in the process that compares, so that only what changed is worked out again.

Nothing here changes a figure: whatever was compared before, the answers are those of comparing everything anew.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from examdesk.similarity import Corpus, Pair, Program, Report, Spread, compare_all
from examdesk.similarity.features import Extractor, Features

MOST_PAIRS = 5_000
REMEMBERED = 2_500
"""So many programs' features are remembered in the process that compares, about 0.1 MB each."""
CLASSES = 2
"""So many questions (or all together) are kept at once, about 0.1 MB for each program."""
_Stretches = tuple[tuple[int, int], ...]


def standing_of(question: str, starters: tuple[str, ...]) -> "Standing":
    """Return what is kept of a question's programs."""
    return _standing(question, starters)


@lru_cache(maxsize=CLASSES)
def _standing(_question: str, starters: tuple[str, ...]) -> "Standing":
    return Standing(starters)


def features_in(starters: tuple[str, ...], program: Program) -> Features:
    """Return a program's features; those that did not change since the last time are remembered."""
    return _features(starters, tuple(program.files.items()), tuple(program.given.items()))


@lru_cache(maxsize=REMEMBERED)
def _features(
    starters: tuple[str, ...], files: tuple[tuple[str, str], ...], given: tuple[tuple[str, _Stretches], ...]
) -> Features:
    return _extractor(starters)(Program(owner="", files=dict(files), given=dict(given)))


@lru_cache(maxsize=8)
def _extractor(starters: tuple[str, ...]) -> Extractor:
    return Extractor(starters)


class Standing:
    """One class: its last comparison of everybody with everybody, and an index for one against all others."""

    def __init__(self, starters: tuple[str, ...]) -> None:
        self._starters = starters
        self._corpus = Corpus(starters, extract=self.features)
        self._compared: tuple[Program, ...] = ()
        self._report: Report | None = None

    def features(self, program: Program) -> Features:
        """Return what a program brings to a comparison."""
        return features_in(self._starters, program)

    def report(self, programs: tuple[Program, ...]) -> Report:
        """Compare everybody with everybody: exact, and again only when anything changed.

        With every new text all weights change a little, so that this is worked out when somebody asks for it and not
        at each text. Its `pairs` are at most `MOST_PAIRS`.
        """
        if self._report is None or self._compared != programs:
            self._report = compare_all(programs, self._starters, limit=MOST_PAIRS, extract=self.features)
            self._compared = programs
        return self._report

    def alike(self, programs: Sequence[Program], name: str, limit: int | None = None) -> tuple[list[Pair], Spread]:
        """Compare one with all others, and tell how the plain figure is distributed over all pairs of the class.

        A few milliseconds for each text that changed since the last time.

        Raises:
            KeyError: no program has this name.
        """
        self._follow({program.label: program for program in programs})
        return self._corpus.compare(name, limit), self._corpus.spread()

    def _follow(self, programs: Mapping[str, Program]) -> None:
        for old in self._corpus.programs():
            if old.label not in programs:
                self._corpus.remove(old.label)
        self._corpus.follow(programs.values())
