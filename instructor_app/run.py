"""Runs the window, or takes a picture of one of its pages."""

import argparse
import logging
import sys

from PySide6.QtCore import QLocale, QSize, Qt
from PySide6.QtWidgets import QApplication

from instructor_app.app import Program, settings_file
from instructor_app.preferences import Preferences
from instructor_app.shots import PAGES, Photographer, Shot
from instructor_app.tuning import keep_smooth
from instructor_app.window import PAGES as WINDOW_PAGES


def run(args: argparse.Namespace, size: tuple[int, int]) -> int:
    """Do what the command line asked for and return the exit code."""
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
    app = QApplication(sys.argv[:1])
    app.setApplicationName("ExamDesk")
    if QLocale().language() == QLocale.Language.C:
        QLocale.setDefault(QLocale("en_GB"))  # a system without a language: dates as people write them
    app.setApplicationDisplayName("ExamDesk")
    picture = args.screenshot is not None
    page, pages = args.page or ("live" if picture else "exams"), PAGES if picture else WINDOW_PAGES
    if page not in pages:
        return _complain(f"There is no page {page}. There are: {', '.join(pages)}.")
    preferences = Preferences(None if picture else settings_file())
    program = Program(
        app,
        preferences=preferences,
        theme=args.theme or ("light" if picture else None),
        data=args.data,
        name=args.name,
    )
    if picture:
        return _photograph(app, program, args, QSize(*size))
    absence = _connect(program, args)
    if absence:
        program.window.say_no_hub(absence)
    program.window.show_page(page)
    if preferences.remembered("window", "main").isEmpty():
        program.window.resize(*size)
    program.window.show()
    keep_smooth(program.window)
    try:
        return app.exec()
    finally:
        program.close()


def _connect(program: Program, args: argparse.Namespace) -> str:
    """Reach, or start, the hub that the command line means; return why there is none."""
    if args.hub_file is not None:
        program.opening.attach(args.hub_file)
    elif args.exam is not None:
        program.window.open_exam(args.exam)
    elif not program.opening.reconnect():
        return program.opening.absence()
    return ""


def _photograph(app: QApplication, program: Program, args: argparse.Namespace, size: QSize) -> int:
    """Take the picture: of the sample class only where the command line means no hub at all."""
    problems: list[str] = []
    sample = args.hub_file is None and args.exam is None and args.data is None
    shot = Shot(args.page or "live", args.screenshot, size, max(0, min(1000, args.rows)))
    photographer = Photographer(program, shot, sample=sample)

    def done(problem: str) -> None:
        problems.append(problem)
        app.quit()

    photographer.done.connect(done, Qt.ConnectionType.QueuedConnection)
    absence = _connect(program, args)
    if absence:
        problems.append(absence)
    else:
        photographer.start()
        app.exec()
    program.close()
    return _complain(problems[0]) if problems and problems[0] else 0


def _complain(sentence: str) -> int:
    sys.stderr.write(f"examdesk-instructor: {sentence}\n")
    return 2
