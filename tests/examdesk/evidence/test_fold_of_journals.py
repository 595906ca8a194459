import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from examdesk.evidence.fold import JournalFacts
from examdesk.evidence.rules import Rules
from examdesk.evidence.summaries import NAMES, summary
from examdesk.evidence.workspace import fold
from shared.events import KINDS, Unknown, kinds
from shared.log.entry import Entry
from tests.support.journals import ExamInMemory, typed_journal
from tests.support.scripted import MAIN, Student


def everything(facts: JournalFacts) -> dict:
    """What a fold came to, without its machinery."""
    skipped = {"rules", "clock", "files", "_watches", "_running", "first", "last"}
    state = {name: value for name, value in vars(facts).items() if name not in skipped}
    state |= {"texts": facts.files.texts, "removed": list(facts.files.removed()), "changed": facts.files.changed_ms}
    return state | {"offset": facts.clock.offset_ms, "first_ms": facts.first_ms, "header": facts.last}


deeds = st.lists(
    st.one_of(
        st.tuples(
            st.just("type"), st.text(st.sampled_from("ab (\n\U0001f40d"), max_size=30), st.sampled_from([5.0, 90.0])
        ),
        st.tuples(
            st.just("paste"), st.text(st.sampled_from("defgh \n"), max_size=120), st.sampled_from(["own", "outside"])
        ),
        st.tuples(st.just("erase"), st.integers(0, 60), st.booleans()),
        st.tuples(st.just("away"), st.integers(0, 60_000), st.none()),
        st.tuples(st.just("wait"), st.integers(0, 1_500), st.none()),
        st.tuples(st.just("run"), st.text(max_size=20), st.none()),
        st.tuples(st.just("clock"), st.integers(-90_000, 90_000), st.none()),
        st.tuples(st.just("submit"), st.sampled_from(["student", "time"]), st.none()),
        st.tuples(st.just("reopen"), st.none(), st.none()),
        st.tuples(st.just("standing"), st.sampled_from(["active", "paused", "waiting"]), st.integers(-9_000, 9_000)),
    ),
    max_size=25,
)


def act(student: Student, what: str, one, two) -> None:
    match what:
        case "type":
            student.type(one, per_second=two)
        case "paste":
            student.paste(one, clip=two)
        case "erase":
            length = len(student.files.texts[MAIN])
            student.erase(0, min(one, length), letter_by_letter=two)
        case "away":
            student.look_away(one)
        case "wait":
            student.clock.advance(seconds=one)
        case "run":
            student.run(one)
        case "clock":
            student.clock.set_wall(student.clock.wall_ms() + one)
            student.write(kinds.ClockJumped(by_ms=one))
        case "submit":
            student.submit(one)
        case "reopen":
            student.write(kinds.Reopened(by="staff"))
        case "standing":
            student.write(kinds.StandingApplied(revision=2, phase=one, offset_ms=two))


@settings(max_examples=60)
@given(deeds, st.integers(1, 7))
def test_a_fold_event_by_event_in_pieces_and_in_one_go_is_the_same(script, size):
    student = Student().begin("# start\n")
    for what, one, two in script:
        act(student, what, one, two)
    whole = JournalFacts(student.journal).take_all(student.entries)
    live = JournalFacts(student.journal)
    for start in range(0, len(student.entries), size):
        live.take_all(student.entries[start : start + size])
        live.signals.copy()
    assert everything(live) == everything(whole)
    assert whole.events == len(student.entries)
    assert whole.files.texts == student.files.texts
    assert fold(student.entries).texts() == student.files.texts
    assert whole.misfits == 0


def test_erased_unreadable_and_unknown_events_are_counted_and_change_nothing():
    student = Student().begin("a\n")
    student.type("b\n")
    entries = list(student.entries)
    entries[-1] = Entry(entries[-1].header, entries[-1].salt, None, bytes(32))
    entries.append(Entry(entries[-2].header, b"", b"{not json"))
    unknown = bytearray(entries[-2].header)
    unknown[1] = 200
    entries.append(Entry(bytes(unknown), b"", b'{"x":1}'))
    facts = JournalFacts(student.journal).take_all(entries)
    assert (facts.erased, facts.unreadable, dict(facts.unknown)) == (1, 1, {200: 1})
    assert facts.events == len(entries)


def test_times_are_the_hubs_whatever_the_pcs_clock_says():
    student = Student()
    start = student.clock.wall_ms()
    student.write(kinds.Started(how="new", app="1", platform="x", python="3", device="d"), ms=0)
    student.write(kinds.StandingApplied(revision=1, phase="active", offset_ms=3_600_000), ms=1_000)
    student.clock.set_wall(start - 86_400_000)
    student.write(kinds.HandRaised(up=True), ms=5_000)
    facts = JournalFacts(student.journal).take_all(student.entries)
    assert facts.first_ms == start + 3_600_000
    assert facts.hand is not None
    assert facts.hand.at_ms == start + 3_600_000 + 6_000
    assert facts.clock.offset_ms == 3_600_000


def test_a_version_counts_when_the_text_differs():
    student = Student().begin("# start\n")
    student.write(kinds.Checkpoint(files=student.states(), why="resume"))
    student.run()
    student.run()
    student.type("x = 1\n")
    student.run()
    student.write(kinds.Checkpoint(files=student.states(), why="save"))
    student.type("y")
    student.write(kinds.Checkpoint(files=student.states(), why="stop"))
    student.submit()
    facts = JournalFacts(student.journal).take_all(student.entries)
    assert [version.why for version in facts.versions] == ["run", "run", "stop"]
    assert [run.version for run in facts.runs] == [1, 1, 2]


def test_long_output_keeps_its_beginning_and_its_end():
    student = Student().begin()
    student.write(kinds.RunStarted(run=1, question="q1", file=MAIN, files=student.states()))
    for part in ("begin" + "a" * 500, "b" * 5_000, "c" * 500 + "end"):
        student.write(kinds.RunOutput(run=1, stream="out", text=part))
    student.write(kinds.RunEnded(run=1, reason="output", seconds=1.0))
    (run,) = JournalFacts(student.journal, Rules(output_chars=100)).take_all(student.entries).runs
    assert run.output.startswith("begin")
    assert run.output.endswith("end")
    assert "left out" in run.output
    assert len(run.output) < 200
    assert run.failed


def test_checks_that_do_not_hold_are_no_failed_program():
    student = Student().begin()
    student.type("x = 1\n")
    student.run(exit_code=1)
    student.run(exit_code=1, checks=True)
    student.run(exit_code=0)
    program, checks, _ = JournalFacts(student.journal).take_all(student.entries).runs
    assert (program.what, program.failed) == (MAIN, True)
    assert (checks.what, checks.failed, checks.version) == ("checks of q1", False, program.version)


def test_hand_in_and_going_on_follow_each_other():
    student = Student().begin()
    facts = JournalFacts(student.journal)
    student.submit()
    facts.take_all(student.entries)
    assert facts.handed_in is not None
    student.write(kinds.Reopened(by="staff"))
    facts.take(student.entries[-1])
    assert facts.handed_in is None
    assert facts.working_at(facts.last_ms)


def test_hard_texts_are_folded_too():
    journal = typed_journal(ExamInMemory())
    facts = JournalFacts(journal.id).take_all(journal.entries)
    assert facts.misfits == 0
    assert facts.files.texts == fold(journal.entries).texts()


def test_every_kind_of_event_has_a_sentence():
    assert set(NAMES) == set(KINDS)
    for kind in KINDS.values():
        sentence = summary(_any(kind))
        assert sentence[0].isupper() or sentence[0] in "q/"
        assert sentence.endswith((".", "”"))
        assert "\n" not in sentence
    assert "kept as it came" in summary(Unknown(99, b"{}"))


def _any(kind: type[kinds.Payload]) -> kinds.Payload:
    values = {"int": 1, "str": "q1", "float": 1.5, "bool": True, "tuple": (), "dict": {}}
    given_values = {}
    for field in msgspec.structs.fields(kind):
        if field.required:
            bare = field.type.__origin__ if hasattr(field.type, "__metadata__") else field.type
            literal = getattr(bare, "__args__", None)
            plain = getattr(bare, "__name__", "")
            given_values[field.encode_name] = literal[0] if plain == "Literal" and literal else values.get(plain, "q1")
    return kind(**given_values)


def test_files_are_renamed_and_removed_with_what_is_known_of_them():
    student = Student().begin("# start\n")
    student.create("q1/b.py", "x = 1  # a line of some length\n")
    student.write(kinds.FileRenamed(file="q1/b.py", to="q1/c.py"))
    student.write(kinds.FileRenamed(file="q1/none.py", to="q1/d.py"))
    student.write(kinds.FileRenamed(file="q1/c.py", to=MAIN))
    facts = JournalFacts(student.journal).take_all(student.entries)
    assert facts.files.texts == {MAIN: "# start\n", "q1/c.py": "x = 1  # a line of some length\n"}
    assert facts.misfits == 2
    student.write(kinds.FileRemoved(file="q1/c.py"))
    student.write(kinds.FileCreated(file=MAIN, origin="student"))
    facts.take_all(student.entries[-2:])
    assert list(facts.files.texts) == [MAIN]
    assert list(facts.files.removed()) == ["x = 1  # a line of some length\n"]
    assert facts.misfits == 3


def test_text_taken_out_backwards_or_forwards_is_remembered_as_one():
    student = Student().begin()
    student.insert("abcdefghijklmnopqrstuvwxyz")
    student.erase(13, 13, letter_by_letter=True)
    for _ in range(13):
        student.erase(0, 1)
    facts = JournalFacts(student.journal).take_all(student.entries)
    assert list(facts.files.removed()) == ["abcdefghijklm", "nopqrstuvwxyz"]
