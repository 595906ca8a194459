"""A class with everything that is hard to carry: names, sections, a move, accounts, notes of staff, who never came."""

import json

from examdesk.readmodels.audit import INCIDENT
from examdesk.readmodels.classroom import incident_detail
from examdesk.store import Store
from examdesk.store.audit import Deed
from examdesk.store.credits import Decision, key_of, with_decision
from examdesk.store.reviews import ReviewStep
from examdesk.store.rows import NoticeRow, RosterRow
from shared.admission.endorsement import read
from shared.events import kinds
from shared.ids import StudentId
from tests.examdesk.exports.class_at_work import JournalOn
from tests.examdesk.exports.stored_exam import Sitting, StoredExam, store
from tests.support.journals import ExamInMemory

PEOPLE: dict[str, tuple[str, str, str]] = {
    "m1001": ("Łukasz Ærøskøbing-Nguyễn", "A", "lukasz.aeroskobing@example.edu"),
    "m1002": ("王小明", "B; evening", "xiaoming.wang@example.edu"),
    "m1003": ("أحمد عبد الله", "A", "ahmad.abdallah@example.edu"),
    "m1004": ("김철수", "=B+1", "cheolsu.kim@example.edu"),
    "m1005": ("दीपा शर्मा", "A", "deepa.sharma@example.edu"),
    "m1006": ('=HYPERLINK("http://example.org","Vexwort")', "A", "+hyperlin.k@example.edu"),
    "m1007": ("Quentin " + "A" * 492, "B; evening", "quentin.long@example.edu"),
    "m1008": ("\U0001f469\u200d\U0001f4bb Nomi \U0001f1e9\U0001f1ea", "A", "nomi.emoji@example.edu"),
    "m1009": ("Zerah\x00Bytovsky \x1b[31m", "A", "zerah.bytovsky@example.edu"),
    "m1010": ('O\'Brien-Pat, "Ruadhán"; x', "A", "ruadhan.obrien@example.edu"),
    "Ünï/.. m1011": ("\u202eliveyks\u202c", "", "bidi.override@example.edu"),
    "007012": ("Ηλέκτρα Παπαδοπούλου", "A", "ilektra.papa@example.edu"),
}
"""Id, then name, section and e-mail address."""
NEVER_CAME = {"m2001": ("Absalom Neverthere", "A", "absalom.neverthere@example.edu")}
ACCOUNTS = {student: f"acct{number}quux" for number, student in enumerate(PEOPLE, 1)}
PCS = {student: f"pc-{student}" for student in PEOPLE}
ADDRESS = "10.0.0.7"
SECOND_ADDRESS = "10.0.0.99"


def _sit(exam: ExamInMemory, number: int, student: str) -> Sitting:
    sitting = Sitting(exam, student)
    account = ACCOUNTS[student]
    sitting.write(
        kinds.Started(
            how="restart",
            app="0.1",
            platform="Windows",
            python="3.12.1",
            device=PCS[student],
            user=account,
            away_ms=900,
        ),
        kinds.StandingApplied(revision=2, phase="active", offset_ms=700),
    )
    sitting.type(f"    return {number}  # naïve 🐍\n=1+{number}\n", file="q1/main.py")
    sitting.type("total = 0\nfor each in range(9):\n    total += each * each\nprint(total)\n" * 3, file="q2/main.py")
    sitting.run(
        f'Traceback (most recent call last):\n  File "C:\\Users\\{account}\\AppData\\main.py", line 1\n',
        exit_code=1,
        error=f"FileNotFoundError: '/home/{account}/data.csv'",
    )
    sitting.write(
        kinds.DeviceChanged(what="user", value=f"{account}-second"),
        kinds.DeviceChanged(what="address", value=SECOND_ADDRESS),
        kinds.Refused(what="import", detail=f"C:\\Users\\{account}\\old-homework.py"),
        kinds.MessageSent(text=f"I am {PEOPLE[student][0]} ({student}), please help"),
        kinds.NoteWritten(text=f"mail {PEOPLE[student][2]}"),
    )
    sitting.away(40)
    sitting.paste("def outside(a, b):\n    return [each for each in zip(a, b)]\n" * 4, file="q2/main.py")
    sitting.write(kinds.Contact(online=False))
    sitting.wait(120)
    sitting.write(kinds.Contact(online=True, offline_ms=120_000))
    sitting.run("\x07\x1b[31m42\r\n", checks=number % 3 == 0)
    if number % 4:
        sitting.hand_in()
    return sitting


def rich_exam(folder, seed: int = 77) -> StoredExam:
    """The class in a database in `folder`; the fourth student moved to another PC."""
    exam = ExamInMemory(seed)
    sittings = [_sit(exam, number, student) for number, student in enumerate(PEOPLE, 1)]
    first = sittings[3]
    left_at = len(first.journal.entries) - 1
    second = JournalOn(exam, first, bytes.fromhex(read(first.journal.endorsement, exam.key.public).session))
    second.type("# on the other PC\n", file="q2/main.py")
    second.hand_in()
    journals = [*(sitting.journal for sitting in sittings), second.journal]
    stored = store(folder, exam, journals, absent=0, parents={second.journal.id: (first.journal, left_at)})
    _add(stored)
    return stored


def _add(stored: StoredExam) -> None:
    """Put what staff know and did into the records."""
    target, exam = Store(stored.url, stored.exam.id), stored.exam
    now = exam.clock.wall_ms()
    with target.begin() as tx:
        tx.people.put_students(
            [
                RosterRow(
                    exam=exam.id,
                    student=StudentId(student),
                    slot=slot,
                    name=name,
                    section=section,
                    email=email,
                    seat=str(slot),
                    room="Lab 1",
                    tags='["late"]' if slot == 2 else "[]",
                    factor=1.5 if slot == 3 else 1.0,
                    extra_minutes=10 if slot == 4 else 0,
                )
                for slot, (student, (name, section, email)) in enumerate((PEOPLE | NEVER_CAME).items(), 1)
            ]
        )
        for student in ("m1001", "m1002"):
            name, _, email = PEOPLE[student]
            session = stored.sessions[student]
            for step in ("Needs follow-up", "Cleared"):
                note = f"=SUM(A1) spoke with {name}, {email}"
                tx.control.add_reviews([ReviewStep(session=session, at_ms=now, who="Lin", status=step, note=note)])
            given = Decision(
                at_ms=now, who="Lin", seconds=240, proposed=300, items=("crash:x",), reason=f"PC of {name} crashed"
            )
            tx.put_meta(key_of(session), with_decision(None, given))
            text = f"{name} felt ill; see {PCS[student]}"
            detail = incident_detail(session.hex(), text)
            tx.control.audit(now, Deed(who="Lin", role="proctor", address="", what=INCIDENT, detail=detail))
            tx.control.add_notice(
                NoticeRow(
                    exam=exam.id,
                    number=tx.control.notices()[-1].number + 1,
                    at_ms=now,
                    kind="message",
                    text=f"{name}: room change",
                    sender="Lin",
                    sessions=json.dumps([session.hex()]),
                )
            )
    target.close()
