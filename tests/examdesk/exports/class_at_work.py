"""A class for the further exports: moved, undone, renamed and pasted text, and names in many scripts."""

from datetime import UTC

from examdesk.exports.everything import export_all
from examdesk.exports.times import Zone
from shared.admission.endorsement import Parent, read
from shared.events import kinds
from shared.log.entry import advance, start_link
from tests.examdesk.exports.stored_exam import Sitting, StoredExam, state_of, store
from tests.support.clocks import ManualClock
from tests.support.journals import ExamInMemory

NAMES = {
    "s1": "Łukasz Ærøskøbing-Nguyễn",
    "s2": "王小明",
    "s3": "أحمد عبد الله",
    "s4": "김철수",
    "Ünï/.. 5": "दीपा शर्मा",
}
OUTSIDE = "def solve(a):\n    return sum(each * 2 for each in a)\n"


def export(stored: StoredExam, out, what, *, progress=lambda *_: None, cancelled=lambda: False, **more):
    reader = stored.reader()
    try:
        return export_all(
            *(reader, stored.exam.id, out, set(what), progress, cancelled),
            clock=ManualClock(wall_ms=1_750_009_000_000),
            zone=Zone(UTC),
            **more,
        )
    finally:
        reader.close()


def edit(sitting: Sitting, at: int, removed: int, text: str, how: str = "type", file: str = "q1/main.py") -> None:
    """Change a text anywhere, in one event."""
    have = sitting.texts[file]
    sitting.write(kinds.Edit(file=file, changes=(kinds.Change(0, at, removed, text),), how=how))
    sitting.texts[file] = have[:at] + text + have[at + removed :]
    sitting.seal()


def tricky(exam: ExamInMemory) -> list[Sitting]:
    """Five students; the first undoes, renames and removes, the second pastes, cuts and pastes again."""
    ada = Sitting(exam, "s1", offset_ms=1500)
    ada.type("    return 0  # naïve 🐍\n")
    edit(ada, 4, 4, "fläche")
    edit(ada, 4, 6, "area", "undo")
    ada.write(kinds.FileCreated(file="q1/helper.py", origin="student", text="x = 1\n"))
    ada.write(kinds.FileRenamed(file="q1/helper.py", to="q1/Helper.py"))
    ada.write(kinds.FileCreated(file="q1/draft.py", origin="student"), kinds.FileRemoved(file="q1/draft.py"))
    ada.texts["q1/Helper.py"] = "x = 1\n"
    ada.write(
        kinds.RunStarted(
            run=1, question="q1", file="q1/main.py", files={"q1/main.py": state_of(ada.texts["q1/main.py"])}
        ),
        kinds.RunInput(run=1, text="3\n"),
        kinds.Viewed(question="q2"),
        kinds.RunOutput(run=1, stream="out", text="=6\r\n"),
        kinds.RunOutput(run=1, stream="err", text="warning\n"),
        kinds.RunEnded(run=1, reason="time", seconds=10.0),
        kinds.MessageSent(text="I am Łukasz Ærøskøbing-Nguyễn, help"),
        kinds.NoteWritten(text="remember s1"),
    )
    ada.hand_in()
    bob = Sitting(exam, "s2")
    bob.paste(OUTSIDE)
    at = len(bob.texts["q1/main.py"]) - len(OUTSIDE)
    edit(bob, at + 4, 5, "")
    edit(bob, at + 4, 0, "solve", "undo")
    bob.paste(OUTSIDE[14:30], clip="own")
    bob.run("boom\n", exit_code=1, error="NameError: name 'x' is not defined")
    others = [Sitting(exam, student) for student in ("s3", "s4", "Ünï/.. 5")]
    for number, sitting in enumerate(others):
        sitting.type(f"=1+{number}\n", file="q2/main.py")
        sitting.away(40)
        sitting.run("ok\n", file="q2/main.py")
    others[0].hand_in()
    return [ada, bob, *others]


def stored_class(folder, seed: int = 61) -> StoredExam:
    """The tricky class, stored; the fourth student moved to another PC, and the first PC wrote on."""
    exam = ExamInMemory(seed)
    sittings = tricky(exam)
    first = sittings[3]
    first.paste(OUTSIDE, file="q2/main.py")
    left_at = len(first.journal.entries) - 1
    session = bytes.fromhex(read(first.journal.endorsement, exam.key.public).session)
    second = JournalOn(exam, first, session)
    second.type("# on the other PC\n", file="q2/main.py")
    second.hand_in()
    first.type("# too late\n")
    journals = [*(sitting.journal for sitting in sittings), second.journal]
    return store(folder, exam, journals, names=NAMES, parents={second.journal.id: (first.journal, left_at)})


class JournalOn(Sitting):
    """A session that goes on at another PC, with the files restored."""

    def __init__(self, exam: ExamInMemory, before: Sitting, session: bytes) -> None:
        from tests.support.journals import JournalInMemory

        self.exam, self.student, self.runs = exam, before.student, before.runs
        self.journal = JournalInMemory(exam, before.student, session, _end_of(before.journal))
        self.texts = dict(before.texts)
        self.write(
            kinds.Started(how="moved", app="0.1", platform="Windows", python="3.12", device="pc-2"),
            kinds.StandingApplied(revision=1, phase="active"),
            kinds.Drawn(seed="00" * 16, questions=("q1", "q2")),
            *(kinds.FileCreated(file=file, origin="restored", text=text) for file, text in self.texts.items()),
        )
        self.seal()


def _end_of(journal) -> Parent:
    link = start_link(journal.endorsement)
    for entry in journal.entries:
        link = advance(link, entry)
    return Parent(journal.id.hex(), len(journal.entries) - 1, link.hex())
