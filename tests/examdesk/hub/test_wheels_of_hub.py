"""The hub gives out the exam's packages, signed and piece by piece, and says when it can't."""

import asyncio
import shutil

import pytest

from examdesk.cli._key_file import take_over
from examdesk.cli.main import Program
from examdesk.hub.exam.wheels import PART_BYTES
from examdesk.hub.hub import Hub, Settings
from examdesk.hub.records.place import place_of
from examdesk.hub.staff import keys
from examdesk.staffapi import messages as api
from examdesk.staffapi.key_files import fetch_key_file
from shared.clock import SystemChance, SystemClock
from shared.crypto.certificate import read_certificate
from shared.exam.packages import open_list
from shared.wire import messages as m
from tests.examdesk.hub.hub_fixtures import make_exam, running_hub, staff
from tests.examdesk.hub.light_desk import LightDesk
from tests.support.wheels import PYTHON, make_wheel

PACKAGES = '[interpreter]\npackages = ["big"]\n'


@pytest.fixture
def exam(tmp_path):
    folder = make_exam(tmp_path / "exam", PACKAGES)
    links = tmp_path / "links"
    make_wheel(links, "big", files={"big/__init__.py": "", "big/data.txt": "x" * (3 * PART_BYTES)})
    words = ["--find-links", str(links), "--no-index", "--platform", "linux-x86_64", "--python", PYTHON]
    assert Program().run(["exam", "packages", str(folder), *words]) == 0
    return folder


async def joined(hub):
    desk = LightDesk("127.0.0.1", hub.ready.port, "s1")
    await desk.connect()
    await desk.join(hub.ready.room_code)
    await desk.start()
    return desk


async def test_a_desk_fetches_a_signed_package_piece_by_piece_between_its_receipts(tmp_path, exam):
    async with running_hub(tmp_path) as hub:
        desk = await joined(hub)
        offer = await desk.wait_for(m.ContentOffer)
        key = read_certificate(hub.services.identity.certificate).exam_key
        listed = open_list(offer.packages, hub.services.identity.exam, key)
        (wheel,) = listed.wheels
        got = b""
        while len(got) < wheel.size:
            await desk.type_text("x\n")
            await desk.send(m.GetWheel(0, len(got)))
            part = await desk.wait_for(m.WheelPart)
            assert (part.index, part.at) == (0, len(got))
            got += part.data
        await desk.safe()
        assert got == (exam / "wheels" / wheel.file).read_bytes()
        for index, at in ((0, wheel.size), (1, 0)):
            await desk.send(m.GetWheel(index, at))
            assert (await desk.wait_for(m.WheelPart)).data == b""
        await desk.leave()


async def test_a_stranger_gets_no_package(tmp_path, exam):
    async with running_hub(tmp_path) as hub:
        desk = LightDesk("127.0.0.1", hub.ready.port, "s1")
        await desk.connect()
        await desk.send(m.GetWheel(0, 0))
        answer = await desk.receive()
        assert isinstance(answer, m.Refusal)
        assert answer.code == "not-now"
        await desk.connection.close()


async def test_packages_that_were_changed_are_not_offered_and_staff_read_why(tmp_path, exam):
    await asyncio.to_thread(make_wheel, exam / "wheels", "big", files={"big/__init__.py": "changed = True\n"})
    async with running_hub(tmp_path) as hub:
        assert any("is not the file that was collected" in text for text in hub.warnings)
        desk = await joined(hub)
        assert (await desk.wait_for(m.ContentOffer)).packages == b""
        await desk.leave()


async def test_staff_read_that_packages_were_not_collected(tmp_path):
    async with running_hub(tmp_path, PACKAGES) as hub:
        assert any("packages were not collected" in text for text in hub.warnings)


async def test_whoever_joins_after_a_takeover_gets_the_packages_out_of_the_key_file(tmp_path, exam, monkeypatch):
    monkeypatch.setattr(keys, "PIECE_BYTES", 9_000)
    async with running_hub(tmp_path) as hub, staff(hub) as client:
        made = await fetch_key_file(client, api.GetKeyFile(passphrase="a lantern in the fog"))
        assert len(made.data) == made.size > 9_000
        bare = await fetch_key_file(client, api.GetKeyFile(packages=False))
        assert (bare.packages, bare.left_out) == (0, hub.services.wheels.size)
        assert (await client.ask(api.GetKeyPart(ticket=made.ticket, at=9_000))).data == b""
        monkeypatch.setattr(keys, "MOST_PACKAGES", 10)
        assert (await client.ask(api.GetKeyFile())).left_out == made.packages - _list_bytes(exam)
    (wheel,) = (exam / "wheels").glob("*.whl")
    data = wheel.read_bytes()
    shutil.rmtree(exam)
    file, slip = tmp_path / "exam.examkey", tmp_path / "slip.txt"
    file.write_bytes(made.data)
    slip.write_text("a lantern in the fog")
    place = place_of(str(tmp_path / "second"))
    taken = take_over(file, slip, place)
    settings = Settings(exam=taken, place=place, host="127.0.0.1", advertise=False)
    hub = await Hub.start(settings, SystemClock(), SystemChance())
    try:
        assert hub.services.wheels.problem == ""
        desk = await joined(hub)
        got = b""
        while len(got) < len(data):
            await desk.send(m.GetWheel(0, len(got)))
            got += (await desk.wait_for(m.WheelPart)).data
        assert got == data
        await desk.leave()
    finally:
        await hub.stop()


def _list_bytes(exam):
    return (exam / "wheels/packages.json").stat().st_size
