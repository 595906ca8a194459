"""The hub gives out the exam's packages, signed and piece by piece, and says when it can't."""

import asyncio

import pytest

from examdesk.cli.main import Program
from examdesk.hub.exam.wheels import PART_BYTES
from shared.crypto.certificate import read_certificate
from shared.exam.packages import open_list
from shared.wire import messages as m
from tests.examdesk.hub.hub_fixtures import make_exam, running_hub
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
