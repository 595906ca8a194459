"""Editions, given questions, edits, power cuts and old hubs in any order, at a real desk with a real journal.

At every moment: what was drawn stays in its order, the content is one whole edition, a file that the student changed
stays as it is, and the record names each edition once, in order. In the end the newest edition is there.
"""

import shutil
import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from shared.admission.edition import read_edition
from shared.events import kinds
from shared.exam.content import ContentFile
from tests.student_app.kit import (
    CONTENT_KEY,
    EXAM,
    EXAM_KEY,
    Bench,
    changed,
    content,
    events,
    with_question,
    without_question,
)

NEW = ("q3", "q4", "q5")


class Editions(RuleBasedStateMachine):
    """One desk, and a hub that edits its exam."""

    @initialize()
    def begin(self):
        self.folder = Path(tempfile.mkdtemp(prefix="editions-"))
        self.bench = Bench(self.folder)
        self.bench.open_exam()
        self.bench.committer.step(300)
        self.made = [content()]
        self.offers = [b""]
        self.given: tuple[str, ...] = ()
        self.drawn = self.desk.sitting.memory.drawn
        self.mine: dict[str, str] = {}

    @property
    def desk(self):
        return self.bench.desk

    def make(self, exam):
        number = len(self.made)
        self.offers.append(self.bench.edition(number, exam, self.made[-1]))
        self.made.append(exam)

    @rule(question=st.sampled_from(("q1", "q2")), word=st.sampled_from("abc"))
    def change_a_text(self, question, word):
        self.make(changed(self.made[-1], question, prompt=f"Print {word}, edition {len(self.made)}."))

    @rule(question=st.sampled_from(("q1", "q2")))
    def change_a_starter(self, question):
        text = f"# edition {len(self.made)}\n".encode()
        self.make(changed(self.made[-1], question, starter=(ContentFile("main.py", text),)))

    @rule(question=st.sampled_from(NEW))
    def add_a_question(self, question):
        if self.made[-1].question(question) is None:
            self.make(with_question(question, self.made[-1]))

    @rule()
    def withdraw(self):
        if [each.id for each in self.made[-1].questions] != ["q2"] and not self.made[-1].withdrawn:
            self.make(without_question("q1", self.made[-1]))

    @rule(question=st.sampled_from(NEW))
    def give(self, question):
        self.given = tuple(dict.fromkeys((*self.given, question)))
        self.desk.sitting.standing(self.bench.standing(added=self.given))

    @rule(back=st.integers(0, 3), pieces=st.booleans())
    def offer(self, back, pieces):
        """The newest edition, or an older one from a hub that lost its records; whole, or cut off."""
        self.deliver(back, pieces=pieces)

    def deliver(self, back, *, pieces):
        number = max(0, len(self.made) - 1 - back)
        sealed = self.bench.sealed(self.made[number])
        wanted = self.desk.sitting.content_offered(sealed.manifest, sealed.signature, b"", self.offers[number])
        for index in wanted if pieces else []:
            self.desk.sitting.content_part(index, sealed.pieces[index])

    @rule(older=st.integers(1, 2))
    def offer_the_newest_and_then_an_older_one(self, older):
        self.deliver(0, pieces=True)
        self.deliver(older, pieces=True)

    @rule(question=st.sampled_from(("q1", "q2")))
    def write(self, question):
        file = f"{question}/main.py"
        self.desk.insert(file, 0, "x")
        self.mine[file] = self.desk.text(file)

    @rule()
    def read(self):
        for one in self.desk.state().notices:
            self.desk.read_notice(one.number)

    @rule()
    def commit(self):
        self.bench.committer.step(600)

    @rule(committed=st.booleans())
    def power_cut(self, committed):
        if committed:
            self.bench.committer.step(600)
        else:
            self.mine = {}
        self.bench.crash()
        self.bench.come_back()
        self.bench.desk.sitting.standing(self.bench.standing(added=self.given))
        self.bench.desk.sitting.content_key(CONTENT_KEY)
        if not committed:
            self.drawn = self.desk.sitting.memory.drawn[:2]

    @invariant()
    def what_was_drawn_stays(self):
        now = self.desk.sitting.memory.drawn
        assert now[: len(self.drawn)] == self.drawn
        assert len(set(now)) == len(now)
        self.drawn = now

    @invariant()
    def the_content_is_one_whole_edition(self):
        box = self.desk.sitting.content
        number = 0 if box.edition is None else box.edition.number
        assert box.content == self.made[number]
        assert self.desk.sitting.memory.edition == number
        assert all(self.desk.question(each).prompt for each in self.desk.sitting.memory.drawn)

    @invariant()
    def a_file_that_the_student_changed_stays(self):
        for file, text in self.mine.items():
            assert self.desk.text(file) == text

    def teardown(self):
        if not hasattr(self, "bench"):
            return
        sealed = self.bench.sealed(self.made[-1])
        sitting = self.desk.sitting
        for index in sitting.content_offered(sealed.manifest, sealed.signature, b"", self.offers[-1]):
            sitting.content_part(index, sealed.pieces[index])
        self.the_content_is_one_whole_edition()
        assert sitting.memory.edition == len(self.made) - 1
        here = [each for each in self.given if self.made[-1].question(each) is not None]
        assert set(here) <= set(sitting.memory.drawn)
        self.bench.committer.step(600)
        numbers = []
        for event in events(self.desk, kinds.EditionTaken):
            edition = read_edition(event.envelope.encode(), EXAM_KEY.public, EXAM)
            assert edition.number == event.number
            numbers.append(event.number)
        assert numbers == sorted(set(numbers))
        self.desk.sitting.journal._file.close()
        shutil.rmtree(self.folder)


Editions.TestCase.settings = settings(max_examples=30, stateful_step_count=25, deadline=None)
TestEditions = Editions.TestCase
