"""An independent reading of ProgSnap2 v1.0, from its specification: shares no code with what writes the dataset."""

import csv
import datetime as dt
from pathlib import Path

REQUIRED = {"EventType", "EventID", "CodeStateID", "SubjectID", "ToolInstances"}
OPTIONAL = {
    *("Order", "ClientTimestamp", "ClientTimezone", "ServerTimestamp", "ServerTimezone", "CourseID"),
    *("CourseSectionID", "AssignmentID", "ProblemID", "Attempt", "ParentEventID", "SessionID", "ResourceID"),
    *("CodeStateSection", "DestinationCodeStateSection", "EventInitiator", "EditType", "SourceLocation"),
    *("ExecutionID", "TestID", "ExecutionResult", "Score", "ProgramInput", "ProgramOutput", "ProgramErrorOutput"),
    *("InsertText", "DeleteText", "DeleteLength", "InterventionCategory", "InterventionType", "InterventionMessage"),
}
EVENT_TYPES = {
    *(
        "Session.Start",
        "Session.End",
        "Project.Open",
        "Project.Close",
        "File.Create",
        "File.Delete",
        "File.Open",
        "File.Close",
        "File.Save",
        "File.Rename",
        "File.Copy",
        "File.Edit",
        "File.Focus",
        "File.CopyText",
        "Compile",
        "Compile.Error",
        "Compile.Warning",
        "Submit",
        "Run.Program",
        "Run.Test",
        "Debug.Program",
        "Debug.Test",
        "Resource.View",
        "Intervention",
    ),
}
NEEDS = {
    "Session.Start": {"SessionID"},
    "Session.End": {"SessionID"},
    "File.Create": {"CodeStateSection"},
    "File.Delete": {"CodeStateSection"},
    "File.Edit": {"CodeStateSection", "EditType", "SourceLocation"},
    "File.Focus": {"CodeStateSection"},
    "File.Rename": {"CodeStateSection", "DestinationCodeStateSection"},
    "Run.Program": {"ExecutionID", "ExecutionResult"},
    "Run.Test": {"ExecutionID", "ExecutionResult"},
    "Resource.View": {"ResourceID"},
    "Intervention": {"InterventionCategory", "InterventionType", "InterventionMessage"},
}
VALUES = {
    "EditType": {"Insert", "Delete", "Replace", "Move", "Paste", "Undo", "Redo", "Refactor", "Reset", "GenericEdit"},
    "ExecutionResult": {"Success", "Timeout", "Error", "TestFailed"},
    "EventInitiator": {
        *(
            "UserDirectAction",
            "UserIndirectAction",
            "ToolReaction",
            "ToolTimedEvent",
            "InstructorDirectAction",
            "InstructorIndirectAction",
            "TeamMemberDirectAction",
            "TeamMemberIndirectAction",
        ),
    },
}
METADATA = {
    "Version": {"1.0"},
    "IsEventOrderingConsistent": {"true", "false"},
    "EventOrderScope": {"Global", "Restricted", "None"},
    "CodeStateRepresentation": {"Table", "Directory", "Git", "Keystroke"},
    "ProgramInputLinkTable": {"true", "false"},
}


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def check(folder: Path) -> list[dict[str, str]]:
    """Check a dataset and return its main table."""
    metadata = {row["Property"]: row["Value"] for row in read(folder / "DatasetMetadata.csv")}
    for name, values in METADATA.items():
        assert metadata[name] in values, name
    rows = read(folder / "MainTable.csv")
    columns = set(rows[0])
    assert columns >= REQUIRED
    assert all(column in REQUIRED | OPTIONAL or column.startswith("X-") for column in columns)
    assert set(metadata["EventOrderScopeColumns"].split(";")) <= columns
    assert len({row["EventID"] for row in rows}) == len(rows)
    orders: dict[str, int] = {}
    for row in rows:
        assert None not in row
        check_row(row)
        assert int(row["Order"]) > orders.get(row["SubjectID"], 0)
        orders[row["SubjectID"]] = int(row["Order"])
    for table in (folder / "LinkTables").glob("*.csv"):
        linked = read(table)
        keys = [key for key in linked[0] if key in columns]
        assert keys
        assert len({tuple(row[key] for key in keys) for row in linked}) == len(linked)
    return rows


def check_row(row: dict[str, str]) -> None:
    kind = row["EventType"]
    assert kind in EVENT_TYPES or kind.startswith("X-"), kind
    assert all(row[column] for column in REQUIRED), row
    assert all(row[column] for column in NEEDS.get(kind, set())), row
    for column, values in VALUES.items():
        assert not row[column] or row[column] in values, row
    for column in ("ClientTimestamp", "ServerTimestamp"):
        assert dt.datetime.fromisoformat(row[column]).tzinfo is None
    if kind == "File.Edit":
        assert int(row["SourceLocation"]) >= 0


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
