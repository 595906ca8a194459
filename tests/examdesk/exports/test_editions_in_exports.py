"""What a hub served, edition by edition, is in its bundle: two desks, an edition that one of them never met."""

import asyncio
import zipfile

import pytest

from examdesk.cli._key_file import EXAM
from examdesk.cli.verify import verify_file
from examdesk.exports.bundle import stand_alone, verifier_source
from examdesk.exports.everything import export_all
from examdesk.exports.options import Options
from shared.admission.edition import Edition, sign_edition
from shared.bundle.container import BundleReader
from shared.bundle.editions import read_editions
from shared.bundle.evidence import verify_bundle
from shared.clock import SystemClock
from shared.events import kinds
from tests.examdesk.hub.hub_fixtures import running_hub
from tests.examdesk.hub.other_laptops import back, carried, saved_key, taken_over
from tests.examdesk.hub.test_editions_of_hub import SIXTY, apply, hub_of, joined, offered, prompt_of, staff


async def bundle_of(hub, out, **options):
    """Export the bundle as the hub's helper does, and return where it is."""
    reader, exam = hub.services.reader, hub.services.identity.exam
    args = (reader, exam, out, ("bundle",), lambda *_: None, lambda: False)
    (path,) = await asyncio.to_thread(export_all, *args, clock=SystemClock(), options=Options(**options))
    return path


def taken(hub):
    content = hub.services.content
    return kinds.EditionTaken(number=content.number, envelope=content.envelope.decode(), changed=("q1",))


def editions_in(path):
    with path.open("rb") as file:
        reader = BundleReader(file)
        members = {member.name: member for member in reader.members()}
        return [
            (each.number, None if each.content is None else each.content.questions[0].prompt)
            for each in read_editions(reader, members)
        ]


@pytest.fixture
def alone(tmp_path):
    path = tmp_path / "verify_record.py"
    path.write_bytes(verifier_source())
    return stand_alone(path)


async def test_a_bundle_has_every_edition_that_the_hub_served(tmp_path, alone):
    async with running_hub(tmp_path, SIXTY) as hub, staff(hub) as client:
        desk, other = await joined(hub), await joined(hub, "s2")
        for each in (desk, other):
            await each.type_text("x = 1\n")
        prompt_of(tmp_path).write_text("# Sum\n\nAdd all of them.\n")
        await apply(client)
        desk.journal.add(taken(hub))
        prompt_of(tmp_path).write_text("# Sum\n\nAdd none of them.\n")
        await apply(client, "e2")
        desk.journal.add(taken(hub))
        for each in (desk, other):
            await each.flush()
            await each.safe()
        path = await bundle_of(hub, tmp_path / "out")
        assert editions_in(path) == [
            (0, "# Sum\n\nAdd them.\n"), (1, "# Sum\n\nAdd all of them.\n"), (2, "# Sum\n\nAdd none of them.\n"),
        ]  # fmt: skip
        with path.open("rb") as file:
            checked = verify_bundle(file)
        assert (checked.editions.newest, checked.editions.lost) == (2, ())
        assert sorted(len(journal.taken) for journal in checked.journals) == [0, 2]
        assert alone.main(str(path)) == 0
        verdict = verify_file(path)
        assert (verdict.editions, verdict.contents, verdict.lost) == (2, 3, ())
        redacted = await bundle_of(hub, tmp_path / "out", redact=frozenset({"code", "paste-text", "device"}))
        assert editions_in(redacted) == editions_in(path)
        for each in (desk, other):
            await each.leave()


async def test_editions_that_the_hub_lost_are_named_from_what_desks_took(tmp_path, alone, capsys):
    async with running_hub(tmp_path, SIXTY) as hub:
        desk = await joined(hub)
        await desk.type_text("x = 1\n")
        identity = hub.services.identity
        lost = Edition(exam=identity.exam.hex(), number=2, issued_ms=5, former="11" * 32, content="22" * 32)
        desk.journal.add(
            kinds.EditionTaken(number=2, envelope=sign_edition(lost, identity.signing).decode(), changed=("q1",))
        )
        desk.journal.add(kinds.EditionTaken(number=3, envelope="made up"))
        await desk.flush()
        await desk.safe()
        path = await bundle_of(hub, tmp_path / "out")
        assert editions_in(path) == [(0, "# Sum\n\nAdd them.\n"), (1, None), (2, None)]
        verdict = verify_file(path)
        assert (verdict.holds, verdict.lost, len(verdict.doubted)) == (True, (1, 2), 1)
        assert alone.main(str(path)) == 0
        assert "was not with the records" in capsys.readouterr().out
        await desk.leave()


async def test_nothing_of_who_sits_or_marks_the_exam_is_in_an_edition(tmp_path):
    more = SIXTY + '[[accommodations]]\nstudents = ["s1"]\nfactor = 1.5\n'
    async with running_hub(tmp_path, more) as hub:
        hidden = tmp_path / "exam/questions/q1/hidden-checks"
        desk = await joined(hub)
        path = await bundle_of(hub, tmp_path / "out")
        assert not hidden.exists()
        with zipfile.ZipFile(path) as opened:
            texts = b"".join(opened.read(name) for name in opened.namelist() if name.startswith("editions"))
        assert b"accommodation" not in texts
        assert b"s1" not in texts
        await desk.leave()


async def test_a_laptop_that_took_over_makes_the_bundle_with_every_edition(tmp_path, alone):
    async with running_hub(tmp_path, SIXTY) as hub, staff(hub) as client:
        await saved_key(client, tmp_path)
        desk = await joined(hub)
        await desk.type_text("x = 1\n")
        for number, word in enumerate(("all", "most", "some"), 1):
            prompt_of(tmp_path).write_text(f"# Sum\n\nAdd {word} of them.\n")
            await apply(client, f"e{number}")
            desk.journal.add(taken(hub))
        await desk.flush()
        await desk.safe()
        await carried(hub, desk)
        assert b"Add most of them" not in b"".join(desk.parcels)  # they travel sealed
        await desk.leave()
    data = taken_over(tmp_path, "second")
    async with hub_of(tmp_path / "second" / EXAM, data) as hub:
        again = await back(hub, desk)
        await offered(again, 3)
        path = await bundle_of(hub, tmp_path / "out")
        assert [number for number, prompt in editions_in(path) if prompt] == [0, 1, 2, 3]
        assert verify_file(path).lost == ()
        assert alone.main(str(path)) == 0
        await again.leave()
