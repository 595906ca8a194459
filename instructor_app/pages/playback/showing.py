"""What of a tape is shown where: marks on lanes, and the moments that can be compared."""

from collections.abc import Sequence

from examdesk.staffapi.messages import ReviewStepView, SessionView
from examdesk.staffapi.playback.marks import Lane, Mark, message_marks, signal_marks, version_marks
from examdesk.staffapi.playback.tape import Tape
from instructor_app.pages.playback.differences import Moment
from instructor_app.pages.playback.loader import Loader
from instructor_app.pages.playback.moment_note import note_marks
from instructor_app.words import clock_time, tr

_VIEWED = 9
"""The kind of event by which the student first turns to a question: what is there before was given."""


def lanes_of(
    loader: Loader, view: SessionView | None, last_ms: int, notes: Sequence[ReviewStepView], found: Sequence[Mark]
) -> dict[Lane, Sequence[Mark]]:
    """Return the marks of every lane; `view` adds messages and signals once it is there."""
    tape, marks = loader.tape, loader.marks
    runs = marks.run_marks(last_ms)
    return {
        "pastes": marks.pastes,
        "runs": [run._replace(words=_run_words(loader, place)) for place, run in enumerate(runs)],
        "versions": version_marks(tape, loader.versions),
        "focus": marks.focus,
        "offline": marks.offline,
        "receipts": marks.receipts,
        "exam": marks.exam,
        "messages": message_marks(tape, view.messages if view is not None else (), marks.hands),
        "signals": signal_marks(tape, view.signals if view is not None else ()),
        "notes": note_marks(tape, notes),
        "session": marks.session,
        "found": found,
    }


def _run_words(loader: Loader, place: int) -> str:
    run = loader.marks.runs[place]
    return loader.tape.events[(run.ended if run.ended is not None else run.number) - 1].words


def moments_of(loader: Loader) -> list[Moment]:
    """Return versions, runs and the code as it was given, in their order."""
    named = {
        mark.number: tr("Version {n}, {time}", n=mark.words, time=clock_time(mark.at_ms, seconds=True))
        for mark in version_marks(loader.tape, loader.versions)
    }
    for run in loader.marks.runs:
        name = tr("Run {n} (checks), {time}") if run.checks else tr("Run {n}, {time}")
        words = name.format(n=run.run, time=clock_time(run.at_ms, seconds=True))
        known = named.get(run.number)
        named[run.number] = words if known is None else f"{words} ({known.partition(',')[0]})"
    events = loader.tape.events
    given = next((place + 1 for place, event in enumerate(events) if event.kind == _VIEWED), None)
    if given is not None:
        named.setdefault(given, tr("As it was given"))
    return sorted(named.items())


def first_with_text(tape: Tape) -> int:
    """Return the first moment after which a file was worked on, so that a playback does not begin with nothing."""
    return next((place + 1 for place, file in enumerate(tape.touched) if file >= 0), len(tape.touched))
