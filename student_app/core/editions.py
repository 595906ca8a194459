"""The editions of the exam's content at one desk: each taken once, recorded, and read by the student (P-17)."""

from collections.abc import Callable, Collection

from shared.admission.edition import Edition
from shared.events import kinds
from shared.exam.content import Content
from shared.exam.differences import narrower
from shared.exam.rules import RecordingPolicy
from shared.wire.standing import Notice
from student_app.core.amending import (
    Amended,
    Starters,
    amendments,
    in_force,
    pack_amended,
    starter_sentences,
    starters_of,
    unpack_amended,
)
from student_app.core.content import ContentBox
from student_app.core.journal import Journal
from student_app.core.journal_file import AMENDED, put_meta
from student_app.core.recorder import Recorder
from student_app.core.session import Phase

AT_WORK = frozenset({Phase.WORKING, Phase.PAUSED})


class Editions:
    """What editions changed for the student of one journal. The sitting holds its lock around every call.

    Attributes:
        amended: what the student reads or has read of them, in order.
        taken: the edition that the student has seen; None for the first content.
    """

    def __init__(self, journal: Journal, recorder: Recorder, say: Callable[[str], None]) -> None:
        self.amended: tuple[Amended, ...] = ()
        self.taken: Edition | None = None
        self._journal = journal
        self._recorder = recorder
        self._say = say

    def recall(self, kept: bytes | None, box: ContentBox) -> None:
        """Take what an earlier start kept."""
        self.amended = unpack_amended(kept)
        if box.former is None:
            self.taken = box.edition

    def carry(self, before: "Editions") -> None:
        """Take over what is still to be read from the journal that this one goes on from."""
        self.amended, self.taken = tuple(before.unread()), before.taken
        self._journal.write(put_meta(AMENDED, pack_amended(self.amended)))

    def unread(self) -> list[Amended]:
        """Return what the student has not read yet."""
        read = self._recorder.memory.editions_read
        return [one for one in self.amended if (one.edition, one.question) not in read]

    def policy(self, known: RecordingPolicy) -> RecordingPolicy:
        """Return what may be recorded: less at once, more only once the student has read of it."""
        for one in self.unread():
            if one.recording is not None:
                known = narrower(known, one.recording)
        return known

    def read(self, number: int) -> bool:
        """Record that the student has read one of them; False: it is none of them, or was read before."""
        mine = next((one for one in self.unread() if one.number == number), None)
        if mine is not None:
            self._recorder.record(kinds.EditionRead(number=mine.edition, question=mine.question))
        return mine is not None

    def affirmed(self) -> None:
        """The student has read what is recorded by now."""
        for one in self.unread():
            if one.recording is not None:
                self.read(one.number)

    def take(self, box: ContentBox, content: Content, notices: Collection[Notice], phase: Phase, *, told: bool) -> None:
        """Record that the edition in the box holds from here on, and what it changes for this student; once.

        `told`: the student is asked to affirm anew what is recorded, and reads of it there.
        """
        with self._recorder.held():  # nothing is typed between the look at a starter file and its replacement
            self._take(box, content, notices, phase, told=told)

    def _take(
        self, box: ContentBox, content: Content, notices: Collection[Notice], phase: Phase, *, told: bool
    ) -> None:
        edition, memory = box.edition, self._recorder.memory
        if edition is None or edition.number <= memory.edition:
            box.settled()
            return
        found: list[Amended] = []
        starters = Starters()
        if box.former is not None and memory.drawn and phase is not Phase.ENDED:
            corrected = in_force(notices, self.taken)
            found = amendments(box.former, content, memory.drawn, corrected, edition, told=told)
            starters = starters_of(box.former, content, memory.drawn, self._recorder.texts())
        if phase not in AT_WORK:  # what was handed in stays as it is
            late = tuple(name for name, _ in starters.replaced)
            starters = Starters(kept=(*starters.kept, *late))
        self._recorder.record(
            kinds.EditionTaken(
                number=edition.number,
                envelope=box.envelope.decode(),
                changed=tuple(one.question for one in found if one.question),
                replaced=tuple(name for name, _ in starters.replaced),
                kept=starters.kept,
            )
        )
        self.taken = edition
        self.amended = (*self.amended, *found)
        self._journal.write(put_meta(AMENDED, pack_amended(self.amended)))
        self._replace(starters)
        box.settled()

    def _replace(self, starters: Starters) -> None:
        question, file = self._recorder.memory.question, self._recorder.memory.file
        for name, text in starters.created:
            self._recorder.create(name, text, "starter")
        for name, text in starters.replaced:
            self._recorder.remove(name)
            self._recorder.create(name, text, "starter")
        if self._recorder.memory.file != file:
            self._recorder.record(kinds.Viewed(question=question, file=file))
        for sentence in starter_sentences(starters):
            self._say(sentence)
