"""Runs the window, or takes a picture of one of its pages."""

import argparse
import logging
import sys

from PySide6.QtCore import QLocale, QSize
from PySide6.QtWidgets import QApplication

from instructor_app.app import Program, settings_file
from instructor_app.preferences import Preferences
from instructor_app.shots import PAGES, Photographer, Shot


def run(args: argparse.Namespace, size: tuple[int, int]) -> int:
    """Do what the command line asked for and return the exit code."""
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
    app = QApplication(sys.argv[:1])
    app.setApplicationName("ExamDesk")
    if QLocale().language() == QLocale.Language.C:
        QLocale.setDefault(QLocale("en_GB"))  # a system without a language: dates as people write them
    app.setApplicationDisplayName("ExamDesk")
    picture = args.screenshot is not None
    if picture and args.page not in PAGES:
        return _complain(f"There is no page {args.page}. There are: {', '.join(PAGES)}.")
    preferences = Preferences(None if picture else settings_file())
    program = Program(
        app,
        preferences=preferences,
        theme=args.theme or ("light" if picture else None),
        data=args.data,
        name=args.name,
    )
    real = _connect(program, args)
    if picture:
        return _photograph(app, program, args, QSize(*size), real=real)
    if not preferences.remembered("window", "main").isEmpty():
        program.window.show()
    else:
        program.window.resize(*size)
        program.window.show()
    try:
        return app.exec()
    finally:
        program.close()


def _connect(program: Program, args: argparse.Namespace) -> bool:
    if args.hub_file is not None:
        program.opening.attach(args.hub_file)
        return True
    if args.exam is not None:
        program.window.open_exam(args.exam)
        return True
    return program.opening.reconnect()


def _photograph(app: QApplication, program: Program, args: argparse.Namespace, size: QSize, *, real: bool) -> int:
    problems: list[str] = []
    photographer = Photographer(
        program, Shot(args.page, args.screenshot, size, max(0, min(1000, args.rows))), sample=not real
    )

    def done(problem: str) -> None:
        problems.append(problem)
        app.quit()

    photographer.done.connect(done)
    photographer.start()
    app.exec()
    program.close()
    return _complain(problems[0]) if problems and problems[0] else 0


def _complain(sentence: str) -> int:
    sys.stderr.write(f"examdesk-instructor: {sentence}\n")
    return 2
