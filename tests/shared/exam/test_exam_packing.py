import contextlib
import io
import os
import stat
import struct
import zipfile
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.exam.exam_folder import read_exam
from shared.exam.packing import MANIFEST_NAME, BadExamFile, exam_folder, pack, read_packed, unpack
from shared.exam.template import new_exam
from shared.exam.whole_file import write_private, write_whole
from shared.problems import EnvironmentProblem, InputProblem


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def entries_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zip_of(entries: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return out.getvalue()


@settings(max_examples=25)
@given(
    st.dictionaries(
        st.text("abcdef_é☃", min_size=1, max_size=12).map(lambda name: f"questions/weather-station/data/{name}.x"),
        st.binary(max_size=400),
        max_size=6,
    )
)
def test_what_was_packed_unpacks_to_the_same_files(tmp_path_factory, extra):
    folder = tmp_path_factory.mktemp("packing") / "exam"
    material = {path: text.encode() for path, text in new_exam(UUID(int=1), title="t", questions=1).items()} | extra
    for path, data in material.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    packed = pack(folder)
    assert pack(folder) == packed
    unpack(packed, folder.with_name("again"))
    assert files_of(folder.with_name("again")) == material
    assert pack(folder.with_name("again")) == packed


def test_an_exam_file_that_someone_compressed_again_is_still_taken(exam_dir, tmp_path):
    again = zip_of(entries_of(pack(exam_dir)), zipfile.ZIP_DEFLATED)
    unpack(again, tmp_path / "out")
    assert read_exam(tmp_path / "out")[1] == []


def test_an_exam_with_mistakes_is_not_packed(exam_dir, spoil):
    spoil("duration = 60 ", "duration = -1")
    with pytest.raises(InputProblem):
        pack(exam_dir)


@pytest.mark.parametrize("name", ["../evil.py", "/evil.py", "a/../../evil", "C:/evil", "a\\b", "con", "a//b", "x/"])
def test_names_that_lead_out_are_refused_and_nothing_is_written(exam_dir, tmp_path, name):
    bad = zip_of(entries_of(pack(exam_dir)) | {name: b"x"})
    if name == "x/":
        unpack(bad, tmp_path / "out")
        return
    with pytest.raises(BadExamFile):
        unpack(bad, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "evil.py").exists()


def test_a_link_in_an_exam_file_is_refused(exam_dir):
    out = io.BytesIO(pack(exam_dir))
    with zipfile.ZipFile(out, "a") as archive:
        info = zipfile.ZipInfo("link")
        info.create_system = 3
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    with pytest.raises(BadExamFile, match="is a link or a device"):
        read_packed(out.getvalue())


def test_a_bomb_is_refused_before_it_is_opened(exam_dir):
    bomb = zip_of(entries_of(pack(exam_dir)) | {"bomb": bytes(20 * 2**20)}, zipfile.ZIP_DEFLATED)
    with pytest.raises(BadExamFile, match="far more than it is"):
        read_packed(bomb)


def test_an_entry_that_lies_about_its_size_is_refused(exam_dir):
    honest = zip_of(entries_of(pack(exam_dir)) | {"liar": b"q" * 100_000}, zipfile.ZIP_DEFLATED)
    lying = honest.replace(struct.pack("<I", 100_000), struct.pack("<I", 10))
    with pytest.raises(BadExamFile):
        read_packed(lying)


def test_far_too_many_entries_are_refused():
    with pytest.raises(BadExamFile, match="at most 2000"):
        read_packed(zip_of({f"f{number}": b"" for number in range(2100)}))


def test_entries_that_differ_in_case_are_refused(exam_dir):
    with pytest.raises(BadExamFile, match="differ only in case"):
        read_packed(zip_of(entries_of(pack(exam_dir)) | {"EXAM.toml": b"x"}))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_an_entry_that_is_there_twice_is_refused(exam_dir):
    out = io.BytesIO(pack(exam_dir))
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("exam.toml", b"x")
    with pytest.raises(BadExamFile, match=r"has exam.toml twice"):
        read_packed(out.getvalue())


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"exam.toml": b"changed"}, "exam.toml in this .exam file was changed"),
        ({"new.txt": b"x"}, "new.txt does not belong to it"),
        ({MANIFEST_NAME: b"{"}, "can't be read"),
        ({MANIFEST_NAME: msgspec.json.encode({"format": 2, "exam": "", "name": "", "files": []})}, "can't be read"),
    ],
)
def test_what_was_changed_after_packing_is_named(exam_dir, change, sentence):
    with pytest.raises(BadExamFile, match=sentence):
        read_packed(zip_of(entries_of(pack(exam_dir)) | change))


@pytest.mark.parametrize("gone", [MANIFEST_NAME, "exam.toml"])
def test_what_was_taken_out_is_named(exam_dir, gone):
    entries = entries_of(pack(exam_dir))
    del entries[gone]
    with pytest.raises(BadExamFile, match=gone):
        read_packed(zip_of(entries))


@settings(max_examples=120)
@given(st.data())
def test_a_damaged_exam_file_gives_a_sentence_or_the_same_exam(packed, data):
    damaged = bytearray(packed)
    for _ in range(data.draw(st.integers(1, 3))):
        damaged[data.draw(st.integers(0, len(packed) - 1))] ^= data.draw(st.integers(1, 255))
    if data.draw(st.booleans()):
        damaged = damaged[: data.draw(st.integers(0, len(packed)))]
    contents = None
    with contextlib.suppress(BadExamFile):
        contents = read_packed(bytes(damaged))
    assert contents in (None, read_packed(packed))


@pytest.fixture(scope="module")
def packed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("damaged")
    for path, text in new_exam(UUID(int=1), title="t", questions=1).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return pack(folder)


def test_unpacking_never_overwrites(exam_dir):
    before = files_of(exam_dir)
    with pytest.raises(InputProblem, match="not empty"):
        unpack(pack(exam_dir), exam_dir)
    assert files_of(exam_dir) == before


def test_a_folder_and_a_file_can_be_used_alike(exam_dir, tmp_path):
    file = tmp_path / "quiz.exam"
    file.write_bytes(pack(exam_dir))
    with exam_folder(exam_dir) as one, exam_folder(file) as two:
        assert read_exam(one)[0] == read_exam(two)[0]
        kept = two
    assert not kept.exists()


def test_a_missing_exam_is_named_by_its_path(tmp_path):
    with pytest.raises(InputProblem, match=r"There is no exam at .*gone"), exam_folder(tmp_path / "gone"):
        pytest.fail("nothing was there")


@pytest.mark.parametrize("write", [write_whole, write_private])
def test_a_file_is_replaced_whole_or_not_at_all(tmp_path, write):
    target = tmp_path / "exam.toml"
    target.write_text("old")
    write(target, b"new")
    assert target.read_text() == "new"
    (tmp_path / "folder").mkdir()
    with pytest.raises(EnvironmentProblem):
        write(tmp_path / "folder", b"x")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["exam.toml", "folder"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such rights")
def test_a_private_file_is_nobody_elses_whoever_could_read_the_one_before(tmp_path):
    public, private = tmp_path / "public", tmp_path / "private"
    for path, write in ((public, write_whole), (private, write_private)):
        path.write_bytes(b"old")
        path.chmod(0o640)
        write(path, b"new")
    assert (stat.S_IMODE(public.stat().st_mode), stat.S_IMODE(private.stat().st_mode)) == (0o640, 0o600)


def test_what_a_killed_program_left_beside_a_private_file_is_not_written_into(tmp_path):
    left = tmp_path / ".key.new"
    left.write_bytes(b"left")
    left.chmod(0o644)
    os.link(left, tmp_path / "elsewhere")
    write_private(tmp_path / "key", b"secret")
    assert (tmp_path / "elsewhere").read_bytes() == b"left"
    assert not left.exists()
