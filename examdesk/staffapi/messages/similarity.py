"""Similarity of the class."""

from typing import ClassVar, Literal

from examdesk.staffapi.messages.base import SIMILARITY_WORDS, Answer, Request, Value
from examdesk.staffapi.permissions import Permission


class PairView(Value, frozen=True, kw_only=True):
    """Two sessions and how alike their code is: Jaccard over normalized Python token 5-grams, and the rank figure."""

    a: str
    b: str
    a_name: str
    b_name: str
    jaccard: float
    rank: float | None
    shared_lines: int
    too_short: bool = False


class SimilarityView(Answer, frozen=True, kw_only=True):
    """Pairs, the most alike first, and where the class lies: quantiles of the plain measure, 0 to 100 %."""

    pairs: tuple[PairView, ...]
    programs: int
    all_pairs: int
    quantiles: tuple[float, ...]
    question: str
    computed_ms: int
    words: str = SIMILARITY_WORDS


class GetSimilarity(Request[SimilarityView], frozen=True, kw_only=True):
    """Compare the class as it stands, one question or all together."""

    NEEDS: ClassVar[Permission | None] = Permission.READ_EVIDENCE
    question: str = ""
    limit: int = 500


class MomentView(Value, frozen=True, kw_only=True):
    """An event of a journal and its hub time."""

    journal: str
    seq: int
    at_ms: int


class AppearedView(Value, frozen=True, kw_only=True):
    """How a passage came about in a session: its first characters, when most of it was there, its last change.

    `typed`, `pasted` (from outside), `moved` (within the session) and `given` (starter code, prompt) are shares.
    """

    began: MomentView
    there: MomentView
    last: MomentView
    typed: float
    pasted: float
    moved: float
    given: float


class Passage(Value, frozen=True, kw_only=True):
    """One matching passage: where it stands in each file, when it appeared, how many programs of the class have it.

    `first` says in which session it was there first: `together` within a minute, empty where one side has no events.
    """

    file_a: str
    start_a: int
    end_a: int
    file_b: str
    start_b: int
    end_b: int
    tokens: int
    programs_with_it: int
    a: AppearedView | None = None
    b: AppearedView | None = None
    first: Literal["a", "b", "together", ""] = ""


class SideBySide(Answer, frozen=True, kw_only=True):
    """The two texts and the regions (start_a, end_a, start_b, end_b) in which they match.

    `passages` say more of each region, in the same order; `programs` is how many programs were compared.
    """

    a_name: str
    b_name: str
    a_text: str
    b_text: str
    regions: tuple[tuple[int, int, int, int], ...]
    jaccard: float
    rank: float | None
    passages: tuple[Passage, ...] = ()
    programs: int = 0
    too_short: bool = False
    by_tokens: bool = False
    words: str = SIMILARITY_WORDS


class GetSideBySide(Request[SideBySide], frozen=True, kw_only=True):
    """Look at one pair."""

    NEEDS: ClassVar[Permission | None] = Permission.READ_EVIDENCE
    a: str
    b: str
    question: str = ""
