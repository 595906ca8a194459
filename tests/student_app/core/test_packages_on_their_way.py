"""The exam's packages at the desk: asked for part after part, checked, and every trouble a sentence."""

import threading

import pytest

from shared.exam.packages import Target, Wheel, WheelList, file_digest, sign_list
from shared.exam.rules import Interpreter
from shared.wire.messages import GetWheel, WheelPart
from student_app.core.alone import WheelsOnStick
from student_app.core.packages import Packages
from student_app.running import base_interpreter
from tests.student_app.kit import EXAM, EXAM_KEY, desk_file
from tests.student_app.net.small_hub import OTHER_KEY
from tests.support.wheels import PYTHON, shapes

PART = 300


class Desk:
    """Packages, and a hub that answers what they ask for when the test says so."""

    def __init__(self, tmp_path) -> None:
        self.links = sorted(shapes(tmp_path / "links").iterdir())
        self.folder = tmp_path / "packages"
        self.asked: list[GetWheel] = []
        self.changed = threading.Condition()
        self.views = []
        self.packages = Packages(self.folder, base_interpreter, self._look)

    def _look(self) -> None:
        with self.changed:
            self.views.append(self.packages.view)
            self.changed.notify_all()

    def _ask(self, frame: GetWheel) -> None:
        with self.changed:
            self.asked.append(frame)
            self.changed.notify_all()

    def listing(self, python: str = PYTHON) -> WheelList:
        wheels = tuple(
            Wheel(
                file=file.name, size=file.stat().st_size, sha256=file_digest(file), name=file.name.split("-")[0],
                version="1.0", modules=(file.name.split("-")[0],),
            )
            for file in self.links
        )  # fmt: skip
        target = Target(platform="linux-x86_64", python=python, wheels=tuple(wheel.file for wheel in wheels))
        return WheelList(format=1, requirements=("shapes",), targets=(target,), wheels=wheels)

    def offer(self, listing: WheelList | None = None, key=EXAM_KEY) -> None:
        envelope = sign_list(listing or self.listing(), EXAM, key)
        self.packages.offered(envelope, EXAM, EXAM_KEY.public, self._ask)

    def until(self, ready) -> None:
        with self.changed:
            assert self.changed.wait_for(ready, 30), (self.packages.view, self.asked)

    def phase(self, phase: str):
        return lambda: self.packages.view.phase == phase

    def serve(self, parts: int = 1000, spoil: bool = False) -> None:
        """Answer up to so many questions, until none comes because everything is here."""
        for number in range(parts):
            self.until(lambda n=number: len(self.asked) > n or self.packages.view.phase in ("ready", "missing"))
            if len(self.asked) <= number:
                return
            asked = self.asked[number]
            data = self.links[asked.index].read_bytes()[asked.at : asked.at + PART]
            self.packages.part(WheelPart(asked.index, asked.at, bytes(len(data)) if spoil else data))


@pytest.fixture
def desk(tmp_path):
    made = Desk(tmp_path)
    yield made
    made.packages.close()


def test_packages_come_part_after_part_and_are_ready(desk):
    desk.offer()
    desk.serve()
    desk.until(desk.phase("ready"))
    done = [view.done for view in desk.views if view.phase == "fetching"]
    assert done == sorted(done)
    assert done[-1] == desk.views[0].total
    found = desk.packages.imports(("shapes",))
    assert (found.folder / "shapes/__init__.py").is_file()
    assert found.allowed == {"shapes", "sides"}
    assert not found.missing
    assert not (desk.folder / "wheels").exists()


def test_the_next_start_fetches_nothing(desk, tmp_path):
    desk.offer()
    desk.serve()
    desk.until(desk.phase("ready"))
    again = Desk(tmp_path)
    again.offer()
    again.until(again.phase("ready"))
    assert again.asked == []
    again.packages.close()


def test_without_a_network_the_packages_of_an_earlier_start_are_used(desk, tmp_path):
    desk.offer()
    desk.serve()
    desk.until(desk.phase("ready"))
    again = Desk(tmp_path)
    again.packages.recall(EXAM, EXAM_KEY.public)
    again.until(again.phase("ready"))
    assert again.packages.imports(("shapes",)).folder == desk.packages.imports(("shapes",)).folder
    again.offer()
    again.packages.close()
    assert again.asked == []


@pytest.mark.parametrize("damage", ["list", "environment", "key"])
def test_what_an_earlier_start_left_damaged_is_not_used(desk, tmp_path, damage):
    desk.offer()
    desk.serve()
    desk.until(desk.phase("ready"))
    site = desk.packages.imports(("shapes",)).folder
    if damage == "list":
        (desk.folder / f"{EXAM.hex()}.list").write_bytes(b"{}")
    if damage == "environment":
        (site / "shapes/__init__.py").unlink()
    again = Desk(tmp_path)
    again.packages.recall(EXAM, (OTHER_KEY if damage == "key" else EXAM_KEY).public)
    again.until(lambda: again.views and again.views[-1].phase == "none")
    assert again.packages.imports(("shapes",)).folder is None
    again.packages.close()


def test_a_lost_connection_goes_on_where_it_was(desk):
    desk.offer()
    desk.serve(parts=2)
    desk.until(lambda: len(desk.asked) == 3)
    desk.asked.clear()
    desk.offer()
    desk.until(lambda: len(desk.asked) == 1)
    assert desk.asked[0].at == 2 * PART
    desk.serve()
    desk.until(desk.phase("ready"))


def test_a_package_that_arrives_damaged_twice_is_not_used(desk):
    desk.offer()
    desk.serve(spoil=True)
    desk.until(desk.phase("missing"))
    assert "arrived damaged" in desk.packages.view.sentence
    assert desk.packages.imports(("shapes",)).folder is None
    assert "{name} belongs to this exam, but it is not on this PC" in desk.packages.imports(("shapes",)).missing


def test_a_list_that_the_exams_key_did_not_sign_is_refused(desk):
    desk.offer(key=OTHER_KEY)
    desk.until(desk.phase("missing"))
    assert desk.asked == []


def test_packages_for_another_python_are_named(desk):
    desk.offer(desk.listing(python="3.10"))
    desk.until(desk.phase("missing"))
    assert "linux-x86_64 with Python 3.10" in desk.packages.view.sentence


def test_a_hub_that_can_not_read_a_package_ends_in_a_sentence(desk):
    desk.offer()
    desk.until(lambda: desk.asked)
    desk.packages.part(WheelPart(desk.asked[0].index, 0, b""))
    desk.until(desk.phase("missing"))
    assert "can't be read where it should come from" in desk.packages.view.sentence


def test_a_folder_that_can_not_be_written_has_a_sentence(desk):
    desk.folder.write_text("a file where the folder should be")
    desk.offer()
    desk.until(desk.phase("missing"))
    assert "Tell the proctor" in desk.packages.view.sentence


def test_an_exam_without_packages_allows_the_standard_library_only(desk):
    found = desk.packages.imports(())
    assert found.allowed == frozenset()
    assert not found.missing
    assert desk.packages.view.phase == "none"


def test_packages_that_the_exam_names_and_the_hub_lacks_are_said_while_waiting(desk):
    desk.packages.offered(b"", EXAM, EXAM_KEY.public, desk._ask, Interpreter(packages=("numpy>=2",)))
    desk.until(desk.phase("missing"))
    assert "lets you import numpy>=2" in desk.packages.view.sentence


def test_a_python_that_the_exam_was_not_made_for_is_said_and_packages_still_come(desk):
    envelope = sign_list(desk.listing(), EXAM, EXAM_KEY)
    wanted = Interpreter(python="<3.5", packages=("shapes",))
    desk.packages.offered(envelope, EXAM, EXAM_KEY.public, desk._ask, wanted)
    desk.serve()
    desk.until(desk.phase("missing"))
    assert "This exam is for Python <3.5" in desk.packages.view.sentence
    assert desk.packages.imports(("shapes",)).folder is not None
    desk.packages.offered(envelope, EXAM, EXAM_KEY.public, desk._ask, Interpreter(packages=("shapes",)))
    desk.packages.offered(b"", EXAM, EXAM_KEY.public, desk._ask, Interpreter(python="<3.5"))
    desk.until(lambda: "Python <3.5" in desk.packages.view.sentence)


def test_packages_that_the_hub_does_not_have_are_missing_by_name(desk):
    desk.packages.offered(b"", EXAM, EXAM_KEY.public, desk._ask)
    found = desk.packages.imports(("Scikit-Learn>=1", "numpy"))
    assert found.allowed == {"scikit_learn", "numpy"}
    assert found.label == "missing"


def test_packages_come_from_the_stick_beside_the_exam_file(tmp_path):
    desk = Desk(tmp_path)
    listing = desk.listing(python=".".join(base_interpreter().version.split(".")[:2]))
    file = desk_file(packages=sign_list(listing, EXAM, EXAM_KEY))
    stick = WheelsOnStick(file, tmp_path / "links", desk.packages)
    desk.packages.offered(file.packages, EXAM, EXAM_KEY.public, stick.ask)
    desk.until(lambda: desk.packages.view.phase in ("ready", "missing"))
    assert desk.packages.view.sentence == ""
    desk.packages.close()


def test_a_stick_without_the_packages_is_said(tmp_path):
    desk = Desk(tmp_path)
    listing = desk.listing(python=".".join(base_interpreter().version.split(".")[:2]))
    file = desk_file(packages=sign_list(listing, EXAM, EXAM_KEY))
    stick = WheelsOnStick(file, tmp_path / "nowhere", desk.packages)
    desk.packages.offered(file.packages, EXAM, EXAM_KEY.public, stick.ask)
    desk.until(desk.phase("missing"))
    assert "the stick" in desk.packages.view.sentence
    desk.packages.close()
