"""Any page as a picture, with plausible sample state, through the same views as in the exam."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import msgspec
from PyQt6.QtCore import QSettings, Qt, QTimer
from PyQt6.QtNetwork import QHostAddress, QTcpServer
from PyQt6.QtWidgets import QApplication

from shared.admission.codes import StartCode
from shared.discovery.joining import Address
from shared.exam.front import front_of
from shared.ids import QuestionId
from shared.problems import EnvironmentProblem, InputProblem
from student_app.bridge import Bridge
from student_app.core.conditions import Conditions, conditions_of
from student_app.core.content import QuestionView
from student_app.core.lab import Lab
from student_app.core.packages import PackagesView
from student_app.core.ports import HubAddress
from student_app.core.sentences import BACK
from student_app.core.session import Phase
from student_app.core.state import DeskState
from student_app.running.events import Ended, Figure, Listens, Output
from student_app.running.tracebacks import parse_traceback
from student_app.views import sample
from student_app.views.farewell import Farewell
from student_app.views.look import Look
from student_app.views.main_window import MainWindow
from student_app.views.port import Shelved
from student_app.views.sample import NAME, NOTICES, NOW_MS, WORKING, SampleDesk, surroundings

SETTLE_MS = 120
Finish = Callable[[MainWindow, SampleDesk], None]


class Page(msgspec.Struct, frozen=True):
    """A state of the desk, whether the exam's content (or only its front page) is known, and what is done then."""

    state: DeskState
    content: bool = True
    finish: Finish | None = None
    shelf: bool = False
    front: bool = False


def render(page: str, out: Path, look: Look, size: tuple[int, int]) -> None:
    """Draw a page into a PNG file.

    Raises:
        InputProblem: there is no such page.
        EnvironmentProblem: the file can't be written.
    """
    chosen = PAGES.get(page)
    if chosen is None:
        raise InputProblem(f"There is no page named {page!r}. Choose one of: {', '.join(PAGES)}.")
    with tempfile.TemporaryDirectory(prefix="examdesk-page-", ignore_cleanup_errors=True) as place:
        settings = QSettings(str(Path(place) / "window.ini"), QSettings.Format.IniFormat)
        drawn = _draw(chosen, out, look, size, settings)
        del settings  # Qt writes the file when the object goes, which must be before the folder does
    if not drawn:
        raise EnvironmentProblem(f"The picture could not be written to {out}. Choose another place.")


def _draw(chosen: Page, out: Path, look: Look, size: tuple[int, int], settings: QSettings) -> bool:
    """Show the page, let it settle, and return whether its picture was written."""
    door = QTcpServer()
    desk = SampleDesk(_reachable(chosen.state, door), sample.sample_content() if chosen.content else None)
    if chosen.front:
        desk.page = front_of(sample.sample_content())
    kept = Shelved("Exam 1: Functions", "s4711042", NAME, NOW_MS - 5_400_000, lambda: None)
    shelf = (kept,) if chosen.shelf else ()
    around = surroundings(desk, shelf=shelf, sent=sample.SENT)
    bridge = Bridge()
    window = MainWindow(desk, around, bridge, look, settings)
    window.resize(*size)
    window.show()
    steps = iter([
        lambda: chosen.finish(window, desk) if chosen.finish is not None else None,
        window.refresh,
        lambda: saved.append((QApplication.activeModalWidget() or window).grab().save(str(out))),
        QApplication.quit,
    ])  # fmt: skip
    saved: list[bool] = []
    timer = QTimer()
    timer.setInterval(SETTLE_MS)
    timer.timeout.connect(lambda: _do(next(steps)))
    timer.start()
    QApplication.exec()
    window.hide()
    settings.sync()
    return any(saved)


def _reachable(state: DeskState, door: QTcpServer) -> DeskState:
    """Let the first of the exams in sight be reachable: at a door of this computer."""
    if not state.hubs:
        return state
    door.listen(QHostAddress(QHostAddress.SpecialAddress.LocalHost))
    address = HubAddress("127.0.0.1", door.serverPort())
    first, *others = state.hubs
    return msgspec.structs.replace(state, hubs=(msgspec.structs.replace(first, addresses=(address,)), *others))


def _do(step: Callable[[], object]) -> None:
    step()


def _with(**fields: object) -> DeskState:
    return msgspec.structs.replace(WORKING, **fields)


def _filled(window: MainWindow, _desk: SampleDesk) -> None:
    window.finding.prefill(code="ABCD-EFGH", student="ada")


def _chosen(window: MainWindow, _desk: SampleDesk) -> None:
    window.finding.hubs.setCurrentRow(0)
    window.finding.prefill(student="s471104")
    window.finding.meant.answered("s471104", sample.CANDIDATES, False)


def _managed(window: MainWindow, _desk: SampleDesk) -> None:
    mistake = "/etc/examdesk/student.toml, line 7, desk.thema: is no setting. It was left out."
    window.finding.preset(
        Lab(addresses=(Address("192.168.1.5"),), room="Room B 204", seat="pc-17", mistakes=(mistake,))
    )
    window.finding.prefill(seat="pc-17")


def _exam_file(window: MainWindow, _desk: SampleDesk) -> None:
    window.finding.take_exam_file(sample.sample_exam_file())
    window.finding.prefill(student="s4711042", name="Ada Lovelace")


def _wrong_code(window: MainWindow, _desk: SampleDesk) -> None:
    window.refresh()
    window.waiting.start_code.code.setText(str(StartCode("7K2M9XQ4TR")))
    window.waiting.start_code.button.click()


def _failed(window: MainWindow, desk: SampleDesk) -> None:
    window.work.console.begin("Running main.py", ["main.py", "helpers.py"])
    head, _, trace = sample.ERROR.partition("Traceback")
    traceback = parse_traceback(f"Traceback{trace}", "", ["main.py", "helpers.py"])
    window.work.console.take((
        Output("stdout", head), Output("stderr", f"Traceback{trace}"),
        Ended(1, None, "exit", "Your program ended with an error.", 0.4, traceback=traceback),
    ))  # fmt: skip
    del desk


def _running(window: MainWindow, desk: SampleDesk) -> None:
    window.work.console.begin("Running main.py", ["main.py", "helpers.py"])
    window.work.console.take((Output("stdout", "Point 1: "),))
    window.work.console.text.add("0 0\n", "accent_text")
    window.work.console.take((Output("stdout", "Point 2: "),))
    desk.set(running=8, waiting_for_input=True)


def _checked(window: MainWindow, _desk: SampleDesk) -> None:
    window.work.console.begin("Running the checks of this question", ["main.py", "helpers.py"])
    window.work.console.take((
        Output("stdout", "✓  test_right_triangle\n✓  test_same_point\n"),
        Output("stderr", '✗  test_rounding: 5.00001 != 5.0\n'
               '   File "checks/test_distance.py", line 14, in test_rounding\n'
               '   File "main.py", line 10, in distance\n'),
        Output("stdout", "\n2 of 3 checks hold.\n"), Ended(0, None, "exit", "Your program ended.", 0.3),
    ))  # fmt: skip


def _figure(window: MainWindow, _desk: SampleDesk) -> None:
    window.work.console.begin("Running main.py", ["main.py"])
    window.work.console.take((
        Output("stdout", "Drawing…\n"), Figure("Figure 1", "png", sample.walk_picture()),
        Figure("Turtle", "svg", sample.STAR), Ended(0, None, "exit", "Your program ended.", 0.3),
    ))  # fmt: skip


def _turtle(window: MainWindow, desk: SampleDesk) -> None:
    _figure(window, desk)
    window.work.console.tabs.setCurrentIndex(2)


def _game(window: MainWindow, _desk: SampleDesk) -> None:
    window.work.console.begin("Running main.py", ["main.py"])
    window.work.console.take((Figure("Turtle", "svg", sample.STAR), Listens(keys=True, clicks=True)))
    window.work.console.figures.canvas.setFocus()


def _corrected(_window: MainWindow, desk: SampleDesk) -> None:
    desk.set(notices=(sample.CORRECTION,), unread=1)


def _edited(_window: MainWindow, desk: SampleDesk) -> None:
    """As if an edition of the exam had come: another text, other rules, a question added and one withdrawn."""
    *first, last = desk.state().questions
    first[1] = msgspec.structs.replace(first[1], withdrawn=True)
    last = msgspec.structs.replace(last, added=True)
    desk.set(notices=(sample.RULES, sample.EDITED), unread=2, questions=(*first, last))


def _affirms_anew(window: MainWindow, desk: SampleDesk) -> None:
    """As if the honor code was another one when it was affirmed."""
    assert desk.front is not None
    now = conditions_of(desk.front)
    desk.affirmed = Conditions(now.honor.replace("only the help that this exam allows", "no help"), now.recorded)
    desk.page = msgspec.structs.replace(desk.front, instructions=f"{desk.front.instructions}\n")
    window.refresh()


def _changed_conditions(window: MainWindow, desk: SampleDesk) -> None:
    _affirms_anew(window, desk)
    window.work.show_conditions()


def _find_replace(window: MainWindow, _desk: SampleDesk) -> None:
    window.work.editors.open_find(replace=True)
    window.work.editors.find_bar.needle.setText("point")
    window.work.editors.find_bar.by.setText("place")


def _submit(window: MainWindow, _desk: SampleDesk) -> None:
    window.ask_submit()


def _messages(window: MainWindow, _desk: SampleDesk) -> None:
    window.work.side.open_messages("message", "")


def _notes(window: MainWindow, _desk: SampleDesk) -> None:
    window.work.side.toggle_notes()
    window.work.notes.text.setPlainText("q2: think about L at north\nq3: __repr__, __add__, __mul__")


def _instructions(window: MainWindow, _desk: SampleDesk) -> None:
    window.work.side.toggle_instructions()


def _attachment(window: MainWindow, _desk: SampleDesk) -> None:
    window.work.side.toggle_attachments()


def _attachment_text(window: MainWindow, _desk: SampleDesk) -> None:
    window.work.side.toggle_attachments()
    window.work.side.attachments.choice.setCurrentIndex(1)


def _versions(window: MainWindow, _desk: SampleDesk) -> None:
    window.work.files.toggle_versions()


def _moved(window: MainWindow, desk: SampleDesk) -> None:
    now = {"q1/main.py": desk.text("q1/main.py")}
    window.work.files.toggle_versions()
    window.work.versions.open(sample.moved_versions(), "q1", now, "q1/main.py", locked=False)


def _picture(window: MainWindow, _desk: SampleDesk) -> None:
    window.work.turn_to("q2")


def _above(window: MainWindow, _desk: SampleDesk) -> None:
    window.work.prompt_above(True)


def _shortcuts(window: MainWindow, _desk: SampleDesk) -> None:
    window.show_cheat_sheet()


def _preflight(window: MainWindow, _desk: SampleDesk) -> None:
    window.check_pc()


def _reading(window: MainWindow, _desk: SampleDesk) -> None:
    window.done.read.click()


def _farewell(window: MainWindow, desk: SampleDesk) -> None:
    farewell = Farewell(window.look, desk.state())
    farewell.setParent(window, farewell.windowFlags())
    farewell.setWindowModality(Qt.WindowModality.WindowModal)
    farewell.sent(True, True)
    farewell.show()


def _warned(window: MainWindow, desk: SampleDesk) -> None:
    window.refresh()
    desk.set(left_ms=299_000)


def _crowded(window: MainWindow, desk: SampleDesk) -> None:
    """Thirty questions with long titles, and forty files with long names."""
    assert desk.content is not None
    first = desk.content.questions[0]
    more = tuple(
        msgspec.structs.replace(first, id=QuestionId(f"q{n}"), title=f"{LONG_TITLE} ({n})", starter=())
        for n in range(4, 31)
    )
    desk.content = msgspec.structs.replace(desk.content, questions=(*desk.content.questions, *more))
    views = tuple(QuestionView(str(one.id), one.title, f"{one.id}/main.py", (f"{one.id}/main.py",)) for one in more)
    for one in views:
        desk.new_file(one.main)
    desk.set(questions=(*desk.now.questions, *views))
    for n in range(38):
        folder = "einheitenumrechnung/" * (n % 9)
        desk.new_file(f"q1/{folder}koordinatentransformation_{n:02}.py")
    window.refresh()


def _crowded_submit(window: MainWindow, desk: SampleDesk) -> None:
    _crowded(window, desk)
    window.ask_submit()


LONG_TITLE = "Koordinatentransformation zwischen rechtwinkligen Bezugssystemen"
LONG = "Wolfeschlegelsteinhausenbergerdorff-Montgomery, Hubert Blaine Archibald Maximilian"
PAGES: dict[str, Page] = {
    "find": Page(DeskState(phase=Phase.FINDING, hubs=sample.HUBS), False, _chosen, shelf=True),
    "find-managed": Page(DeskState(phase=Phase.FINDING, hubs=sample.HUBS), False, _managed),
    "find-file": Page(DeskState(phase=Phase.FINDING), False, _exam_file),
    "find-empty": Page(DeskState(phase=Phase.FINDING), False),
    "find-problem": Page(
        DeskState(
            phase=Phase.FINDING, hubs=sample.HUBS[:1],
            problem="This code doesn't belong to the exam at this address; nothing was sent there. Compare the code "
            "with the one shown in the room.",
        ),
        False, _filled,
    ),
    "join": Page(DeskState(phase=Phase.JOINING), False),
    "join-problem": Page(
        DeskState(
            phase=Phase.JOINING,
            problem="This code doesn't belong to the exam at this address; nothing was sent there. Compare the code "
            "with the one shown in the room.",
        ),
        False,
    ),
    "held": Page(
        DeskState(phase=Phase.HELD, problem="You are not on the list of this exam; a proctor has to let you in."), False
    ),
    "waiting": Page(
        _with(phase=Phase.WAITING, starts_in_ms=432_000, left_ms=None, honor=False, questions=()), False, front=True
    ),
    "waiting-ready": Page(
        _with(phase=Phase.WAITING, starts_in_ms=432_000, left_ms=None, questions=()), False, front=True
    ),
    "waiting-code": Page(
        _with(phase=Phase.WAITING, starts_in_ms=None, left_ms=None, questions=(), online=False, needs_code=True),
        False, _wrong_code, front=True,
    ),
    "submitted-alone": Page(
        _with(phase=Phase.SUBMITTED, code="7K2M-9XQ4-T", online=False, unsent=1_215, safe=-1, alone=True)
    ),
    "waiting-alone": Page(
        _with(
            phase=Phase.WAITING, starts_in_ms=None, left_ms=None, questions=(), online=False, needs_code=True,
            alone=True, honor=False,
        ),
        False, front=True,
    ),
    "waiting-sealed": Page(
        _with(phase=Phase.WAITING, starts_in_ms=None, left_ms=None, honor=False, questions=()), False
    ),
    "waiting-packages": Page(
        _with(
            phase=Phase.WAITING, starts_in_ms=432_000, left_ms=None, honor=False, questions=(),
            packages=PackagesView("fetching", 11_200_000, 29_500_000),
        ),
        False,
    ),
    "waiting-no-packages": Page(
        _with(
            phase=Phase.WAITING, starts_in_ms=432_000, left_ms=None, honor=False, questions=(),
            packages=PackagesView(
                "missing",
                sentence="The exam's packages need about 190 MB on this PC's disk, and 12 MB are free. Your work is "
                "safe. Tell the proctor: make room on the disk, or take another PC.",
            ),
        ),
        False,
    ),
    "work-packages": Page(_with(packages=PackagesView("installing", 40, 100))),
    "begin": Page(_with(honor=False)),
    "work": Page(WORKING),
    "work-error": Page(WORKING, finish=_failed),
    "work-picture": Page(WORKING, finish=_picture),
    "work-above": Page(WORKING, finish=_above),
    "work-offline": Page(_with(online=False, unsent=14, safe=1_200), finish=_failed),
    "work-danger": Page(
        _with(trouble="This PC's disk is full. What you wrote up to now is kept. Do not close the window.")
    ),
    "work-long": Page(_with(name=LONG, title=f"Final Exam: {sample.HUBS[1].title}", hand=True)),
    "crowded": Page(WORKING, finish=_crowded),
    "crowded-submit": Page(WORKING, finish=_crowded_submit),
    "checked": Page(WORKING, finish=_checked),
    "figure": Page(WORKING, finish=_figure),
    "turtle": Page(WORKING, finish=_turtle),
    "game": Page(_with(running=3), finish=_game),
    "corrected": Page(WORKING, finish=_corrected),
    "running": Page(WORKING, finish=_running),
    "locked": Page(
        _with(
            phase=Phase.PAUSED, locked=True,
            note="This exam goes on at another computer. What you did here is kept and handed over.",
        )
    ),
    "waiting-changed": Page(
        _with(
            phase=Phase.WAITING, starts_in_ms=432_000, left_ms=None, honor=False, affirms_anew=True, questions=(),
            news=(),
        ),
        False, _affirms_anew, front=True,
    ),
    "work-edited": Page(WORKING, finish=_edited),
    "work-changed": Page(_with(affirms_anew=True)),
    "conditions": Page(_with(affirms_anew=True), finish=_changed_conditions),
    "crashed": Page(_with(news=(BACK["crash"],))),
    "paused": Page(_with(phase=Phase.PAUSED, note="Fire alarm: leave the building.")),
    "warning": Page(_with(left_ms=305_000), finish=_warned),
    "messages": Page(_with(notices=NOTICES, unread=1), finish=_messages),
    "notes": Page(WORKING, finish=_notes),
    "instructions": Page(WORKING, finish=_instructions),
    "attachment": Page(WORKING, finish=_attachment),
    "attachment-text": Page(WORKING, finish=_attachment_text),
    "versions": Page(WORKING, finish=_versions),
    "versions-moved": Page(WORKING, finish=_moved),
    "find-replace": Page(WORKING, finish=_find_replace),
    "shortcuts": Page(WORKING, finish=_shortcuts),
    "preflight": Page(DeskState(phase=Phase.FINDING, hubs=sample.HUBS), False, _preflight),
    "farewell": Page(WORKING, finish=_farewell),
    "submit": Page(WORKING, finish=_submit),
    "submitted": Page(_with(phase=Phase.SUBMITTED, code="7K2M-9XQ4-T")),
    "submitted-offline": Page(_with(phase=Phase.SUBMITTED, code="7K2M-9XQ4-T", online=False, unsent=14)),
    "reading": Page(_with(phase=Phase.ENDED, code="7K2M-9XQ4-T", left_ms=0, review=True), finish=_reading),
    "ended": Page(_with(phase=Phase.ENDED, code="7K2M-9XQ4-T", left_ms=0)),
    "ended-offline": Page(_with(phase=Phase.ENDED, code="7K2M-9XQ4-T", left_ms=0, online=False, unsent=14)),
}  # fmt: skip
"""All pages that can be drawn, by name."""
