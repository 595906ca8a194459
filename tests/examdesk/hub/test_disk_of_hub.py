"""Threat 22: full disks, I/O errors, a killed hub, a second hub: what was acknowledged is there."""

import asyncio
import json
import signal
import sqlite3
import subprocess
import sys

import pytest
import sqlalchemy as sa

from examdesk.hub.hub import Hub
from examdesk.hub.records.ballast import Ballast
from examdesk.hub.records.place import HubLock, place_of
from examdesk.hub.records.writer import is_full
from examdesk.store import open_reader
from examdesk.store.records import entries_of
from shared.problems import EnvironmentProblem
from tests.examdesk.hub.hub_fixtures import make_exam, running_hub
from tests.examdesk.hub.light_desk import LightDesk, check_receipts
from tests.support.patience import PATIENCE_S
from tests.support.ports import free_port


async def joined(port, code, student):
    desk = LightDesk("127.0.0.1", port, student)
    await desk.connect()
    await desk.join(code)
    await desk.start()
    return desk


async def test_a_full_disk_costs_the_ballast_and_loses_nothing(tmp_path):
    async with running_hub(tmp_path) as hub:
        desk = await joined(hub.ready.port, hub.ready.room_code, "s1")
        ballast = hub.settings.place.folder / "ballast"
        assert ballast.stat().st_size == 64 * 1024 * 1024
        pages = await hub.services.writer.run(lambda tx: tx.sql.exec_driver_sql("PRAGMA page_count").scalar_one())
        limit = f"PRAGMA max_page_count = {pages}"
        await hub.services.writer.run(lambda tx: tx.sql.exec_driver_sql(limit))
        while hub.services.writer.trouble != "full":
            await desk.type_text("x" * 2000)
            await asyncio.sleep(0.01)
        assert not ballast.exists()
        assert desk.machine.safe < desk.journal.sealed
        assert any("disk" in text for text in hub.warnings)
        hub.services.writer._store.reconnect()  # the limit belongs to the connection: space is free again
        await desk.safe(20)
        check_receipts(desk, desk.identity.exam_key)
        assert hub.services.writer.trouble == "low"
        await desk.leave()


async def test_after_an_io_error_desks_resume_on_a_new_connection(tmp_path):
    async with running_hub(tmp_path) as hub:
        desk = await joined(hub.ready.port, hub.ready.room_code, "s1")
        await desk.type_text("a")
        await desk.safe()
        store = hub.services.writer._store
        begin = store.begin

        def broken():
            store.begin = begin
            error = sqlite3.OperationalError("disk I/O error")
            raise sa.exc.OperationalError("COMMIT", None, error)

        store.begin = broken
        await desk.type_text("b")
        await asyncio.wait_for(desk.reader, PATIENCE_S)
        again = LightDesk("127.0.0.1", hub.ready.port, "s1", desk.journal)
        again.receipts = desk.receipts
        await again.connect()
        await again.start()
        await again.safe()
        assert hub.services.writer.trouble == ""
        await again.leave()


async def test_a_second_hub_on_the_same_records_is_refused_with_a_sentence(tmp_path):
    async with running_hub(tmp_path) as hub:
        with pytest.raises(EnvironmentProblem, match="Another hub already serves"):
            await Hub.start(hub.settings, hub.services.clock, hub.services.chance)
        lock = HubLock(hub.settings.place, hub.services.identity.exam)
        with pytest.raises(EnvironmentProblem):
            lock.take()
    lock.take()
    lock.release()


def test_errors_of_both_databases_are_told_apart():
    full = sqlite3.OperationalError("full")
    full.sqlite_errorcode = 13
    assert is_full(sa.exc.OperationalError("", None, full))
    other = sqlite3.OperationalError("io")
    other.sqlite_errorcode = 10
    assert not is_full(sa.exc.OperationalError("", None, other))


def test_ballast_is_made_once_and_given_up_once(tmp_path):
    ballast = Ballast(tmp_path / "ballast", 4 * 1024 * 1024)
    assert ballast.prepare() == ""
    assert ballast.prepare() == ""
    assert ballast.release()
    assert not ballast.release()
    assert not Ballast(None).release()


def start_hub(tmp_path, port):
    command = [
        sys.executable,
        "-m",
        "examdesk.cli.main",
        "hub",
        "--exam",
        tmp_path / "exam",
        "--data",
        tmp_path / "data",
    ]
    process = subprocess.Popen(
        [
            *command,
            "--no-advertise",
            "--open",
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
            "--ready-file",
            tmp_path / "ready.json",
        ],
        stdout=subprocess.PIPE,
    )
    line = process.stdout.readline()
    ready = json.loads(line)
    assert json.loads((tmp_path / "ready.json").read_bytes()) == ready
    assert (tmp_path / "data" / "hub.json").stat().st_mode & 0o777 == 0o600
    return process, ready


async def test_a_killed_hub_has_everything_that_it_acknowledged_and_goes_on(tmp_path):
    make_exam(tmp_path / "exam")
    port = free_port()
    process, ready = await asyncio.to_thread(start_hub, tmp_path, port)
    desks = [await joined(ready["port"], ready["room_code"], f"s{n}") for n in range(4)]
    for number in range(40):
        for desk in desks:
            await desk.type_text(f"{number}\n")
        if number == 30:
            process.kill()
            process.wait()
            break
    process.stdout.close()
    await asyncio.gather(*(desk.leave() for desk in desks))
    reader = open_reader(place_of(str(tmp_path / "data")).url)
    with reader.connect() as connection:
        for desk in desks:
            stored = list(entries_of(connection, desk.journal.journal))
            assert len(stored) > max(desk.receipts, default=-1)
            assert stored == desk.journal.entries[: len(stored)]
    reader.close()
    process, again = await asyncio.to_thread(start_hub, tmp_path, port)
    assert (again["port"], again["fingerprint"]) == (ready["port"], ready["fingerprint"])
    for desk in desks:
        back = LightDesk("127.0.0.1", again["port"], desk.student, desk.journal)
        back.receipts = desk.receipts
        await back.connect()
        await back.start()
        await back.safe()
        await back.leave()
    process.send_signal(signal.SIGTERM)
    assert await asyncio.to_thread(process.wait) == 0
    process.stdout.close()
    assert not (tmp_path / "data" / "hub.json").exists()
    assert list((tmp_path / "data" / "log").iterdir())
