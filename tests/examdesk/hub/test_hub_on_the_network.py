"""The hub by URL of its records, and its advertisement as others see it."""

from zeroconf import IPVersion
from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

from examdesk.hub.advertise import Advertiser
from examdesk.hub.changes import Changes
from shared.discovery.records import SERVICE_TYPE, Phase, decode_txt, service_name
from tests.examdesk.hub.hub_fixtures import running_hub
from tests.examdesk.hub.light_desk import LightDesk, check_receipts


async def test_a_desk_gets_receipts_whatever_database_keeps_them(tmp_path, store_url, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "home"))
    async with running_hub(tmp_path, data=store_url) as hub:
        desk = LightDesk("127.0.0.1", hub.ready.port, "s1")
        await desk.connect()
        await desk.join(hub.ready.room_code)
        await desk.start()
        for number in range(3):
            await desk.type_text(f"{number}")
        await desk.safe()
        check_receipts(desk, desk.identity.exam_key)
        await hub.anchor()
        await desk.leave()
    async with running_hub(tmp_path, data=store_url) as hub:
        assert hub.services.registry.journals[desk.journal.journal].head_seq == desk.journal.sealed
        assert hub.services.writer.receipts == len(desk.receipts)


async def test_the_advertisement_names_exam_and_key_and_follows_the_phase(tmp_path):
    async with running_hub(tmp_path) as hub:
        phase = Phase.LOBBY
        advertiser = Advertiser(hub.services.identity, hub.services.exam, Changes())
        await advertiser.start(hub.ready.port, lambda: phase)
        try:
            assert advertiser.on, advertiser.problem
            looking = AsyncZeroconf(ip_version=IPVersion.V4Only)
            info = AsyncServiceInfo(SERVICE_TYPE, f"{service_name(hub.services.exam.long_name, '')}.{SERVICE_TYPE}")
            assert await info.async_request(looking.zeroconf, 5000)
            await looking.async_close()
        finally:
            await advertiser.stop()
        advert = decode_txt(info.properties)
        assert advert.fits(hub.services.identity.fingerprint)
        assert (advert.phase, info.port) == (Phase.LOBBY, hub.ready.port)


async def test_no_multicast_never_stops_the_hub_and_is_told_to_staff(tmp_path, monkeypatch):
    async with running_hub(tmp_path) as hub:
        advertiser = Advertiser(hub.services.identity, hub.services.exam, hub.services.changes)

        def no_network(**_):
            raise OSError(101, "Network is unreachable")

        monkeypatch.setattr("examdesk.hub.advertise.AsyncZeroconf", no_network)
        await advertiser.start(hub.ready.port, lambda: Phase.LOBBY)
        assert not advertiser.on
        assert "Network is unreachable" in advertiser.problem
        await advertiser.stop()
