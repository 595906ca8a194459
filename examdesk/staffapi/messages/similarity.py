"""Similarity of the class."""

from typing import ClassVar

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


class SideBySide(Answer, frozen=True, kw_only=True):
    """The two texts and the regions (start_a, end_a, start_b, end_b) in which they match."""

    a_name: str
    b_name: str
    a_text: str
    b_text: str
    regions: tuple[tuple[int, int, int, int], ...]
    jaccard: float
    rank: float | None
    words: str = SIMILARITY_WORDS


class GetSideBySide(Request[SideBySide], frozen=True, kw_only=True):
    """Look at one pair."""

    NEEDS: ClassVar[Permission | None] = Permission.READ_EVIDENCE
    a: str
    b: str
    question: str = ""
