import pytest

from examdesk.readmodels import series, session, similar_pair, similarity
from examdesk.readmodels.audit import audit_log
from examdesk.staffapi.messages import GetAudit
from examdesk.store.audit import Deed
from shared.admission.receipt_code import receipt_code
from shared.events import kinds
from shared.text import Origin
from tests.support.clocks import ManualClock
from tests.support.scripted import EXAM, MAIN, Student, link_at, moved

OWN = (
    "def mean(values):\n    total = 0\n    for value in values:\n        total = total + value\n"
    "    return total / len(values)\n"
)


def test_a_session_is_shown_with_everything(records, reader, live):
    records.roster("ada")
    ada = Student("ada")
    records.join(ada)
    ada.begin("# start\n", user="ada")
    ada.type("x = 1\n")
    ada.write(kinds.MessageSent(text="Help"))
    ada.write(kinds.MessageSeen(number=1, how="delivered", sha256=""))
    ada.write(kinds.MessageSeen(number=1, how="read", sha256=""))
    records.say(1, "Ten minutes left", ada.clock.wall_ms())
    seq = ada.submit()
    records.hand_over(ada)
    live.load()
    view = session.session_view(live, reader, ada.session.hex(), ada.clock.wall_ms())
    assert [(file.file, file.question, file.length) for file in view.files] == [(MAIN, "q1", 14)]
    assert [(each.from_student, each.text) for each in view.messages] == [(True, "Help"), (False, "Ten minutes left")]
    assert view.messages[1].read_ms is not None
    assert [(each.role, each.events) for each in view.journals] == [("main", len(ada.entries))]
    assert view.submitted_ms is not None
    assert view.receipt_code == receipt_code(link_at(ada, seq))
    assert view.platform == "Linux"
    assert view.basis is not None
    assert view.basis.inputs == ((ada.journal.hex(), seq, link_at(ada, seq).hex()),)


def test_a_moved_session_shows_its_line_and_its_side_branches(records, reader, live):
    first, second, third = moved(records)
    live.load()
    view = session.session_view(live, reader, first.session.hex(), 0)
    assert [(each.device, each.role) for each in view.journals] == [
        ("pc-ada", "earlier"),
        ("pc-ada-2", "main"),
        ("pc-ada-3", "side branch"),
        ("pc-ada", "side branch"),
    ]
    page = session.events(live, reader, first.session.hex(), (0, 5000))
    assert page.total == len(page.events) == len(first.entries) + len(second.entries) + len(third.entries)
    assert [event.seq for event in page.events if event.journal == second.journal.hex()] == list(
        range(len(second.entries))
    )


def test_events_come_in_pages_and_by_kind(records, reader, live):
    first, _, _ = moved(records)
    live.load()
    name = first.session.hex()
    everything = session.events(live, reader, name, (0, 5000)).events
    pages = [session.events(live, reader, name, (start, 7)).events for start in range(0, len(everything), 7)]
    assert tuple(event for page in pages for event in page) == everything
    runs = session.events(live, reader, name, (0, 5000), ("RunStarted", "RunEnded"))
    assert runs.total == len(runs.events) == 4
    assert {event.kind for event in runs.events} == {"RunStarted", "RunEnded"}
    assert all(event.summary.endswith(".") and event.payload.startswith("{") for event in everything)


def test_a_text_at_any_moment_with_where_it_came_from(records, reader, live):
    ada = Student("ada")
    records.join(ada)
    ada.begin("# start\n")
    ada.type("abc")
    middle = len(ada.entries) - 1
    ada.paste("XYZ")
    records.hand_over(ada)
    live.load()
    now = session.text_view(live, reader, ada.session.hex(), MAIN)
    assert now.text == "# start\nabcXYZ"
    assert now.spans == ((8, Origin.STARTER), (3, Origin.TYPED), (3, Origin.OUTSIDE))
    then = session.text_view(live, reader, ada.session.hex(), MAIN, (ada.journal.hex(), middle))
    assert (then.text, then.seq) == ("# start\nabc", middle)


def test_the_origin_of_characters_survives_a_move(records, reader, live):
    first, _, _ = moved(records)
    live.load()
    view = session.text_view(live, reader, first.session.hex(), MAIN)
    assert view.text == "# start\nx = 1\ny = 2\n"
    assert view.spans == ((8, Origin.STARTER), (12, Origin.TYPED))


def test_runs_come_with_their_output(records, reader, live):
    first, second, _ = moved(records)
    live.load()
    runs = session.runs(live, reader, first.session.hex()).runs
    assert [(run.journal, run.run, run.output, run.version) for run in runs] == [
        (first.journal.hex(), 1, "1\n", 1),
        (second.journal.hex(), 1, "2\n", 1),
    ]


@pytest.mark.parametrize("name", ["", "zz", "00", "00" * 16])
def test_what_is_not_there_is_told(records, reader, live, name):
    live.load()
    with pytest.raises(session.NotThere, match="no such session"):
        session.session_view(live, reader, name, 0)


def test_a_file_or_journal_that_is_not_there_is_told(records, reader, live):
    ada = Student("ada")
    records.join(ada)
    ada.begin()
    records.hand_over(ada)
    live.load()
    with pytest.raises(session.NotThere, match="no file"):
        session.text_view(live, reader, ada.session.hex(), "q9/main.py")
    with pytest.raises(session.NotThere, match="no such journal"):
        session.text_view(live, reader, ada.session.hex(), MAIN, ("ff", None))


def test_a_session_without_events_can_be_opened(records, reader, live):
    ada = Student("ada")
    records.join(ada)
    live.load()
    view = session.session_view(live, reader, ada.session.hex(), ada.clock.wall_ms())
    assert (view.files, view.signals, view.receipt_code) == ((), (), "")
    assert session.runs(live, reader, ada.session.hex()).runs == ()


def test_series_count_status_and_runs_by_the_minute(records, live):
    clock = ManualClock()
    records.roster("ada", "bob")
    ada = Student("ada", clock)
    records.join(ada)
    ada.begin()
    ada.run()
    ada.run()
    clock.advance(seconds=300)
    ada.run()
    ada.submit()
    records.hand_over(ada)
    clock.advance(seconds=601)
    live.load()
    figures = series.series(live, clock.wall_ms(), lambda _session: True)
    assert figures.step_ms == 60_000
    assert sum(figures.runs) == 3
    assert figures.runs[0] == 2
    assert all(sum(counts[point] for counts in figures.status.values()) == 2 for point in range(len(figures.runs)))
    assert figures.status["Not joined"] == (1,) * len(figures.runs)
    assert figures.status["Working"][0] == 1
    assert figures.status["Idle"][4] == 1
    assert figures.status["Submitted"][-1] == 1


def test_series_know_starts_by_the_clock_and_who_is_idle_now(records, live):
    ada = Student("ada")
    records.join(ada)
    ada.write(kinds.Started(how="new", app="1", platform="x", python="3", device="d"))
    starts = ada.clock.wall_ms() + 5 * 60_000
    ada.write(kinds.StandingApplied(revision=1, phase="waiting", starts_ms=starts))
    records.hand_over(ada)
    records.session(ada, starts_ms=starts)
    live.load()
    figures = series.series(live, starts + 9 * 60_000, lambda _session: True)
    minutes = range(60_000 // figures.step_ms - 1, len(figures.runs), 60_000 // figures.step_ms)
    told = [next(status for status, counts in figures.status.items() if counts[point]) for point in minutes]
    assert told[:5] == ["Waiting"] * 5
    assert told[6:8] == ["Working"] * 2
    assert told[9:] == ["Idle"] * len(told[9:])


@pytest.mark.parametrize(
    ("minutes", "step_ms"), [(0, 5_000), (4, 5_000), (6, 15_000), (14, 15_000), (16, 60_000), (1_200, 120_000)]
)
def test_series_look_closer_at_the_first_minutes(records, live, minutes, step_ms):
    ada = Student("ada")
    records.join(ada)
    ada.begin()
    records.hand_over(ada)
    live.load()
    now = ada.clock.wall_ms() + minutes * 60_000
    figures = series.series(live, now, lambda _session: True)
    assert figures.step_ms == step_ms
    assert 1 <= len(figures.runs) <= series.MOST_POINTS
    assert now - step_ms < figures.start_ms + (len(figures.runs) - 1) * step_ms <= now


def test_a_class_without_sessions_has_a_series(records, live):
    records.roster("ada")
    live.load()
    assert series.series(live, 1_000).status == {"Not joined": (1,)}


def test_similarity_of_the_class_names_pairs_and_takes_the_starter_out(records, live):
    starter = "import sys\nimport json\n\n\ndef main():\n    print(json.dumps(sys.argv))\n    return 0\n\n\nmain()\n"
    texts = {"ada": OWN, "bob": OWN.replace("total", "summe"), "eve": "print('hello')\nprint('world')\n", "kim": ""}
    for name, text in texts.items():
        student = Student(name)
        records.join(student)
        student.begin(starter)
        if text:
            student.type(text)
        records.hand_over(student)
    records.roster(*texts)
    live.load()
    work = similarity.class_work(live, (starter,), "q1", 5)
    view = similarity.compare(work)
    assert view.programs == 3
    assert view.all_pairs == 3
    best = view.pairs[0]
    assert {best.a_name, best.b_name} == {"Ada", "Bob"}
    assert (best.jaccard, best.too_short) == (1.0, True)
    assert best.shared_lines == OWN.count("\n")
    assert all(pair.jaccard < 0.2 for pair in view.pairs[1:])
    assert len(view.quantiles) == 101
    assert (view.quantiles[0], view.quantiles[-1]) == (0.0, 1.0)
    both = similar_pair.show_pair(work, (best.a, best.b))
    assert (both.jaccard, both.rank) == (best.jaccard, best.rank)
    (region,) = both.regions
    assert both.a_text[region[0] : region[1]].startswith("def mean")
    assert both.b_text[region[2] : region[3]].startswith("def mean")


def test_the_audit_log_is_read_newest_first(records, reader):
    with records.store.begin() as tx:
        for number in range(3):
            tx.control.audit(number, Deed(who="Prof", role="instructor", address="", what=f"deed {number}"))
    assert [entry.what for entry in audit_log(reader, EXAM, GetAudit(limit=2)).entries] == ["deed 2", "deed 1"]
