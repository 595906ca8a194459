"""Whatever goes wrong with an export of any kind: each file is the earlier or the new one, and nothing else stays."""

import contextlib
import gc
import io
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import zipfile

import pytest

from examdesk.exports.kinds import KINDS
from examdesk.exports.writing import Cancelled
from examdesk.staffapi.whole import SCRATCH
from shared.problems import EnvironmentProblem, InputProblem, Problem
from tests.examdesk.exports.class_at_work import export, stored_class

can_mount = pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="needs root to mount a disk")
posix = pytest.mark.skipif(sys.platform == "win32", reason="needs fork")
KILLS = 4
each_kind = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    return stored_class(tmp_path_factory.mktemp("records"))


@pytest.fixture(scope="module")
def made(stored, tmp_path_factory):
    """Return what each kind makes, and how often it asks whether to stop; each is made once."""
    known = {}

    def of(kind):
        if kind not in known:
            asked = []
            out = tmp_path_factory.mktemp(kind)
            export(stored, out, {kind}, cancelled=lambda: bool(asked.append(1)))
            known[kind] = contents(out), len(asked)
        return known[kind]

    return of


def contents(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def is_new(name, data, files):
    """Whether these are a new file's bytes to the last one; two formats carry the moment of their writing."""
    if name.endswith(".pdf"):
        return data.startswith(b"%PDF") and data.endswith(b"%%EOF\n") and abs(len(data) - len(files[name])) < 100
    if name.endswith(".xlsx"):
        return zipfile.ZipFile(io.BytesIO(data)).testzip() is None
    return data == files[name]


def with_earlier(out, files):
    """Lay an earlier file in the place of each one, and one that is no export's."""
    for name in files:
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_bytes(b"earlier " + name.encode())
    (out / "mine.txt").write_bytes(b"not an export's")
    return contents(out)


@each_kind
def test_a_cancel_at_any_moment_leaves_the_earlier_files(stored, tmp_path, made, kind):
    files, asks = made(kind)
    before = with_earlier(tmp_path / "out", files)
    for moment in (0, random.randrange(asks), random.randrange(asks), asks - 1):
        asked = []
        with pytest.raises(Cancelled):
            export(stored, tmp_path / "out", {kind}, cancelled=lambda: asked.append(1) or len(asked) > moment)  # noqa: B023
        assert contents(tmp_path / "out") == before
        with pytest.raises(Cancelled):
            export(stored, tmp_path / "new/folder", {kind}, cancelled=lambda: True)
        assert not (tmp_path / "new").exists()


@posix
def test_a_workbook_that_is_cancelled_or_killed_leaves_nothing_among_the_temporary_files(
    stored, tmp_path, made, monkeypatch
):
    _, asks = made("workbook")
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    for moment in range(asks - 6, asks):
        asked = []
        with pytest.raises(Cancelled):
            export(stored, tmp_path / "out", {"workbook"}, cancelled=lambda: asked.append(1) or len(asked) > moment)  # noqa: B023
        asked.clear()
        killed(
            lambda: export(
                stored,
                tmp_path / "out",
                {"workbook"},
                cancelled=lambda: asked.append(1) or (len(asked) > moment and os.kill(os.getpid(), signal.SIGKILL)),  # noqa: B023
            )
        )
        assert moment == asks - 1 or list((tmp_path / "out").glob(f"{SCRATCH}*/files/sheets/*.xml"))
        gc.collect()
        assert list(temporary.iterdir()) == []
    export(stored, tmp_path / "out", {"canvas"})
    assert contents(tmp_path / "out").keys() == {"gradebook-canvas.csv"}


@posix
@each_kind
def test_a_kill_at_any_moment_leaves_whole_files_and_the_next_export_sweeps(stored, tmp_path, made, kind):
    files, _ = made(kind)
    before = with_earlier(tmp_path / "out", files)
    started = time.process_time()
    export(stored, tmp_path / "timed", {kind})
    took = time.process_time() - started
    for _ in range(KILLS):
        killed_after(took * random.random() * 1.1, lambda: export(stored, tmp_path / "out", {kind}))
        found = {name: data for name, data in contents(tmp_path / "out").items() if not name.startswith(SCRATCH)}
        assert found.keys() == before.keys()
        assert all(data == before[name] or is_new(name, data, files) for name, data in found.items())
    export(stored, tmp_path / "out", {"canvas"})
    left = contents(tmp_path / "out")
    assert not [name for name in left if name.startswith(SCRATCH)]
    assert left.keys() == before.keys() | {"gradebook-canvas.csv"}


def killed_after(seconds, work):
    """Do something in a process that the system ends, with no chance to tidy up, after so much processor time."""

    def until_then():
        signal.signal(signal.SIGPROF, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_PROF, max(seconds, 1e-4))
        work()

    killed(until_then)


def killed(work):
    """Do something in a process that is ended in the middle of it, and wait for that."""
    pid = os.fork()
    if not pid:
        with contextlib.suppress(BaseException):
            work()
        os._exit(0)
    os.waitpid(pid, 0)


@contextlib.contextmanager
def mounted(folder, options):
    folder.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@can_mount
@each_kind
def test_a_disk_that_gets_full_at_any_moment_is_named_and_has_the_earlier_files(stored, tmp_path, made, kind):
    files, _ = made(kind)
    needed = sum(map(len, files.values()))
    tried = {needed // 5, needed // 2, needed - 1, random.randrange(needed)}
    with mounted(tmp_path / "disk", "size=64m") as disk:
        before = with_earlier(disk, files)
        for size in sorted(tried):
            used = sum(path.stat().st_blocks for path in disk.rglob("*")) * 512
            limit = f"remount,size={max(used, 4096) + size // 4096 * 4096}"
            subprocess.run(["mount", "-o", limit, "none", str(disk)], check=True)
            with pytest.raises(EnvironmentProblem, match="is full"):
                export(stored, disk, {kind})
            assert contents(disk) == before


@can_mount
@each_kind
def test_a_folder_that_only_can_be_read_is_named(stored, tmp_path, made, kind):
    with mounted(tmp_path / "disk", "size=8m") as disk:
        before = with_earlier(disk, made(kind)[0])
        subprocess.run(["mount", "-o", "remount,ro", "none", str(disk)], check=True)
        for out in (disk, disk / "new"):
            with pytest.raises(EnvironmentProblem, match=r"can't be written .*nothing was written"):
                export(stored, out, {kind})
        assert contents(disk) == before


@each_kind
def test_a_folder_with_the_name_of_a_file_is_named_and_left_alone(stored, tmp_path, made, kind):
    files, _ = made(kind)
    before = with_earlier(tmp_path, files)
    taken = random.choice(sorted(files))
    (tmp_path / taken).unlink()
    (tmp_path / taken / "inside").mkdir(parents=True)
    with pytest.raises(InputProblem, match=r"is a folder.*nothing was changed"):
        export(stored, tmp_path, {kind})
    del before[taken]
    assert contents(tmp_path) == before
    assert (tmp_path / taken / "inside").is_dir()


@each_kind
def test_a_path_that_is_too_long_is_a_sentence(stored, tmp_path, kind):
    for out in (tmp_path / ("x" * 300), tmp_path.joinpath(*["y" * 250] * 17)):
        with pytest.raises(EnvironmentProblem, match=r"File name too long|longer than this system takes"):
            export(stored, out, {kind})
    assert list(tmp_path.iterdir()) == []


@posix
@each_kind
def test_whoever_reads_an_earlier_file_reads_it_to_its_end(stored, tmp_path, made, kind):
    before = with_earlier(tmp_path, made(kind)[0])
    with contextlib.ExitStack() as stack:
        opened = {name: stack.enter_context((tmp_path / name).open("rb")) for name in before}
        export(stored, tmp_path, {kind})
        assert {name: file.read() for name, file in opened.items()} == before
    found = contents(tmp_path)
    assert found.pop("mine.txt") == before["mine.txt"]
    assert all(is_new(name, data, made(kind)[0]) for name, data in found.items())


@pytest.mark.parametrize("out", ["file", "file/below"])
def test_a_file_in_the_place_of_the_folder_is_named(stored, tmp_path, out):
    (tmp_path / "file").write_bytes(b"mine")
    with pytest.raises(Problem, match=r"nothing was written"):
        export(stored, tmp_path / out, {"canvas"})
    assert contents(tmp_path) == {"file": b"mine"}


def test_a_file_in_the_place_of_a_folder_below_is_named(stored, tmp_path):
    (tmp_path / "sessions").write_bytes(b"mine")
    with pytest.raises(InputProblem, match=r"sessions is a file.*nothing was changed"):
        export(stored, tmp_path, {"sessions", "canvas"})
    assert contents(tmp_path) == {"sessions": b"mine"}


@can_mount
def test_a_folder_on_another_disk_is_written_and_one_that_leads_there_from_within_is_named(stored, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    with mounted(tmp_path / "disk", "size=8m") as disk:
        export(stored, disk / "exports", {"sessions"})
        before = contents(disk)
        (out / "sessions").symlink_to(disk / "exports" / "sessions", target_is_directory=True)
        with pytest.raises(InputProblem, match=r"leads to another disk.*nothing was changed"):
            export(stored, out, {"sessions", "canvas"})
        assert contents(disk) == before
        assert [path.name for path in out.iterdir()] == ["sessions"]


@can_mount
def test_when_one_file_can_not_be_replaced_those_before_it_go_back(stored, tmp_path):
    export(stored, tmp_path, {"canvas", "moodle"})
    before = with_earlier(tmp_path, ["gradebook-canvas.csv", "gradebook-moodle.csv"])
    pinned = str(tmp_path / "gradebook-moodle.csv")
    subprocess.run(["mount", "--bind", pinned, pinned], check=True)  # what no program may replace
    try:
        with pytest.raises(EnvironmentProblem, match="Nothing there was changed"):
            export(stored, tmp_path, {"canvas", "moodle", "summary"})
    finally:
        subprocess.run(["umount", "-l", pinned], check=True)
    assert contents(tmp_path) == before
