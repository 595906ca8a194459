"""The exam document, typed: what exam.toml says, and nothing else."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from shared.exam.access import AccessRule, Accommodation, Groups, Schedule, Section
from shared.exam.rules import Admission, DeskRules, HonorCode, Interpreter, RecordingPolicy, Signals
from shared.exam.table import Points, ShortText, Table
from shared.ids import ExamId, QuestionId

FORMAT = 1
"""The exam.toml format that this version reads and writes."""

Roles = tuple[ShortText, ...] | None
Gate = Annotated[int, Meta(ge=0, le=100, description="Percent to reach before the next question opens.")] | None


class Question(Table, frozen=True, kw_only=True, tag="question", tag_field="kind"):
    """`[[zones.questions]]` with an `id`: the folder `questions/<id>`."""

    id: Annotated[str, Meta(min_length=1, max_length=64, description="Name of its folder under `questions/`.")]
    title: Annotated[ShortText, Meta(description="Left out: the first heading of question.md.")] = ""
    main: Annotated[
        ShortText, Meta(description="The file that Run starts; left out: main.py, or the only starter program.")
    ] = ""
    points: Annotated[
        tuple[Points, ...], Meta(max_length=100, description="Points of its checks, one per attempt: `[10, 7, 5]`.")
    ] = ()
    manual_points: Annotated[float, Meta(ge=0, le=10_000, description="Points that a person gives.")] | None = None
    minutes_between: (
        Annotated[int, Meta(ge=0, le=1440, description="Minutes between two attempts at its checks.")] | None
    ) = None
    advance_score: Gate = None
    can_view: Annotated[Roles, Meta(description="Group roles that may see it.")] = None
    can_submit: Annotated[Roles, Meta(description="Group roles that may hand it in.")] = None


class Alternatives(Table, frozen=True, kw_only=True, tag="alternatives", tag_field="kind"):
    """`[[zones.questions]]` with `alternatives`: each student gets some of them."""

    alternatives: Annotated[tuple[Question, ...], Meta(min_length=1, description="The questions to draw from.")]
    number_choose: Annotated[int, Meta(ge=1, le=1000, description="How many of them each student gets.")] = 1
    points: Annotated[
        tuple[Points, ...], Meta(max_length=100, description="Points of those that name none of their own.")
    ] = ()
    advance_score: Gate = None
    can_view: Annotated[Roles, Meta(description="Group roles that may see them.")] = None
    can_submit: Annotated[Roles, Meta(description="Group roles that may hand them in.")] = None


Entry = Question | Alternatives


class Zone(Table, frozen=True, kw_only=True):
    """`[[zones]]`: a part of the exam; zones keep their order for everyone."""

    title: Annotated[ShortText, Meta(description="Shown above its questions.")] = ""
    questions: Annotated[tuple[Entry, ...], Meta(min_length=1, description="Questions and groups of alternatives.")]
    max_points: Annotated[float, Meta(ge=0, le=100_000, description="Most points that count from here.")] | None = None
    best_questions: Annotated[int, Meta(ge=1, le=1000, description="Only the best so many questions count.")] | None = (
        None
    )
    shuffle: Annotated[bool, Meta(description="Left out: as the exam says.")] | None = None
    advance_score: Gate = None
    can_view: Annotated[Roles, Meta(description="Group roles that may see it.")] = None
    can_submit: Annotated[Roles, Meta(description="Group roles that may hand it in.")] = None


class Checks(Table, frozen=True, kw_only=True):
    """`[checks]`: the tests in `checks/` and `hidden-checks/`, where an author wants them run."""

    enabled: Annotated[bool, Meta(description="Run the questions' checks.")] = False
    evaluate_seconds: Annotated[
        int, Meta(ge=0, le=36_000, description="Seconds between automatic evaluations; 0: none.")
    ] = 0
    show_results: Annotated[bool, Meta(description="Show students what their checks said.")] = True
    minutes_between: Annotated[int, Meta(ge=0, le=1440, description="Minutes between two attempts.")] = 0


class Exam(Table, frozen=True, kw_only=True):
    """A whole exam.toml."""

    format: Annotated[int, Meta(ge=1, description="The version of this format.")] = FORMAT
    uuid: Annotated[UUID, Meta(description="The exam's identity; made once and never changed.")]
    title: Annotated[str, Meta(min_length=1, max_length=200, description="Title, such as `Coordinates and Vectors`.")]
    course: Annotated[ShortText, Meta(description="Course, such as `CS 101`.")] = ""
    set: Annotated[str, Meta(min_length=1, max_length=60, description="`Quiz`, `Exam`, `Homework` or your own.")] = (
        "Exam"
    )
    number: Annotated[
        str, Meta(max_length=20, description="Number within the set; text or a whole number.", extra={"whole": True})
    ] = "1"
    instructor: Annotated[
        ShortText, Meta(description="Who holds it, as students read it when they look for their exam.")
    ] = ""
    module: Annotated[ShortText, Meta(description="Course module that it belongs to.")] = "Default"
    draft: Annotated[bool, Meta(description="A draft is invisible to students.")] = False
    practice: Annotated[bool, Meta(description="A student may take it again and again.")] = False
    languages: Annotated[
        tuple[ShortText, ...],
        Meta(min_length=1, max_length=20, description="Languages of its texts: `en`."),
    ] = ("en",)
    instructions: Annotated[
        str, Meta(max_length=100_000, description="Markdown shown before the exam; or a file instructions.md.")
    ] = ""
    attachments: Annotated[
        tuple[str, ...], Meta(max_length=200, description="Formula sheets and other files, paths in this folder.")
    ] = ()
    shuffle: Annotated[bool, Meta(description="Draw the order of questions within a zone per student.")] = True
    advance_score: Gate = None
    can_view: Annotated[Roles, Meta(description="Group roles that may see the questions.")] = None
    can_submit: Annotated[Roles, Meta(description="Group roles that may hand in.")] = None
    zones: Annotated[tuple[Zone, ...], Meta(min_length=1, description="The parts of the exam.")]
    honor_code: HonorCode = HonorCode()
    interpreter: Interpreter = Interpreter()
    desk: DeskRules = DeskRules()
    signals: Signals = Signals()
    recording: RecordingPolicy = RecordingPolicy()
    schedule: Schedule = Schedule()
    admission: Admission = Admission()
    sections: tuple[Section, ...] = ()
    access: tuple[AccessRule, ...] = ()
    accommodations: tuple[Accommodation, ...] = ()
    groups: Groups = Groups()
    checks: Checks = Checks()
    unknown: dict[str, Any] = msgspec.field(default_factory=dict)
    """What this version does not know, by dotted path, kept as it was read."""

    @property
    def id(self) -> ExamId:
        """The exam's 16-byte id, the uuid's bytes."""
        return ExamId(self.uuid.bytes)

    @property
    def short_name(self) -> str:
        """Set and number: `Quiz 2`."""
        return f"{self.set} {self.number}".strip()

    @property
    def long_name(self) -> str:
        """Set, number and title: `Quiz 2: Coordinates and Vectors`."""
        return f"{self.short_name}: {self.title}"

    def questions(self) -> tuple[Question, ...]:
        """Every question of the exam, alternatives included, in the order of the file."""
        return tuple(question for zone in self.zones for entry in zone.questions for question in questions_of(entry))

    def question(self, question_id: QuestionId) -> Question | None:
        """The question with this id."""
        return next((question for question in self.questions() if question.id == question_id), None)


def questions_of(entry: Entry) -> tuple[Question, ...]:
    """The question itself, or the alternatives of a group."""
    return entry.alternatives if isinstance(entry, Alternatives) else (entry,)


def schedule_of(exam: Exam, section: str | None = None) -> Schedule:
    """The exam's schedule with what the section of this name says otherwise; an unknown section changes nothing."""
    found = next((each for each in exam.sections if each.name == section), None)
    if found is None:
        return exam.schedule
    own = {name: value for name, value in msgspec.structs.asdict(found.schedule).items() if value is not None}
    return msgspec.structs.replace(exam.schedule, **own)
