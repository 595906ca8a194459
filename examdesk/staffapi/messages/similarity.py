"""Similarity of the class."""

from typing import Annotated, ClassVar, Literal

import msgspec

from examdesk.staffapi.messages.base import SIMILARITY_WORDS, Answer, Command, Request, Value
from examdesk.staffapi.permissions import Permission


class PairView(Value, frozen=True, kw_only=True):
    """Two programs and how alike they are: Jaccard over normalized Python token 5-grams, and the rank figure.

    `a` and `b` are sessions, or begin with `outside:` where a program comes from an earlier class or a folder.
    `below` is the share of the class's pairs with a lower plain figure; `uncommon` is the plain figure without what
    more of the class wrote than was asked for, None where nothing was asked.
    """

    a: str
    b: str
    a_name: str
    b_name: str
    jaccard: float
    rank: float | None
    shared_lines: int
    too_short: bool = False
    by_tokens: bool = False
    below: float = 0.0
    uncommon: float | None = None


class SimilarityView(Answer, frozen=True, kw_only=True):
    """Pairs, the most alike first, and where the class lies: quantiles of the plain measure, 0 to 100 %.

    `histogram` and `rank_histogram` count all pairs in each hundredth of both figures, 101 of them. `listed_from` is
    from where on the exam's author wants pairs to be pointed out; `least_tokens` is how many tokens a program needs to
    be compared, and `too_small` how many had fewer. `outside` counts programs of earlier classes and folders.
    `highest` is the highest plain figure of each session among all pairs, listed or not, of which neither is short.
    With `of` the pairs are those of one program; `rank_histogram` and `highest` are then empty and `unparsed` not
    counted.
    """

    pairs: tuple[PairView, ...]
    programs: int
    all_pairs: int
    quantiles: tuple[float, ...]
    question: str
    computed_ms: int
    histogram: tuple[int, ...] = ()
    rank_histogram: tuple[int, ...] = ()
    listed_from: float = 0.5
    least_tokens: int = 0
    too_small: int = 0
    unparsed: int = 0
    outside: int = 0
    highest: dict[str, float] = msgspec.field(default_factory=dict)
    of: str = ""
    engine: str = ""
    words: str = SIMILARITY_WORDS


class GetSimilarity(Request[SimilarityView], frozen=True, kw_only=True):
    """Compare the class as it stands, one question or all together.

    `most_common` (0 to 1) also works out the plain figure without what more than that share of the class wrote; 0 does
    not. `outside` lets earlier classes and folders take part. `session` asks for the pairs of one alone, which takes
    milliseconds once the class was compared.
    """

    NEEDS: ClassVar[Permission | None] = Permission.READ_EVIDENCE
    question: str = ""
    limit: int = 500
    most_common: float = 0.0
    outside: bool = True
    session: str = ""


MOST_DAYS = 3_660
KEEP_DAYS = 365
"""How long the hub keeps programs to compare with, where nobody says otherwise."""
KeptDays = Annotated[int, msgspec.Meta(ge=0, le=MOST_DAYS)]
"""Days until the hub deletes something by itself; 0: it does not."""


class CorpusFile(Value, frozen=True, kw_only=True):
    """A file to compare with: its path, whose first part names the program, and its bytes."""

    path: str
    data: bytes


class CorpusView(Value, frozen=True, kw_only=True):
    """Programs from elsewhere with which the class is compared; they never are with each other."""

    corpus: str
    name: str
    programs: int
    added_ms: int
    by: str
    sentences: tuple[str, ...] = ()
    """What was left out of it, and why."""
    until_ms: int | None = None
    """When the hub deletes it by itself; None: never."""


class CorpusList(Answer, frozen=True, kw_only=True):
    """What the class is compared with besides itself."""

    corpora: tuple[CorpusView, ...]


class GetCorpora(Request[CorpusList], frozen=True, kw_only=True):
    """Ask with what the class is compared besides itself."""

    NEEDS: ClassVar[Permission | None] = Permission.READ_EVIDENCE


class AddCorpus(Command, frozen=True, kw_only=True):
    """Compare the class with these programs too: an earlier class's bundle, or files.

    Many files come in several commands with the same name and upload; the last one carries `last`.
    """

    NEEDS: ClassVar[Permission | None] = Permission.REVIEW
    name: str
    upload: str
    files: tuple[CorpusFile, ...]
    last: bool = True
    days: KeptDays = KEEP_DAYS


class RemoveCorpus(Command, frozen=True, kw_only=True):
    """Compare no longer with these programs, and delete them from the hub."""

    NEEDS: ClassVar[Permission | None] = Permission.REVIEW
    corpus: str


class KeepCorpus(Command, frozen=True, kw_only=True):
    """Keep these programs for so many days from now on; then the hub deletes them by itself."""

    NEEDS: ClassVar[Permission | None] = Permission.REVIEW
    corpus: str
    days: KeptDays


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
    engine: str = ""
    words: str = SIMILARITY_WORDS


class GetSideBySide(Request[SideBySide], frozen=True, kw_only=True):
    """Look at one pair; `taken`: to keep it as a file, which the audit log says each time."""

    NEEDS: ClassVar[Permission | None] = Permission.READ_EVIDENCE
    a: str
    b: str
    question: str = ""
    taken: bool = False
