"""The two programs with windows, as processes: open on a display, or drawn into files without one."""

import os
import sys
from importlib.util import find_spec
from pathlib import Path

import msgspec

from examdesk.demo.folder import DemoFolder
from examdesk.rehearsal.children import Child, Children, python

DRAW_S = 60.0
SIZE = "1440x900"
WITHOUT_DISPLAY = {"QT_QPA_PLATFORM": "offscreen"}
GUEST_NAME = "You"
INSTRUCTOR, STUDENT = "instructor", "student"
BINDING = {INSTRUCTOR: "PySide6", STUDENT: "PyQt6"}


class Shot(msgspec.Struct, frozen=True):
    """A page to draw: of which program, its name there."""

    program: str
    page: str

    @property
    def file(self) -> str:
        """The picture's file name."""
        return f"{self.program}-{self.page}.png"


DURING = (
    Shot(INSTRUCTOR, "live"),
    Shot(INSTRUCTOR, "session"),
    Shot(INSTRUCTOR, "projector"),
    Shot(STUDENT, "find"),
    Shot(STUDENT, "work"),
    Shot(STUDENT, "submit"),
)
"""While the class works. The instructor's pages show the running exam, the student's show sample content."""
AFTERWARDS = (
    Shot(INSTRUCTOR, "evidence"),
    Shot(INSTRUCTOR, "similarity"),
    Shot(INSTRUCTOR, "side-by-side"),
    Shot(INSTRUCTOR, "playback"),
    Shot(INSTRUCTOR, "review"),
)


def has_display() -> bool:
    """Tell whether windows can be shown to a person here."""
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def lacks(program: str) -> str:
    """Return what is missing for a program's windows, empty for nothing."""
    binding = BINDING[program]
    if find_spec(binding) is None:
        return f"{binding} is not installed here (pip install 'examdesk[{program}]')"
    return ""


async def draw(children: Children, folder: DemoFolder, shot: Shot) -> str:
    """Draw a page of the running exam into the screenshots; return why it could not be drawn, empty when it was."""
    missing = lacks(shot.program)
    if missing:
        return f"{shot.file}: {missing}"
    target = folder.screenshots / shot.file
    command = python(f"{shot.program}_app.main", "--screenshot", str(target), "--page", shot.page)
    if shot.program == INSTRUCTOR:
        command += ["--hub-file", str(folder.hub / "hub.json"), "--size", SIZE]
    child = await children.start(f"the picture {shot.file}", command, log=f"draw-{shot.file}", env=WITHOUT_DISPLAY)
    code = await child.ended(DRAW_S)
    if code is None:
        await child.end(0.0)
        return f"{shot.file}: not drawn within {DRAW_S:.0f} seconds"
    if code != 0 or not _is_picture(target):
        return f"{shot.file}: the program ended with {code}. {child.quoted()}"
    return ""


def _is_picture(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0


async def open_windows(children: Children, folder: DemoFolder, code: str, guest: str) -> list[Child]:
    """Open the instructor's window and one student's, which finds the exam by itself."""
    instructor = python("instructor_app.main", "--data", str(folder.hub), "--page", "live")
    student = python("student_app.main", "--journal", str(folder.desks / guest), "--join", code, "--student", guest)
    student += ["--name", GUEST_NAME]
    opened = []
    for program, command in ((INSTRUCTOR, instructor), (STUDENT, student)):
        if not lacks(program):
            opened.append(await children.start(f"the {program}'s window", command, log=f"{program}-window"))
    return opened
