"""Reading a folder of hand-ins, and the command on top of it."""

import argparse
import csv
import json
from pathlib import Path

import pytest

from examdesk.cli import similarity
from examdesk.similarity import WORDING
from examdesk.similarity.folder import read_folder, read_starters
from examdesk.staffapi.groups import groups_of
from shared.problems import EnvironmentProblem, InputProblem

DATA = Path(__file__).parents[2] / "data" / "programs"


def run(*words):
    parser = argparse.ArgumentParser()
    similarity.add_parser(parser.add_subparsers())
    return similarity.run(parser.parse_args(["similarity", *map(str, words)]))


def test_files_and_sub_folders_are_students(tmp_path):
    (tmp_path / "ada.py").write_text("x = 1\n")
    (tmp_path / "bob" / "part").mkdir(parents=True)
    (tmp_path / "bob" / "main.py").write_text("y = 2\n")
    (tmp_path / "bob" / "part" / "more.py").write_text("z = 3\n")
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / ".hidden.py").write_text("")
    programs, warnings = read_folder(tmp_path)
    assert [(p.owner, dict(p.files)) for p in programs] == [
        ("ada.py", {"ada.py": "x = 1\n"}),
        ("bob", {"main.py": "y = 2\n", "part/more.py": "z = 3\n"}),
    ]
    assert warnings == []


@pytest.mark.parametrize(
    "data",
    [
        "s = 'é'\r\n".encode(),
        b"\xef\xbb\xbf" + "s = 'é'\r\n".encode(),
        b"\xff\xfe" + "s = 'é'\r\n".encode("utf-16-le"),
        b"\xfe\xff" + "s = 'é'\r\n".encode("utf-16-be"),
    ],
)
def test_encodings_are_found_out_and_line_ends_kept(tmp_path, data):
    (tmp_path / "a.py").write_bytes(data)
    programs, warnings = read_folder(tmp_path)
    assert programs[0].files["a.py"] == "s = 'é'\r\n"
    assert warnings == []


def test_a_declared_encoding_is_used(tmp_path):
    (tmp_path / "a.py").write_bytes("# -*- coding: cp1250 -*-\ns = 'č'\n".encode("cp1250"))
    assert "č" in read_folder(tmp_path).programs[0].files["a.py"]


def test_what_was_not_read_is_named(tmp_path):
    (tmp_path / "good.py").write_text("x = 1\n")
    (tmp_path / "old.py").write_bytes(b"s = '\xe9'\n")
    (tmp_path / "binary.py").write_bytes(b"\0\1\2")
    (tmp_path / "huge.py").write_bytes(b"x" * 1_000_001)
    (tmp_path / "strange.py").write_bytes(b"# coding: klingon\nx = 1\n")
    (tmp_path / "notes.txt").write_text("hello")
    (tmp_path / "nothing").mkdir()
    programs, warnings = read_folder(tmp_path)
    assert [program.owner for program in programs] == ["good.py", "old.py", "strange.py"]
    assert warnings == [
        "binary.py: is not text and was left out.",
        "huge.py: is larger than 1,000,000 bytes and was left out.",
        "notes.txt: is not a .py file and was left out.",
        "nothing: holds no .py file and was left out.",
        "old.py: is not utf-8; read as Windows-1252.",
        "strange.py: is not klingon; read as Windows-1252.",
    ]


def test_a_missing_or_empty_folder_is_a_sentence(tmp_path):
    with pytest.raises(InputProblem, match="is not a folder"):
        read_folder(tmp_path / "none")
    with pytest.raises(InputProblem, match="holds no Python program"):
        read_folder(tmp_path)


def test_starters_are_files_or_folders_and_named_when_unreadable(tmp_path):
    assert len(read_starters([DATA / "robot" / "starter.py", DATA / "robot"])) == 8
    with pytest.raises(InputProblem, match=r"none\.py"):
        read_starters([tmp_path / "none.py"])
    with pytest.raises(InputProblem, match="holds no"):
        read_starters([tmp_path])


def test_json_lists_every_pair_with_regions_and_distribution(capsys):
    assert run(DATA / "receipt", "--starter", DATA / "receipt" / "starter.py", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert found["programs"] == 6
    assert len(found["pairs"]) == found["distribution"]["rank"]["pairs"] == 15
    ranks = [pair["rank"] for pair in found["pairs"]]
    assert ranks == sorted(ranks, reverse=True)
    assert {"a", "b", "jaccard", "regions"} <= found["pairs"][0].keys()
    sources = {path.name: path.read_text("utf-8") for path in (DATA / "receipt").glob("*.py")}
    for pair in found["pairs"]:
        assert "starter.py" not in {pair["a"], pair["b"]}
        for region in pair["regions"]:
            assert sources[pair["a"]][region["start_a"] : region["end_a"]].strip()
            assert sources[pair["b"]][region["start_b"] : region["end_b"]].strip()
    assert found["warnings"] == ["prompt.md: is not a .py file and was left out."]
    assert found["unparsed"] == ["farouk.py"]
    assert found["wording"] == WORDING


def test_the_plain_measure_alone_has_no_rank(capsys):
    run(DATA / "receipt", "--no-rank", "--json", "--regions", "1", "--top", "3")
    found = json.loads(capsys.readouterr().out)
    assert all("rank" not in pair for pair in found["pairs"])
    assert [bool(pair["regions"]) for pair in found["pairs"]] == [True, False, False]
    assert (found["pairs_left_out"], found["pairs_with_regions"]) == (18, 1)
    assert found["distribution"]["rank"] is None


@pytest.mark.parametrize("option", ["--no-rank", "--top=all", "--top=2"])
def test_the_table_ends_with_the_agreed_wording(capsys, option):
    run(DATA / "robot", option)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "7 programs, 21 pairs."
    assert lines[-1] == WORDING
    assert ("--top all" in "\n".join(lines)) == (option != "--top=all")


def test_a_count_is_a_number_or_all(capsys):
    with pytest.raises(SystemExit):
        run(DATA / "robot", "--top", "many")
    assert "neither a whole number nor 'all'" in capsys.readouterr().err


def test_an_earlier_class_groups_and_the_filter_for_common_code(tmp_path, capsys):
    for name in ("now", "last year"):
        (tmp_path / name).mkdir()
    sources = sorted((DATA / "robot").glob("*.py"))
    for place, source in enumerate(sources):
        folder = tmp_path / ("now" if place % 2 else "last year")
        (folder / source.name).write_text(source.read_text("utf-8"), "utf-8")
    copy = next((tmp_path / "last year").glob("*.py"))
    (tmp_path / "now" / "zoe.py").write_text(copy.read_text("utf-8"), "utf-8")
    words = (tmp_path / "now", "--earlier", tmp_path / "last year", "--groups", "90", "--without-common", "50")
    assert run(*words, "--json", "--top", "all") == 0
    found = json.loads(capsys.readouterr().out)
    assert not any("/" in pair["a"] and "/" in pair["b"] for pair in found["pairs"])
    (group,) = found["groups"]
    assert set(group) == {"zoe.py", f"last year/{copy.name}"}
    assert all(0 <= pair["uncommon"] <= 1 for pair in found["pairs"])
    assert run(*words) == 0
    said = capsys.readouterr().out
    assert "uncommon" in said
    assert f"2: {', '.join(group)}" in said


def test_groups_by_the_rank_hold_to_the_rank_of_the_pairs(capsys):
    words = ("--top", "all", "--groups", "6")
    assert run(DATA / "robot", *words, "--groups-by", "rank", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    pairs = [(pair["a"], pair["b"]) for pair in found["pairs"] if pair["rank"] >= 0.06]
    assert found["groups"] == groups_of(pairs)
    assert run(DATA / "robot", *words, "--json") == 0
    plain = json.loads(capsys.readouterr().out)
    assert plain["groups"] == groups_of((pair["a"], pair["b"]) for pair in plain["pairs"] if pair["jaccard"] >= 0.06)
    assert found["groups"] != plain["groups"]
    assert run(DATA / "robot", *words, "--groups-by", "rank") == 0
    assert "Groups of listed pairs from 0.06 (rank) on:" in capsys.readouterr().out


def test_groups_by_the_rank_need_a_rank():
    with pytest.raises(InputProblem, match="leave out --no-rank"):
        run(DATA / "robot", "--groups", "60", "--groups-by", "rank", "--no-rank")


def rows_of(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_table_for_spreadsheets_has_the_figures_of_the_json(tmp_path, capsys):
    words = (DATA / "receipt", "--starter", DATA / "receipt" / "starter.py", "--without-common", "50")
    run(*words, "--json")
    pairs = json.loads(capsys.readouterr().out)["pairs"]
    assert run(*words, "--csv", tmp_path / "pairs.csv") == 0
    said = capsys.readouterr().out
    assert "pairs.csv: 15 of 15 pairs, the highest first." in said
    assert "How common figures are in this class" in said
    assert said.splitlines()[-1] == WORDING
    rows = rows_of(tmp_path / "pairs.csv")
    assert list(rows[0]) == ["a", "b", "rank", "plain", "too_short", "by_tokens", "uncommon"]
    for row, pair in zip(rows, pairs, strict=True):
        assert (row["a"], row["b"]) == (pair["a"], pair["b"])
        figures = [float(row[name]) for name in ("rank", "plain", "uncommon")]
        assert figures == pytest.approx([pair["rank"], pair["jaccard"], pair["uncommon"]], abs=1e-6)
        assert (row["too_short"] == "yes", row["by_tokens"] == "yes") == ("short" in pair, "by_tokens" in pair)


def test_a_table_of_the_plain_figure_leaves_the_rank_empty_and_says_what_it_left_out(tmp_path, capsys):
    run(DATA / "robot", "--no-rank", "--top", "2", "--csv", tmp_path / "pairs.csv")
    assert [row["rank"] for row in rows_of(tmp_path / "pairs.csv")] == ["", ""]
    assert "19 pairs below these are left out (--top all writes them too)." in capsys.readouterr().out


def test_no_name_in_a_table_is_taken_for_a_formula(tmp_path):
    names = ["=HYPERLINK(1).py", "@sum, ada.py", "-1\nbob.py", 'a "b".py']
    for name in names:
        (tmp_path / name).write_text("print(1)\n", "utf-8")
    run(tmp_path, "--csv", tmp_path / "pairs.csv")
    cells = {name for row in rows_of(tmp_path / "pairs.csv") for name in (row["a"], row["b"])}
    assert cells == {"'=HYPERLINK(1).py", "'@sum, ada.py", "'-1\nbob.py", 'a "b".py'}


def test_a_table_that_cant_be_written_leaves_the_earlier_one_and_nothing_else(tmp_path):
    with pytest.raises(EnvironmentProblem, match="can't be written"):
        run(DATA / "robot", "--csv", tmp_path / "none" / "pairs.csv")
    (tmp_path / "pairs.csv").mkdir()
    with pytest.raises(EnvironmentProblem, match="It is as it was"):
        run(DATA / "robot", "--csv", tmp_path / "pairs.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["pairs.csv"]


def test_what_cant_be_read_leaves_an_earlier_table_as_it_was(tmp_path):
    table = tmp_path / "pairs.csv"
    table.write_text("mine")
    with pytest.raises(InputProblem, match="is not a folder"):
        run(tmp_path / "none", "--csv", table)
    assert table.read_text() == "mine"


def test_a_table_and_json_are_not_asked_for_at_once(tmp_path, capsys):
    with pytest.raises(SystemExit):
        run(DATA / "robot", "--json", "--csv", tmp_path / "pairs.csv")
    assert "not allowed with" in capsys.readouterr().err
