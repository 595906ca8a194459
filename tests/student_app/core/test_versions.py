"""The student's own versions: what keeps one, what they are called, and that a restart knows them again."""

from shared.text.versions import Versions
from student_app.core.desk import Desk
from student_app.running.events import Ended
from tests.student_app.kit import Bench, EchoRunner

FILE = "q1/main.py"


class LaterRunner(EchoRunner):
    """A program that ends when the test says so."""

    def __call__(self, program, limits, deliver):
        self.deliver = deliver
        return self


class LaterBench(Bench):
    def new_desk(self) -> Desk:
        super().new_desk()
        self.runner = LaterRunner()
        self.desk = Desk(self.folder, self.machine, self.runner, self.wall)
        self.desk.connect(self.net)
        return self.desk


def versions(desk: Desk) -> Versions:
    return desk.sitting.memory.versions


def told(desk: Desk, file: str = FILE):
    return [(one.text, [mark.why for mark in one.marks]) for one in versions(desk).of(file)]


def test_the_starter_each_run_and_each_save_are_versions(tmp_path):
    bench = Bench(tmp_path)
    desk = bench.open_exam()
    desk.insert(FILE, 0, "a")
    desk.run(FILE)
    desk.save()
    desk.insert(FILE, 1, "b")
    desk.save()
    assert told(desk) == [
        ("# start\n", ["starter"]),
        ("a# start\n", ["run", "save"]),
        ("ab# start\n", ["save"]),
    ]
    assert [one.number for one in versions(desk).of(FILE)] == [1, 2, 3]


def test_a_run_that_changed_nothing_is_a_mark_of_the_same_version(tmp_path):
    bench = LaterBench(tmp_path)
    desk = bench.open_exam()
    for _ in range(3):
        desk.run(FILE)
        bench.runner.deliver((Ended(0, None, "exit", "The program ended.", 0.1),))
    assert told(desk) == [("# start\n", ["starter", "run", "run", "run"])]
    assert {mark.reason for mark in versions(desk).of(FILE)[0].marks[1:]} == {"exit"}


def test_a_removed_file_keeps_its_last_version(tmp_path):
    desk = Bench(tmp_path).open_exam()
    desk.new_file("q1/extra.py", "x = 1\n")
    desk.insert("q1/extra.py", 0, "# mine\n")
    desk.remove_file("q1/extra.py")
    assert told(desk, "q1/extra.py")[-1] == ("# mine\nx = 1\n", ["kept"])


def test_versions_go_along_with_a_new_name(tmp_path):
    desk = Bench(tmp_path).open_exam()
    desk.new_file("q1/extra.py", "x = 1\n")
    desk.rename_file("q1/extra.py", "q1/tools.py")
    assert told(desk, "q1/tools.py") == [("x = 1\n", ["new"])]
    assert told(desk, "q1/extra.py") == []


def test_after_a_restart_the_same_versions_are_there(tmp_path):
    bench = Bench(tmp_path)
    desk = bench.open_exam()
    desk.insert(FILE, 0, "a = 'ä€😀'\n" * 2000)
    desk.run(FILE)
    desk.delete(FILE, 0, 5)
    desk.save()
    before = told(desk)
    desk.close()
    bench.committer.step(1)
    path = next(tmp_path.glob("*.journal"), None) or next(path for path in tmp_path.iterdir() if path.is_file())
    again = bench.new_desk()
    again.go_on(path)
    bench.committer.step(10)
    assert told(again)[: len(before)] == before
