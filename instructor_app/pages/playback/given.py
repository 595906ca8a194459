"""What the student had to read at the playhead: the question's text in the edition that held then."""

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QWidget

from examdesk.staffapi.messages import GetGivenTexts, GivenQuestion, GivenTexts
from examdesk.staffapi.playback.editions import Shown
from examdesk.staffapi.playback.marks import Marks
from examdesk.staffapi.playback.tape import Tape
from instructor_app.kit import Kit
from instructor_app.widgets.basic import column, label
from instructor_app.widgets.prompt import PromptView
from instructor_app.words import clock_time, tr
from shared.look import SPACE
from shared.problems import Problem


class GivenPane(QWidget):
    """Fetches each content once, when it is looked at, and goes along with the playhead."""

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self._session = ""
        self._texts: dict[str, GivenTexts] = {}
        self._asked: set[str] = set()
        self._tape, self._marks, self._number = Tape(), Marks(), 0
        self._followed = ""
        self._drawn: tuple[object, ...] = ()
        self.edition = label("", "subtitle", wrap=True)
        self.which = QComboBox()
        self.which.setAccessibleName(tr("Which text of the exam"))
        self.note = label("", "small", wrap=True)
        self.text = PromptView(kit.look, tr("The text as the student had it"))
        self.setLayout(column(self.edition, self.which, self.note, self.text, spacing=SPACE["xs"], margin=SPACE["s"]))
        self.which.activated.connect(lambda _: self._draw())

    def open(self, session: str) -> None:
        """Begin with a session."""
        if session != self._session:
            self._texts, self._asked, self._followed = {}, set(), ""
        self._session, self._drawn = session, ()

    def show_moment(self, tape: Tape, marks: Marks, number: int) -> None:
        """Show what held at a moment."""
        self._tape, self._marks, self._number = tape, marks, number
        if self.isVisible():
            self._show()

    def _show(self) -> None:
        shown = self._marks.contents.at(self._number)
        drawn = self._marks.contents.questions_at(self._number)
        at_work = self._tape.file_at(self._number).partition("/")[0]
        state = (self._tape, shown, drawn, at_work, shown.content in self._texts)
        if not self._session or state == self._drawn:
            return
        self._drawn = state
        self.edition.setText(edition_words(shown, self._tape))
        texts = self._texts.get(shown.content)
        if texts is None:
            self._ask(shown)
            return
        self._list(texts, drawn)
        if at_work and at_work != self._followed and self.which.findData(at_work) >= 0:
            self._followed = at_work
            self.which.setCurrentIndex(self.which.findData(at_work))
        self._draw()

    def _ask(self, shown: Shown) -> None:
        content = shown.content
        if not shown.known:
            self._say(tr("This record does not say which text that edition has."))
        elif content not in self._asked:
            self._asked.add(content)
            self._say(tr("Fetching the text …"))
            request = GetGivenTexts(session=self._session, content=content)
            key = f"given {content}"
            self._kit.bridge.query(request, lambda texts: self._take(content, texts), self._fail, key=key)

    def _take(self, content: str, texts: GivenTexts) -> None:
        self._texts[content] = texts
        self._show()

    def _fail(self, problem: Problem) -> None:
        self._asked.clear()
        self._drawn = ()
        self._say(problem.sentence)

    def _say(self, words: str) -> None:
        self.which.hide()
        self.text.show_markdown("")
        self.note.setText(words)
        self.note.show()

    def _list(self, texts: GivenTexts, drawn: tuple[str, ...]) -> None:
        known = {each.question: each for each in texts.questions}
        wanted = [known[each] for each in drawn if each in known] if drawn else list(texts.questions)
        titles = [(each.question, f"{each.question}  {each.title}".strip()) for each in wanted]
        if texts.instructions:
            titles.append(("", tr("Instructions of the exam")))
        have = [(self.which.itemData(place), self.which.itemText(place)) for place in range(self.which.count())]
        if titles != have:
            before = self.which.currentData()
            self.which.clear()
            for question, title in titles:
                self.which.addItem(title, question)
            self.which.setCurrentIndex(max(self.which.findData(before), 0))

    def _draw(self) -> None:
        texts = self._texts.get(self._marks.contents.at(self._number).content)
        if texts is None:
            return
        if not texts.known:
            self._say(tr("These records do not have the text of that edition; only its number and hash are known."))
            return
        self.which.setVisible(self.which.count() > 0)
        question = str(self.which.currentData() or "")
        found = next((each for each in texts.questions if each.question == question), None)
        self.text.show_markdown(texts.instructions if found is None else found.prompt)
        words = "" if found is None else self._note(found)
        self.note.setText(words)
        self.note.setVisible(bool(words))

    def _note(self, found: GivenQuestion) -> str:
        parts = []
        if found.withdrawn:
            parts.append(tr("Withdrawn from the exam by then; students who had this question keep it."))
        shown = self._marks.contents.at(self._number)
        if found.question in shown.changed:
            parts.append(tr("This edition changed the text of this question."))
            read = self._marks.contents.read_ms(found.question, shown.edition, self._number)
            parts.append(
                tr("Read at {time}.", time=clock_time(read, seconds=True))
                if read is not None
                else tr("Not marked as read at this moment.")
            )
        return " ".join(parts)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Fetch once somebody looks."""
        super().showEvent(event)
        self._show()


def edition_words(shown: Shown, tape: Tape) -> str:
    """Say which edition held."""
    if not shown.edition:
        return tr("The exam as it was first given")
    if not shown.number:
        return tr("Edition {n} of the exam, from the beginning", n=shown.edition)
    time = clock_time(tape.times[shown.number - 1], seconds=True)
    return tr("Edition {n} of the exam, since {time}", n=shown.edition, time=time)
