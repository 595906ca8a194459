"""A desk for tests: a clock that is set, seeded chance, a committer that is stepped, an exam and signed documents."""

import heapq
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from msgspec import structs

from shared.admission.edition import Edition, content_hash, sign_edition
from shared.admission.endorsement import Endorsement, issue
from shared.bundle.desk_file import DeskFile, Where
from shared.crypto.keys import SigningKey
from shared.events.codec import decode
from shared.exam.content import Content, ContentFile, QuestionContent, encode_content
from shared.exam.document import Checks, Question, Zone
from shared.exam.front import front_of, sign_front
from shared.exam.rules import DeskRules, Interpreter, RecordingPolicy
from shared.exam.sealing import WrappedKey, seal, start_code_of, wrap_key
from shared.ids import DeviceId, ExamId, JournalId, QuestionId, SessionId
from shared.log.entry import unpack_header
from shared.wire.standing import Notice, Standing, sign_notice, sign_standing
from student_app.core.desk import Desk
from student_app.core.machine import Machine
from student_app.running.events import Ended, Output, Started
from tests.support.clocks import SeededChance

EXAM = ExamId(bytes(range(16)))
EXAM_KEY = SigningKey(b"k" * 32)
CONTENT_KEY = b"c" * 32


class SetClock:
    def __init__(self) -> None:
        self.us = 1_000_000_000
        self.wall = 1_790_000_000_000
        self.asleep_us = 0

    def awake_us(self) -> int:
        return self.us - self.asleep_us

    def sleep(self, ms: int) -> None:
        """Let the PC sleep, on a system whose clocks tell."""
        self.pass_ms(ms)
        self.asleep_us += ms * 1000

    def mono_us(self) -> int:
        return self.us

    def wall_ms(self) -> int:
        return self.wall

    def pass_ms(self, ms: int) -> None:
        self.us += ms * 1000
        self.wall += ms


class StepCommitter:
    """Runs beats when the test says so, in order of time, moving the clock."""

    def __init__(self, clock: SetClock) -> None:
        self.clock = clock
        self._due = {}
        self._calls = []

    def wake(self, beat, at_us: int = 0) -> None:
        self._due[beat] = min(at_us, self._due.get(beat, at_us))

    def forget(self, beat) -> None:
        self._due.pop(beat, None)

    def call(self, work) -> None:
        self._calls.append(work)

    def step(self, ms: int = 0) -> None:
        end = self.clock.us + ms * 1000
        while True:
            while self._calls:
                self._calls.pop(0)()
            due = [(at, n, beat) for n, (beat, at) in enumerate(self._due.items()) if at <= end]
            if not due:
                break
            at, _, beat = heapq.nsmallest(1, due, key=lambda item: item[:2])[0]
            del self._due[beat]
            self.clock.pass_ms(max(0, (at - self.clock.us + 999) // 1000))
            again = beat.beat(self.clock.us)
            if again is not None:
                self.wake(beat, again)
        self.clock.pass_ms(max(0, (end - self.clock.us) // 1000))


@dataclass
class Wall:
    """Everything that was said by the desk."""

    durables: list = field(default_factory=list)
    safes: list = field(default_factory=list)
    codes: list = field(default_factory=list)
    runs: list = field(default_factory=list)
    problems: list = field(default_factory=list)
    changes: int = 0

    def changed(self):
        self.changes += 1

    def joined(self, sitting):
        pass

    def durable(self, seq):
        self.durables.append(seq)

    def sealed(self, last):
        pass

    def safe(self, last):
        self.safes.append(last)

    def submitted(self, code):
        self.codes.append(code)

    def run_event(self, run, event):
        self.runs.append((run, event))

    def problem(self, sentence):
        self.problems.append(sentence)


class SilentNet:
    def __init__(self) -> None:
        self.requests = []
        self.cancelled = 0
        self.sealed_to = []

    def look(self):
        pass

    def join(self, request):
        self.requests.append(request)

    def cancel(self):
        self.cancelled += 1

    def go_on(self, sitting, hubs):
        pass

    def sealed(self, last, link):
        self.sealed_to.append(last)

    def close(self):
        pass


class EchoRunner:
    """A program that prints its main file's length and ends."""

    def __call__(self, program, limits, deliver):
        deliver((Started("B"), Output("stdout", f"{len(program.files[program.main])}\n")))
        deliver((Ended(0, None, "exit", "The program ended.", 0.1),))
        return self

    def write_stdin(self, text):
        pass

    def happen(self, lines):
        pass

    def close_stdin(self):
        pass

    def stop(self):
        pass


def content(**desk) -> Content:
    questions = ("q1", "q2")
    return Content(
        exam_id=EXAM, course="CS", short_name="Quiz 1", long_name="Quiz 1: Loops", title="Loops", languages=("en",),
        practice=False, instructions="", honor_code="", attachments=(), shuffle=False,
        zones=(Zone(questions=tuple(Question(id=name) for name in questions)),),
        questions=tuple(
            QuestionContent(
                id=QuestionId(name), title=name.upper(), prompt=f"Prompt of {name}: print the sum.", main="main.py",
                starter=(ContentFile("main.py", b"# start\n"),), data=(), checks=(), images=(),
            )
            for name in questions
        ),
        interpreter=Interpreter(), desk=DeskRules(**desk), recording=RecordingPolicy(),
        checks=Checks(),
    )  # fmt: skip


def changed(before=None, question="q1", **fields):
    """The content with one question changed."""
    given = before or content()
    questions = tuple(structs.replace(each, **fields) if each.id == question else each for each in given.questions)
    return structs.replace(given, questions=questions)


def with_question(name, before=None):
    given = before or content()
    question = QuestionContent(
        id=QuestionId(name), title=name.upper(), prompt=f"Prompt of {name}.", main="main.py",
        starter=(ContentFile("main.py", b"# new\n"),), data=(), checks=(), images=(),
    )  # fmt: skip
    zones = (*given.zones, Zone(questions=(Question(id=name),)))
    return structs.replace(given, zones=zones, questions=(*given.questions, question))


def without_question(name, before=None):
    given = before or content()
    return structs.replace(
        given,
        zones=(Zone(questions=tuple(Question(id=each.id) for each in given.questions if each.id != name)),),
        questions=tuple(each for each in given.questions if each.id != name),
        withdrawn=tuple(each for each in given.questions if each.id == name),
    )


def front(given: Content, **facts) -> bytes:
    """The signed front page of a content; its key is wrapped cheaply, for tests."""
    page = structs.replace(front_of(given), start=cheap_wrap(), **facts)
    return sign_front(page, EXAM_KEY)


@cache
def desk_file(**facts) -> DeskFile:
    given = content()
    sealed = seal(encode_content(given), EXAM, CONTENT_KEY, EXAM_KEY.sign)
    made = DeskFile(
        format=1, exam=EXAM, exam_key=EXAM_KEY.public.raw, fingerprint=b"f" * 32, title="Loops",
        front=front(given, box="11" * 32, minutes=60), manifest=sealed.manifest, signature=sealed.signature,
        pieces=sealed.pieces, addresses=(Where("192.0.2.1", 23926),),
    )  # fmt: skip
    return structs.replace(made, **facts)


def cheap_wrap() -> WrappedKey:
    code, salt = start_code_of(CONTENT_KEY, EXAM)
    return wrap_key(code, CONTENT_KEY, EXAM, salt)


START_CODE = str(start_code_of(CONTENT_KEY, EXAM)[0])


def hash_of(given: Content) -> str:
    """The hash under which editions name a content."""
    return content_hash(seal(encode_content(given), EXAM, CONTENT_KEY, EXAM_KEY.sign).manifest)


class Bench:
    """A desk, its surroundings, and what a hub would sign."""

    def __init__(self, folder: Path | None, *, seed: str = "") -> None:
        self.clock = SetClock()
        self.committer = StepCommitter(self.clock)
        self.chance = SeededChance(seed)
        self.machine = Machine(
            clock=self.clock, chance=self.chance, committer=self.committer, boot=7, device=DeviceId(b"d" * 16),
            device_name="pc-1", user="ada", platform="Linux", python="3.11", app="0.1.0",
        )  # fmt: skip
        self.folder = folder
        self.session = SessionId(b"s" * 16)
        self.revision = 0
        self.new_desk()

    def new_desk(self) -> Desk:
        self.wall = Wall()
        self.net = SilentNet()
        self.desk = Desk(self.folder, self.machine, EchoRunner(), self.wall)
        self.desk.connect(self.net)
        return self.desk

    def endorsement(self, request, parent=None) -> bytes:
        return issue(
            Endorsement(
                exam=EXAM.hex(), student=request.student, name="Ada", section="A", session=self.session.hex(),
                journal=request.journal.hex(), device=request.device.hex(), journal_key=request.key.public.raw.hex(),
                parent=parent, by="roster", hub_ms=0, not_after_ms=2**50,
            ),
            EXAM_KEY,
        )  # fmt: skip

    content_key = CONTENT_KEY

    def sealed(self, given: Content):
        """A content as it is delivered."""
        return seal(encode_content(given), EXAM, CONTENT_KEY, EXAM_KEY.sign)

    def correction(self, number: int, question: str, prompt: str) -> bytes:
        """A correction of the staff that says how a question reads."""
        return sign_notice(
            Notice(
                exam=EXAM.hex(), session=self.session.hex(), number=number, issued_ms=self.clock.wall,
                kind="correction", text="Corrected.", question=question, prompt=prompt,
            ),
            EXAM_KEY,
        )  # fmt: skip

    def admit(self, restored=(), parent=None, drawn=None):
        from shared.admission.endorsement import read

        request = self.net.requests[-1]
        envelope = self.endorsement(request, parent)
        hub = (EXAM_KEY.public.raw, "Loops", ())
        return self.desk.admitted(read(envelope, EXAM_KEY.public), envelope, request, hub, restored, drawn=drawn)

    def standing(self, **fields) -> bytes:
        self.revision += 1
        facts = {"starts_ms": self.clock.wall, "ends_ms": self.clock.wall + 3_600_000} | fields
        return sign_standing(
            Standing(
                exam=EXAM.hex(), session=self.session.hex(), revision=self.revision, issued_ms=self.clock.wall, **facts
            ),
            EXAM_KEY,
        )

    def notice(self, number: int, text: str) -> bytes:
        return sign_notice(
            Notice(
                exam=EXAM.hex(), session=self.session.hex(), number=number, issued_ms=self.clock.wall, kind="message",
                text=text,
            ),
            EXAM_KEY,
        )  # fmt: skip

    def deliver_content(self, exam: Content | None = None) -> None:
        self.deliver_sealed(exam)
        self.desk.sitting.content_key(CONTENT_KEY)

    def deliver_sealed(self, exam: Content | None = None, edition: bytes = b"") -> None:
        """What a desk gets before the start: the sealed pieces and the front page."""
        given = exam or content()
        sealed = seal(encode_content(given), EXAM, CONTENT_KEY, EXAM_KEY.sign)
        sitting = self.desk.sitting
        for index in sitting.content_offered(sealed.manifest, sealed.signature, front(given), edition):
            sitting.content_part(index, sealed.pieces[index])

    def edition(self, number: int, exam: Content, before: Content | None = None, **fields) -> bytes:
        """What the hub signs of a further content."""
        return sign_edition(
            Edition(
                exam=EXAM.hex(), number=number, issued_ms=self.clock.wall, former=hash_of(before or content()),
                content=hash_of(exam), **fields,
            ),
            EXAM_KEY,
        )  # fmt: skip

    def deliver_edition(self, number: int, exam: Content, before: Content | None = None, **fields) -> None:
        """A further content as it comes while the exam runs."""
        self.deliver_sealed(exam, self.edition(number, exam, before, **fields))
        self.committer.step(10)

    def open_exam(self, exam: Content | None = None, **fields):
        self.desk.join("code", "s1")
        sitting = self.admit()
        sitting.standing(self.standing(**fields))
        self.deliver_content(exam)
        self.committer.step(10)
        return self.desk

    def crash(self) -> Desk:
        """Drop everything that was not committed, as a power cut does, and begin a new desk in the same folder."""
        self.desk.sitting.journal._file.close()
        self.committer._due.clear()
        self.committer._calls.clear()
        return self.new_desk()

    def come_back(self) -> Desk:
        from student_app.core.shelf import to_go_on_with

        path = to_go_on_with(self.folder)
        assert path is not None
        self.desk.go_on(path)
        self.committer.step(10)
        return self.desk


JOURNAL = JournalId(b"j" * 16)


def events(desk, kind=None):
    rows = desk.sitting.journal._file.readable_events(-1)
    payloads = [decode(unpack_header(entry.header).kind, entry.payload) for _, entry in rows]
    return [payload for payload in payloads if kind is None or isinstance(payload, kind)]
