"""An independent reading of ProgSnap2 v1.0, from its specification: shares no code with what writes the dataset.

Columns, what each event type requires, values and datatypes are those of the working group's machine-readable
specification of version 1.0.
"""

import csv
import datetime as dt
import re
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

REQUIRED = {"EventType", "EventID", "CodeStateID", "SubjectID", "ToolInstances"}
OPTIONAL = {
    *("Order", "ClientTimestamp", "ServerTimestamp", "CourseID", "CourseSectionID", "TermID", "AssignmentID"),
    *("AssignmentIsGraded", "ProblemID", "ProblemIsGraded", "Attempt", "ExperimentalCondition", "TeamID"),
    *("LoggingErrorID", "IsFabricatedEvent"),
    *("ParentEventID", "SessionID", "ProjectID", "ResourceID", "CodeStateSection", "CopiedText"),
    *("DestinationCodeStateSection", "EventInitiator", "EditType", "CompileResult", "CompileMessageType"),
    *("CompileMessageData", "SourceLocation", "ExecutionID", "TestID", "ExecutionResult", "Score", "ExtraCreditScore"),
    *("ProgramInput", "ProgramOutput", "ProgramErrorOutput", "InterventionCategory", "InterventionType"),
    *("InterventionMessage", "InsertText", "DeleteText", "DeleteLength"),
}
_FILE, _DIAGNOSTIC = {"CodeStateSection"}, {"ParentEventID", "CodeStateSection", "CompileMessageType"}
_TEST = {"ExecutionID", "TestID", "ExecutionResult"}
NEEDS: dict[str, set[str]] = {
    "Session.Start": {"SessionID"},
    "Session.End": {"SessionID"},
    "Project.Open": {"ProjectID"},
    "Project.Close": {"ProjectID"},
    **dict.fromkeys(("File.Create", "File.Delete", "File.Open", "File.Close", "File.Save", "File.Focus"), _FILE),
    **dict.fromkeys(("File.Rename", "File.Copy"), _FILE | {"DestinationCodeStateSection"}),
    "File.Edit": {"CodeStateSection", "EditType"},
    "File.CopyText": {"CopiedText"},
    "Compile": {"CodeStateSection", "CompileResult"},
    **dict.fromkeys(("Compile.Error", "Compile.Warning"), _DIAGNOSTIC | {"CompileMessageData", "SourceLocation"}),
    "Submit": set(),
    "Run.Program": {"ExecutionResult"},
    "Debug.Program": {"ExecutionResult"},
    **dict.fromkeys(("Run.Test", "Debug.Test"), _TEST),
    "Resource.View": {"ResourceID"},
    "Intervention": {"EventInitiator", "InterventionCategory", "InterventionType", "InterventionMessage"},
}
"""The event types there are, and which columns each of them requires beside those that all do."""
VALUES = {
    "EditType": {"Insert", "Delete", "Replace", "Move", "Paste", "Undo", "Redo", "Refactor", "Reset", "GenericEdit"},
    "CompileResult": {"Success", "Warning", "Error"},
    "ExecutionResult": {"Success", "Timeout", "Error", "TestFailed"},
    "InterventionCategory": {"Feedback", "Hint", "CodeHighlight", "CodeChange", "EarnedGrade"},
    "EventInitiator": {
        *("UserDirectAction", "UserIndirectAction", "ToolReaction", "ToolTimedEvent", "InstructorDirectAction"),
        *("InstructorIndirectAction", "TeamMemberDirectAction", "TeamMemberIndirectAction"),
    },
}
INTEGERS = ("Order", "Attempt", "DeleteLength")
URLS = ("ProgramInput", "ProgramOutput", "ProgramErrorOutput")
BOOLEANS = {"", "true", "false"}
METADATA = {
    "Version": {"1.0"},
    "IsEventOrderingConsistent": {"true", "false"},
    "EventOrderScope": {"Global", "Restricted", "None"},
    "CodeStateRepresentation": {"Table", "Directory", "Git", "Keystroke"},
}


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def check(folder: Path) -> list[dict[str, str]]:
    """Check a dataset and return its main table."""
    metadata = {row["Property"]: row["Value"] for row in read(folder / "DatasetMetadata.csv")}
    for name, values in METADATA.items():
        assert metadata[name] in values, name
    tables = {path.stem for path in (folder / "LinkTables").glob("*.csv")}
    assert metadata["ProgramInputLinkTable"] in {"", *tables}
    rows = read(folder / "MainTable.csv")
    columns = set(rows[0])
    assert columns >= REQUIRED
    assert all(column in REQUIRED | OPTIONAL or column.startswith("X-") for column in columns)
    assert set(metadata["EventOrderScopeColumns"].split(";")) <= columns
    assert len({row["EventID"] for row in rows}) == len(rows)
    readme = (folder / "README.md").read_text(encoding="utf-8")
    orders: dict[str, int] = {}
    for row in rows:
        assert None not in row
        check_row(row, readme)
        assert int(row["Order"]) > orders.get(row["SubjectID"], 0)
        orders[row["SubjectID"]] = int(row["Order"])
    for table in (folder / "LinkTables").glob("*.csv"):
        linked = read(table)
        keys = [key for key in linked[0] if key in columns]
        assert keys
        assert len({tuple(row[key] for key in keys) for row in linked}) == len(linked)
    return rows


def check_row(row: dict[str, str], readme: str) -> None:
    """Check a row by itself; what is no value of the specification is documented in the README."""
    kind = row["EventType"]
    assert kind in NEEDS or (kind.startswith("X-") and f"`{kind}`" in readme), kind
    assert all(row[column] for column in REQUIRED), row
    assert all(row[column] for column in NEEDS.get(kind, set())), row
    for column, values in VALUES.items():
        value = row.get(column, "")
        assert not value or value in values or (value.startswith("X-") and f"`{value}`" in readme), row
    for column in ("ClientTimestamp", "ServerTimestamp"):
        assert dt.datetime.strptime(row[column], "%Y-%m-%dT%H:%M:%S.%f%z").tzinfo is not None
    for column in INTEGERS:
        assert re.fullmatch(r"-?\d*", row.get(column, "")), row
    assert row["IsFabricatedEvent"] in BOOLEANS
    for column in URLS:
        assert not row[column] or urlsplit(row[column]).scheme, row
    if kind == "File.Edit":  # the Keystroke representation: an offset
        assert int(row["SourceLocation"]) >= 0


def behind(url: str) -> str:
    """Return the text that a URL of the dataset stands for."""
    if not url:
        return ""
    assert url.startswith("data:")
    with urllib.request.urlopen(url) as answer:
        return answer.read().decode(answer.headers.get_content_charset())


def replay_edits_alone(rows: list[dict[str, str]]) -> dict[str, dict[str, str]]:
    """Return every subject's texts by the File.Edit rows of each section alone, as readers do that know nothing else.

    What is left of a file that is no longer there is empty.
    """
    texts: dict[str, dict[str, str]] = {}
    for row in rows:
        if row["EventType"] == "File.Edit":
            files, file = texts.setdefault(row["SubjectID"], {}), row["CodeStateSection"]
            at, text = int(row["SourceLocation"]), files.get(file, "")
            assert at <= len(text), row
            files[file] = text[:at] + row["InsertText"] + text[at + len(row["DeleteText"]) :]
    return texts


def replay(rows: list[dict[str, str]]) -> dict[str, dict[str, str]]:
    """Return every subject's texts as InsertText and DeleteText leave them at its last hand-in or event."""
    texts: dict[str, dict[str, str]] = {}
    for row in rows:
        files, file = texts.setdefault(row["SubjectID"], {}), row["CodeStateSection"]
        match row["EventType"]:
            case "File.Create":
                assert file not in files, row
                files[file] = ""
            case "File.Edit":
                at, gone = int(row["SourceLocation"]), row["DeleteText"]
                assert files[file][at : at + len(gone)] == gone, row
                files[file] = files[file][:at] + row["InsertText"] + files[file][at + len(gone) :]
            case "File.Rename":
                files[row["DestinationCodeStateSection"]] = files.pop(file)
            case "File.Delete":
                del files[file]
            case _:
                pass
    return texts


def read_with_bom(path: Path) -> list[dict[str, str]]:
    """Read a table that begins with a byte-order mark; apostrophes in front of formulas go."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [{key: value.removeprefix("'") for key, value in row.items()} for row in csv.DictReader(file)]
