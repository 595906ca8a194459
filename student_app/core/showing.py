"""The desk at one moment, as screens show it, taken from the open journal."""

import msgspec

from shared.exam.content import Content
from student_app.core.amending import Amended, counts
from student_app.core.content import QuestionView
from student_app.core.memory import Memory
from student_app.core.session import Phase
from student_app.core.sitting import Sitting
from student_app.core.state import DeskState, NoticeView, RunView


def shown(sitting: Sitting, **others: object) -> DeskState:
    """Return the desk as it is now; `others` are the fields that the journal knows nothing of."""
    journal, memory, identity = sitting.journal, sitting.memory, sitting.journal.identity
    hub_ms = sitting.clock.hub_ms()
    standing, content = sitting.session.standing, sitting.content.content
    starts = standing.starts_ms if standing is not None else None
    notices, anew = _notices(sitting), sitting.affirmation.anew
    phase = sitting.session.phase
    state = DeskState(
        phase=phase,
        title=identity.title if content is None or sitting.content.edition is None else content.long_name,
        student=identity.student,
        name=identity.name,
        session=identity.session.hex(),
        left_ms=sitting.session.left_ms(hub_ms),
        starts_in_ms=None if starts is None else max(0, starts - hub_ms),
        last=journal.last,
        saved=journal.durable,
        safe=journal.safe,
        unsent=journal.last - journal.safe,
        online=sitting.online,
        trouble=sitting.trouble,
        questions=_questions(content, memory),
        question=memory.question,
        file=memory.file,
        run=_run(memory),
        edition=memory.edition,
        notices=notices,
        unread=sum(not one.read for one in notices),
        hand=memory.hand,
        notes=memory.notes,
        code=sitting.code,
        honor=memory.honor and not (anew and (phase is Phase.WAITING or not memory.question)),
        affirms_anew=anew and phase in {Phase.WAITING, Phase.WORKING, Phase.PAUSED},
        note=sitting.vouching.waits or (standing.note if standing is not None else ""),
        alone=sitting.vouching.alone,
        paste="allow" if content is None else content.desk.paste,
        may_take_back=content is None or content.desk.take_back,
        may_report=content is None or content.desk.issue_reporting,
        review=standing is not None and standing.review and phase is Phase.ENDED,
    )
    return msgspec.structs.replace(state, **others)


def _notices(sitting: Sitting) -> tuple[NoticeView, ...]:
    read, edition = sitting.memory.read, sitting.content.edition
    views = [
        NoticeView(
            one.number, one.kind, one.text, one.sender, one.issued_ms, one.number in read, one.question,
            one.prompt if counts(one, edition) else "",
        )
        for one in sorted(sitting.notices.by_number.values(), key=lambda one: one.number)
    ]  # fmt: skip
    views += [_amended(one, sitting.memory) for one in sitting.editions.amended if one.text]
    return tuple(sorted(views, key=lambda one: one.issued_ms))


def _amended(one: Amended, memory: Memory) -> NoticeView:
    """What an edition changed stands among the messages: a question's text as a correction of it."""
    kind = "correction" if one.question else "announcement"
    read = (one.edition, one.question) in memory.editions_read
    return NoticeView(one.number, kind, one.text, "", one.issued_ms, read, one.question, one.now, one.before)


def _run(memory: Memory) -> RunView | None:
    record = memory.last_runs.get(memory.question)
    if record is None:
        return None
    return RunView(
        run=record.run, file=record.file, output=record.output, reason=record.reason, seconds=record.seconds,
        error=record.error, line=record.line, checks=record.checks, figures=record.figures,
    )  # fmt: skip


def _questions(content: Content | None, memory: Memory) -> tuple[QuestionView, ...]:
    if content is None:
        return ()
    views: list[QuestionView] = []
    for drawn in memory.drawn:
        question = content.question(drawn)
        if question is not None:
            files = tuple(file for file in memory.workspace.files if file.startswith(f"{drawn}/"))
            changes = [memory.changed_ms[file] for file in files if file in memory.changed_ms]
            views.append(
                QuestionView(
                    drawn,
                    question.title,
                    f"{drawn}/{question.main}",
                    files,
                    runs=memory.run_counts.get(drawn, 0),
                    last_run=memory.last_ends.get(drawn, ""),
                    changed_ms=max(changes, default=None),
                    added=drawn in memory.fresh,
                    withdrawn=question in content.withdrawn,
                )
            )
    return tuple(views)
