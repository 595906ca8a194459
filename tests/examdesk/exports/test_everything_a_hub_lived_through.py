"""Every kind of export from a hub where much happened, read by the readers of each format."""

import asyncio
import csv
import json
from pathlib import Path

import jsonschema
import openpyxl
import pytest

from examdesk.cli.verify import verify_any
from examdesk.exports import event_schema, session_schema
from examdesk.exports.everything import export_all
from examdesk.exports.kinds import KINDS
from examdesk.staffapi import messages as api
from shared.clock import SystemClock
from shared.events import kinds
from tests.examdesk.exports import progsnap_checker
from tests.examdesk.exports.canvas_import import User, canvas_import
from tests.examdesk.exports.class_at_work import export, stored_class
from tests.examdesk.exports.rich_exam import rich_exam
from tests.examdesk.hub.hub_fixtures import joined, running_hub, staff
from tests.examdesk.hub.test_adopting import begun_alone, bundle
from tests.examdesk.hub.test_editions_of_hub import SIXTY, apply, prompt_of

SCHEMAS = Path(__file__).parents[3] / "docs" / "schemas"
STUDENTS = ["alone", "known", "paused", "visitor"]


async def lived(hub, client, folder):
    """An edition, a pause, a student with a name on the roster, one unlisted, one adopted from a stick, a corpus."""
    await client.ask(api.PutStudent(command="p", student="known", name="أحمد 王小明 👩‍💻 " + "A" * 180, section="=B+1"))
    desks = [await joined(hub, name) for name in ("known", "paused", "visitor")]
    for desk in desks:
        await desk.type_text("print(1)\n")
    prompt_of(folder).write_text("# Sum\n\nAdd all of them.\n")
    await apply(client)
    content = hub.services.content
    desks[0].journal.add(kinds.EditionTaken(number=content.number, envelope=content.envelope.decode(), changed=("q1",)))
    await client.ask(api.Pause(command="stop", paused=True))
    await client.ask(api.Pause(command="go", paused=False))
    files = (api.CorpusFile(path="earlier.py", data=b"print(1)\n" * 30),)
    await client.ask(api.AddCorpus(command="c", name="earlier class", upload="c", files=files))
    alone = await begun_alone(hub, "alone")
    await client.ask(api.ImportBundle(upload="u", data=bundle(hub, alone), last=True, adopt=True))
    for desk in desks:
        await desk.flush()
        await desk.safe()


@pytest.fixture
async def out(tmp_path):
    """Return the folder with every kind of export."""
    async with running_hub(tmp_path, SIXTY) as hub, staff(hub) as client:
        await lived(hub, client, tmp_path)
        whose = (hub.services.reader, hub.services.identity.exam, tmp_path / "out", KINDS)
        await asyncio.to_thread(export_all, *whose, lambda *_: None, lambda: False, clock=SystemClock())
    return tmp_path / "out"


async def test_each_format_has_everybody_and_keeps_to_its_rules(out):
    assert all(verdict.holds for verdict in verify_any(out))
    rows = progsnap_checker.check(out / "progsnap2")
    assert {row["SubjectID"] for row in rows} == set(STUDENTS)
    book = openpyxl.load_workbook(out / "records.xlsx", read_only=True)
    assert sorted(row[0] for row in book["Sessions"].iter_rows(min_row=3, values_only=True)) == STUDENTS
    published = json.loads((SCHEMAS / "session.schema.json").read_text(encoding="utf-8"))
    documents = [json.loads(path.read_bytes()) for path in (out / "sessions").iterdir()]
    assert sorted(document["student"]["id"] for document in documents) == STUDENTS
    for document in documents:
        jsonschema.validate(document, published)
    course = [User("", number, sis=name) for number, name in enumerate(STUDENTS)]
    assert not canvas_import(out / "gradebook-canvas.csv", course).strangers
    check_events(out / "events.csv")


def test_the_schemas_are_published_as_the_types_are():
    for name, made in (("events", event_schema), ("session", session_schema)):
        assert json.loads((SCHEMAS / f"{name}.schema.json").read_text(encoding="utf-8")) == json.loads(
            json.dumps(made.schema())
        )


@pytest.mark.parametrize("make", [rich_exam, stored_class])
def test_every_event_follows_the_schema_of_its_kind(tmp_path, make):
    export(make(tmp_path / "records"), tmp_path / "out", {"events"})
    assert check_events(tmp_path / "out" / "events.csv") > 10


def check_events(path):
    """Validate each row with its kind's schema, and return how many kinds there were."""
    validator = jsonschema.Draft202012Validator(event_schema.schema())
    seen = set()
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            validator.validate({"kind": row["kind"], "payload": json.loads(row["payload"].removeprefix("'"))})
            seen.add(row["kind"])
    return len(seen)


@pytest.mark.parametrize(
    ("kind", "payload"),
    [("Edit", {"file": "q1/main.py"}), ("Started", {"how": "by magic"}), ("RunEnded", {"run": "first"})],
)
def test_a_payload_that_is_not_of_its_kind_does_not_follow_the_schema(kind, payload):
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"kind": kind, "payload": payload}, event_schema.schema())


def test_a_kind_that_nobody_knows_yet_and_more_fields_follow_the_schema():
    for event in (
        {"kind": "Kind 4711", "payload": {"any": "thing"}},
        {"kind": "NoteWritten", "payload": {"text": "x", "later": 1}},
    ):
        jsonschema.validate(event, event_schema.schema())
