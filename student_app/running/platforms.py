"""Which way this system starts a program. Each platform's module is imported only on it."""

import sys

from student_app.running.child import Child
from student_app.running.confinement import Means
from student_app.running.launch import Launch


def start_child(launch: Launch) -> Child:
    """Start the program; EnvironmentProblem when this PC cannot."""
    if sys.platform == "win32":
        from student_app.running.windows import WindowsChild  # noqa: PLC0415

        return WindowsChild(launch)
    from student_app.running.posix import PosixChild  # noqa: PLC0415

    if sys.platform == "darwin":
        from student_app.running import macos  # noqa: PLC0415

        return PosixChild(macos.plan(launch))
    from student_app.running import linux  # noqa: PLC0415

    return PosixChild(linux.plan(launch))


def inside_folder(launch: Launch) -> str:
    """Return the working directory as the program sees it and as its tracebacks name it."""
    if Means.BUBBLEWRAP in launch.means:
        from student_app.running import linux  # noqa: PLC0415

        return linux.INSIDE_WORK
    return str(launch.folder.work)
