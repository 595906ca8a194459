"""The real desk, open and without a network, as the editor's sink."""

from student_app.core.desk import Desk
from tests.student_app.kit import Bench


class DeskSink:
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.copied = desk.copied

    def model(self, file):
        return self.desk.sitting.memory.workspace.model(file)

    def replace(self, file, at, removed, text, how="type"):
        self.desk.replace(file, at, removed, text, how)

    def paste(self, file, at, removed, text, how="paste"):
        return self.desk.paste(file, at, removed, text, how)

    def free(self):
        return self.desk.content.desk.paste == "allow"

    def revert(self, file, text):
        self.desk.revert(file, text)


def open_bench(tmp_path, exam=None) -> Bench:
    bench = Bench(tmp_path)
    bench.open_exam(exam)
    return bench
