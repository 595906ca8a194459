"""What each bundle carries and what it leaves out: read by the PyInstaller specs, by the build and by the tests.

Standard library only, so that it needs nothing but Python to be read.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BINDINGS = frozenset({"PyQt5", "PyQt6", "PySide2", "PySide6"})
UNUSED = ("tkinter", "IPython", "matplotlib", "PIL", "pytest", "hypothesis", "mypy", "setuptools", "pip")
"""What libraries import where it happens to be there; ExamDesk doesn't use it."""
COMPILED = frozenset({".py", ".pyc", ".pyi"})
MARKERS = frozenset({"py.typed"})


@dataclass(frozen=True, slots=True)
class Program:
    """An executable of a bundle.

    Attributes:
        name: of the executable.
        script: what it starts with, a file of `installers/start`.
        window: whether it is a program with windows, which has no console on Windows.
    """

    name: str
    script: str
    window: bool


@dataclass(frozen=True, slots=True)
class Bundle:
    """An application as it is installed.

    Attributes:
        app: `student` or `instructor`: also the extra of pyproject.toml with what it needs.
        title: what people read in a menu.
        summary: what it is, in a line.
        programs: its executables; the first is the application.
        binding: the one set of Qt bindings that it carries.
        packages: our packages, or parts of them, whose modules it carries.
        without: parts of these packages that stay out.
        data: files that are read at run time, as patterns below the root of the repository.
        imports: modules of libraries that are only named in strings.
    """

    app: str
    title: str
    summary: str
    programs: tuple[Program, ...]
    binding: str
    packages: tuple[str, ...]
    without: tuple[str, ...]
    data: tuple[str, ...]
    imports: tuple[str, ...]

    @property
    def name(self) -> str:
        """Name of folder, package and main executable."""
        return self.programs[0].name

    def excluded(self) -> list[str]:
        """Return the modules that must not come along: the other bindings by name, and parts of ours."""
        return [*sorted(BINDINGS - {self.binding}), *self.without, *UNUSED]

    def modules(self) -> list[str]:
        """Return our modules by name: several are only imported by a name that is worked out at run time."""
        found = (module_name(path) for package in self.packages for path in sources(package))
        return sorted(name for name in found if not any(is_within(name, part) for part in self.without))

    def data_files(self) -> list[tuple[Path, str]]:
        """Return each data file and the folder in the bundle that it goes to, the same as in the repository."""
        found = {path for pattern in self.data for path in ROOT.glob(pattern) if path.is_file()}
        kept = sorted(path for path in found if "__pycache__" not in path.parts)
        return [(path, path.parent.relative_to(ROOT).as_posix()) for path in kept]


def is_within(module: str, package: str) -> bool:
    """Tell whether a module is `package` or a part of it."""
    return module == package or module.startswith(f"{package}.")


def sources(package: str) -> Iterator[Path]:
    """Yield the source files of a package or of one module."""
    place = ROOT.joinpath(*package.split("."))
    return iter([place.with_suffix(".py")]) if place.with_suffix(".py").is_file() else place.rglob("*.py")


def module_name(path: Path) -> str:
    """Return what a source file is called where it is imported."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def carried_files(bundle: Bundle) -> list[Path]:
    """Return the files beside the modules of a bundle's packages, which are of no use when they stay behind."""
    found = []
    for package in bundle.packages:
        place = ROOT.joinpath(*package.split("."))
        found += [path for path in place.rglob("*") if path.is_file() and path.suffix not in COMPILED]
    return sorted(path for path in found if path.name not in MARKERS)


def version() -> str:
    """Return the version in pyproject.toml."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])


LOOK = ("shared/look/svg/*.svg", "shared/look/themed/*/*.svg", "shared/look/fonts/*", "shared/look/*.css")
GUARD = ("student_app/running/guard/*.py",)
"""Run by the student's own Python, outside of the bundle: plain files."""
NETWORK = ("zeroconf._utils.ipaddress", "zeroconf._handlers.answers", "_cffi_backend")

STUDENT = Bundle(
    app="student",
    title="ExamDesk",
    summary="Sit a supervised programming exam",
    programs=(Program("examdesk-student", "student.py", window=True),),
    binding="PyQt6",
    packages=("shared", "student_app"),
    without=("examdesk", "instructor_app"),
    data=(*LOOK, *GUARD),
    imports=NETWORK,
)

INSTRUCTOR = Bundle(
    app="instructor",
    title="ExamDesk for staff",
    summary="Run supervised programming exams on the classroom's network",
    programs=(
        Program("examdesk-instructor", "instructor.py", window=True),
        Program("examdesk", "command.py", window=False),
    ),
    binding="PySide6",
    packages=(
        *("shared", "examdesk", "instructor_app"),
        # Simulated students, for `examdesk rehearse`: the student's program without its window.
        *("student_app.main", "student_app.headless", "student_app.composition"),
        *("student_app.net", "student_app.core", "student_app.running"),
    ),
    without=("student_app.views", "student_app.editor", "student_app.bridge"),
    data=(
        *LOOK,
        *GUARD,
        "examdesk/demo/material/*.t*",
        "examdesk/exports/**/*.css",
        "examdesk/staffapi/*.css",
        "examdesk/exports/pdf/fonts/*",
        "examdesk/exports/verify_record.txt",
        "examdesk/rosters/headings.toml",
        # Alembic reads migrations as source files, by their place.
        "examdesk/store/migrations/*.mako",
        "examdesk/store/migrations/**/*.py",
        "instructor_app/sample/names.txt",
    ),
    imports=(
        "shtab",
        *NETWORK,
        *("argon2", "_argon2_cffi_bindings._ffi"),
        *("sqlalchemy.dialects.sqlite", "sqlalchemy.dialects.postgresql.psycopg"),
        *("psycopg", "psycopg_binary", "psycopg_binary._psycopg"),
        "logging.config",  # Alembic
    ),
)

GTK = ("libqgtk3", "libgtk-3", "libgdk-3", "libgdk_pixbuf", "libatk", "libatspi", "libepoxy", "libcairo", "libpango")
GTK_NEEDS = ("libpixman", "libthai", "libdatrie", "libfribidi")
SCREENS = (
    "libqeglfs",
    "libQt6EglF",
    "libqlinuxfb",
    "libqvkkhrdisplay",
    "libqvnc",
    "libqminimal",
    "libqevdev",
    "libqtuio",
)
PICTURES = ("libqpdf",)
SPARE = (*GTK, *GTK_NEEDS, *SCREENS, *PICTURES)
"""How the names of libraries begin that Qt offers for others and that neither program uses."""

BUNDLES = {bundle.app: bundle for bundle in (STUDENT, INSTRUCTOR)}
