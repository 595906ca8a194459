"""The exam editor: what a change of a text, or of a field, costs in the window's thread: checked, and shown anew.

    python tests/benchmarks/exam_editor_bench.py [--questions 50] [--changes 40]

Prints one JSON line. Times are milliseconds; those named cpu are processor time of the window's thread. The ratio
compares a change with reading all of the exam's files, in the same run. `over_16_ms` counts changes that took longer.
"""

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

FRAME_MS = 16
TOML = """format = 1
uuid = "6d1f1f5e-0d33-4c1d-9d9d-1d1d1d1d1d1d"
title = "Many"
[schedule]
duration = 60
[[zones]]
title = "A"
questions = [{questions}]
"""


def make(folder: Path, questions: int) -> None:
    """Write an exam with so many questions, each with a text, starter code and a check."""
    ids = ", ".join(f'{{ id = "q{n}", title = "Question {n}" }}' for n in range(questions))
    folder.mkdir()
    (folder / "exam.toml").write_text(TOML.format(questions=ids))
    for number in range(questions):
        question = folder / "questions" / f"q{number}"
        for part in ("starter", "checks"):
            (question / part).mkdir(parents=True)
        (question / "question.md").write_text(f"# Question {number}\n\n" + "Write a function.\n\n" * 30)
        (question / "starter" / "main.py").write_text("x = 1\n" * 20)
        (question / "checks" / "test_a.py").write_text("def test_a():\n    assert True\n")


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Return how long something took, and what processor time of this thread, in ms."""
    begin, busy = time.perf_counter(), time.thread_time()
    work()
    return (time.perf_counter() - begin) * 1000, (time.thread_time() - busy) * 1000


def summary(values: list[float]) -> dict[str, float]:
    """Return median and the longest."""
    return {"p50": round(statistics.median(values), 2), "max": round(max(values), 2)}


def measure(questions: int, changes: int) -> dict[str, object]:
    """Change a text and a field again and again while the editor shows a question."""
    from PySide6.QtWidgets import QApplication

    from instructor_app.app import Program
    from instructor_app.pages.authoring.page import AuthoringPage
    from instructor_app.preferences import Preferences
    from instructor_app.tuning import keep_smooth

    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "exam"
        make(folder, questions)
        app = QApplication([])
        program = Program(app, preferences=Preferences(None), theme="light")
        page = AuthoringPage(program.kit, folder)
        page.resize(1400, 900)
        page.show()
        page.outline.choose("question:q1")
        app.processEvents()
        keep_smooth(page)
        texts, fields = [], []
        for number in range(changes):
            text = f"# Question 1\n\nVersion {number}.\n".encode()
            texts.append(timed(lambda text=text: page.author.write({"questions/q1/question.md": text}, "text")))
            fields.append(timed(lambda at=number: page.author.set(("schedule", "duration"), 60 + at % 7, "duration")))
            app.processEvents()
        files = list(page.author.now.scan.files.values())
        reading = [timed(lambda: [file.read_bytes() for file in files])[0] for _ in range(changes)]
        took = [wall for wall, _ in (*texts, *fields)]
        result = {
            "questions": questions, "files": len(files), "findings": len(page.author.now.findings),
            "text_ms": summary([wall for wall, _ in texts]), "text_cpu_ms": summary([cpu for _, cpu in texts]),
            "field_ms": summary([wall for wall, _ in fields]), "field_cpu_ms": summary([cpu for _, cpu in fields]),
            "over_16_ms": sum(each > FRAME_MS for each in took), "reading_all_files_ms": summary(reading),
            "ratio_to_reading": round(statistics.median(took) / max(0.001, statistics.median(reading)), 1),
        }  # fmt: skip
        program.close()
    return result


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure the exam editor.")
    parser.add_argument("--questions", type=int, default=50)
    parser.add_argument("--changes", type=int, default=40)
    args = parser.parse_args()
    print(json.dumps(measure(args.questions, args.changes)))


if __name__ == "__main__":
    main()
