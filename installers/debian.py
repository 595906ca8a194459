"""A finished bundle as a package for Debian and Ubuntu; needs dpkg-deb and ldd, no network and no root."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from string import Template

from installers.bundles import ROOT, Bundle, version

BASE = ROOT / "installers"
MAINTAINER = "ExamDesk authors <root@localhost>"
SECTION = "education"
PYTHON = "python3 (>= 3.10)"
"""For students' programs: the distribution keeps it secure, so the student's package does not carry one."""
READ_BY_LIBRARIES = ("fontconfig-config", "libx11-data", "xkb-data")
"""Files of the system that the bundle's libraries read: fonts, names of keys, keyboards."""
RECOMMENDS: Mapping[str, tuple[str, ...]] = {
    "student": ("bubblewrap", "fonts-dejavu-core"),  # bubblewrap: the strongest confinement of students' programs
    "instructor": ("fonts-dejavu-core",),
}
_FOUND = re.compile(r"^\s*(\S+) => (?:(/\S+) \(|not found)", re.MULTILINE)


class BuildProblem(Exception):
    """The package can't be built; the text says why."""


def make_package(bundle: Bundle, folder: Path, out: Path) -> Path:
    """Pack the bundle in `folder` and return the package, `out/NAME_VERSION_ARCHITECTURE.deb`.

    Raises:
        BuildProblem: a tool is missing, or a library that the bundle needs.
    """
    architecture = _output("dpkg", "--print-architecture").strip()
    target = out / f"{bundle.name}_{version()}_{architecture}.deb"
    needs = system_packages(folder)
    with tempfile.TemporaryDirectory() as place:
        tree = Path(place) / "tree"
        lay_out(bundle, folder, tree)
        size = sum(path.lstat().st_size for path in tree.rglob("*") if path.is_file()) // 1024
        (tree / "DEBIAN").mkdir()
        (tree / "DEBIAN" / "control").write_text(control(bundle, architecture, size, needs), encoding="utf-8")
        _open_to_all(tree)
        _output("dpkg-deb", "--root-owner-group", "-Zxz", "--build", str(tree), str(target))
    return target


def lay_out(bundle: Bundle, folder: Path, tree: Path) -> None:
    """Put everything where an installed package has it."""
    home = tree / "opt" / bundle.name
    shutil.copytree(folder, home, symlinks=True)
    commands = tree / "usr" / "bin"
    commands.mkdir(parents=True)
    for program in bundle.programs:
        (commands / program.name).symlink_to(f"/opt/{bundle.name}/{program.name}")
    for source, place in (
        (BASE / "linux" / f"{bundle.name}.desktop", "usr/share/applications"),
        (BASE / "icons" / f"{bundle.name}.svg", "usr/share/icons/hicolor/scalable/apps"),
    ):
        (tree / place).mkdir(parents=True)
        shutil.copy(source, tree / place)
    papers = tree / "usr" / "share" / "doc" / bundle.name
    papers.mkdir(parents=True)
    (papers / "copyright").write_text((BASE / "linux" / "copyright").read_text(encoding="utf-8"), encoding="utf-8")


def control(bundle: Bundle, architecture: str, size_kib: int, needs: Iterable[str]) -> str:
    """Return the package's control file."""
    depends = sorted({*needs, *READ_BY_LIBRARIES, *((PYTHON,) if bundle.app == "student" else ())})
    return Template((BASE / "linux" / "control").read_text(encoding="utf-8")).substitute(
        name=bundle.name,
        version=version(),
        architecture=architecture,
        size=size_kib,
        maintainer=MAINTAINER,
        section=SECTION,
        depends=", ".join(depends),
        recommends=", ".join(RECOMMENDS[bundle.app]),
        summary=bundle.summary,
    )


def system_packages(folder: Path) -> set[str]:
    """Return the packages of the system that the bundle's libraries need, the C library with its version.

    Raises:
        BuildProblem: a library is neither in the bundle nor on this system; the package would not run elsewhere either.
    """
    libraries, missing = outer_libraries(folder)
    if missing:
        raise BuildProblem(
            f"These libraries are not on this computer: {', '.join(sorted(missing))}. Install them first."
        )
    named = {_package_of(path) for path in libraries}
    wanted = named - {""}
    libc = _output("dpkg-query", "-W", "-f=${Version}", "libc6").split("-")[0]
    return {f"libc6 (>= {libc})" if name == "libc6" else name for name in wanted}


def outer_libraries(folder: Path) -> tuple[set[Path], set[str]]:
    """Return libraries outside of the bundle that those inside load, and names of those that are nowhere."""
    inside = folder.resolve()
    outside: set[Path] = set()
    missing: set[str] = set()
    for path in sorted(inside.rglob("*")):
        if path.is_symlink() or not path.is_file() or not _is_elf(path):
            continue
        for name, place in _FOUND.findall(_ldd(path, inside)):
            if not place:
                missing.add(name)
            elif not Path(place).resolve().is_relative_to(inside):
                outside.add(Path(place))
    return outside, missing


def _ldd(path: Path, folder: Path) -> str:
    within = os.pathsep.join(map(str, (folder / "_internal", path.parent)))
    answer = subprocess.run(
        ["ldd", str(path)], capture_output=True, text=True, check=False, env={**os.environ, "LD_LIBRARY_PATH": within}
    )
    return answer.stdout


def _is_elf(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def _package_of(library: Path) -> str:
    """Return the package that a library belongs to, empty for the loader and what no package brought."""
    for path in (library, library.resolve(), Path("/usr") / str(library).lstrip("/")):
        asked = subprocess.run(["dpkg", "-S", str(path)], capture_output=True, text=True, check=False)
        if asked.returncode == 0:
            return asked.stdout.split(":")[0]
    return ""


def _open_to_all(tree: Path) -> None:
    """Let everybody read the files and run the programs, whatever mask they were made with."""
    for path in (tree, *tree.rglob("*")):
        if not path.is_symlink():
            runs = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(0o755 if runs else 0o644)


def _output(*command: str) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout
    except FileNotFoundError as error:
        raise BuildProblem(f"{command[0]} is not installed here.") from error
    except subprocess.CalledProcessError as error:
        raise BuildProblem(f"{command[0]} ended with {error.returncode}: {error.stderr.strip()}") from error
