"""What the documents say is there, is there, and the words are the agreed ones."""

import re
import tomllib
from pathlib import Path

import pytest

from examdesk.cli.main import COMMANDS

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("shared", "examdesk", "instructor_app", "student_app")
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
ACCUSING = re.compile(r"\b(cheat(er|ers|ing|ed)?|suspicio\w*|suspects?|culprits?|guilty)\b", re.IGNORECASE)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_of_a_document_leads_somewhere(document):
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", document.read_text(encoding="utf-8"))
    local = [link for link in links if "://" not in link]
    assert [link for link in local if not (document.parent / link).exists()] == []


def test_the_architecture_names_only_places_that_there_are():
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    places = re.findall(rf"`((?:{'|'.join(PACKAGES)}|tests)/[^`]+)`", text)
    assert len(places) > 20
    assert [place for place in places if not (ROOT / place).exists()] == []


@pytest.mark.parametrize("package", ["examdesk/hub", "student_app/core", "instructor_app"])
def test_the_map_of_a_package_names_its_modules(package):
    said = set(re.findall(r"\w+", (ROOT / package / "__init__.py").read_text(encoding="utf-8")))
    modules = {
        path.stem for path in (ROOT / package).iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert sorted(modules - said - {"__init__"}) == []


def test_the_readme_lists_every_command():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in COMMANDS if not re.search(rf"^\| `{name}[ `]", text, flags=re.MULTILINE)] == []


def test_the_picture_of_the_layers_is_the_contract():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    picture = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    for contract in project["tool"]["importlinter"]["contracts"]:
        if contract["type"] == "layers":
            lines = [re.sub(r" [|:] ", " · ", re.sub(r"[()]", "", layer)) for layer in contract["layers"]]
            block = r"\n\s+".join(map(re.escape, lines))
            assert re.search(rf"^{contract['containers'][0]}\s+{block}$", picture, flags=re.MULTILINE), contract["name"]


def test_every_decision_is_in_the_list():
    folder = ROOT / "docs" / "decisions"
    listed = (folder / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in folder.glob("0*.md") if f"({path.name})" not in listed] == []


def test_no_word_of_ours_accuses_anybody():
    found = []
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*"):
            if path.suffix in (".py", ".html", ".css", ".md", ".toml", ".json", ".txt"):
                text = path.read_text(encoding="utf-8")
                found += [f"{path.relative_to(ROOT)}: {hit.group()}" for hit in ACCUSING.finditer(text)]
    assert found == []
