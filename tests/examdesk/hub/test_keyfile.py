"""The exam's key as a file: it opens with its passphrase alone, and never mixes two hubs' records."""

import pytest

from examdesk.cli._key_file import take_over
from examdesk.cli.main import Program
from examdesk.hub.records.keyfile import KeyFile, collect, new_passphrase, open_keys, seal_keys, stretch
from examdesk.hub.records.place import place_of
from examdesk.staffapi import messages as api
from examdesk.staffapi.client import Refused
from examdesk.staffapi.permissions import Role
from shared.clock import SystemChance
from shared.problems import EnvironmentProblem, InputProblem
from tests.examdesk.hub.hub_fixtures import running_hub, staff

CHANCE = SystemChance()
PASSPHRASE = "a lantern in the fog"


def sealed(held: KeyFile, passphrase: str) -> bytes:
    return seal_keys(held, stretch(passphrase, CHANCE), CHANCE)


async def held_by(hub):
    return await hub.services.writer.run(lambda tx: collect(tx, "", 1))


async def test_a_key_file_opens_with_its_passphrase_however_it_is_typed(tmp_path):
    async with running_hub(tmp_path) as hub:
        held = await held_by(hub)
    made = new_passphrase(CHANCE)
    data = sealed(held, made)
    assert open_keys(data, made.lower().replace("-", " ").replace("0", "O")) == held
    assert open_keys(sealed(held, PASSPHRASE), f" {PASSPHRASE} ") == held
    assert held.keys.signing not in data
    assert "signing" not in repr(held)


async def test_nothing_else_opens_it(tmp_path):
    async with running_hub(tmp_path) as hub:
        data = sealed(await held_by(hub), PASSPHRASE)
    for wrong in ("a lantern in the foG", "", new_passphrase(CHANCE)):
        with pytest.raises(InputProblem, match="doesn't open this key file"):
            open_keys(data, wrong)
    for place in (0, 15, 30, len(data) - 1):
        with pytest.raises(InputProblem):
            open_keys(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :], PASSPHRASE)
    for nothing in (b"", data[:40], b"PK\x03\x04" + bytes(100)):
        with pytest.raises(InputProblem, match="no key file"):
            open_keys(nothing, PASSPHRASE)
    with pytest.raises(InputProblem, match="12 characters"):
        stretch("too short", CHANCE)


async def test_taking_the_key_is_audited_and_needs_the_right(tmp_path):
    async with running_hub(tmp_path) as hub:
        async with staff(hub, Role.PROCTOR) as proctor:
            with pytest.raises(Refused) as refused:
                await proctor.ask(api.GetKeyFile())
            assert refused.value.code == "not-allowed"
        async with staff(hub) as client:
            made = await client.ask(api.GetKeyFile())
            assert open_keys(made.data, made.passphrase).keys.signing == hub.services.identity.signing.to_bytes()
            assert "took the exam's key" in [entry.what for entry in (await client.ask(api.GetAudit())).entries]


async def test_the_file_is_made_again_without_the_passphrase_and_only_where_something_was_done(tmp_path):
    async with running_hub(tmp_path) as hub, staff(hub) as client:
        first = await client.ask(api.GetKeyFile(passphrase=PASSPHRASE))
        entries = len((await client.ask(api.GetAudit())).entries)
        same = await client.ask(api.GetKeyFile(again=first.again, stamp=first.stamp))
        assert (same.data, same.stamp) == (b"", first.stamp)
        assert len((await client.ask(api.GetAudit())).entries) == entries
        await client.ask(api.PutStudent(command="p", student="s1", name="Sam"))
        newer = await client.ask(api.GetKeyFile(again=first.again, stamp=first.stamp))
        assert newer.stamp != first.stamp
        assert newer.data[29:41] != first.data[29:41]  # another nonce under the same key
        assert [row.name for row in open_keys(newer.data, PASSPHRASE).roster] == ["Sam"]
        assert (newer.passphrase, PASSPHRASE in repr(first), first.again.hex() in repr(newer)) == ("", False, False)
        with pytest.raises(Refused, match="without its passphrase"):
            await client.ask(api.GetKeyFile(again=b"short"))


async def test_another_folder_gets_the_same_identity_with_roster_and_commands(tmp_path):
    async with running_hub(tmp_path) as hub, staff(hub) as client:
        await client.ask(api.PutStudent(command="p", student="s1", name="Sam", factor=1.5))
        await client.ask(api.PutSection(command="s", name="A", room="Lab 1"))
        await client.ask(api.SetDoor(command="d", approval="all"))
        await client.ask(api.Open(command="o"))
        made = await client.ask(api.GetKeyFile(passphrase=PASSPHRASE))
        identity, commands = hub.services.identity, hub.services.registry.commands
        with pytest.raises(EnvironmentProblem, match="Another hub already serves"):
            take(tmp_path, made.data, "data")
    assert take(tmp_path, made.data, "other").is_file()
    take(tmp_path, made.data, "other")
    async with running_hub(tmp_path, data=str(tmp_path / "other")) as hub:
        mine = hub.services.identity
        assert (mine.fingerprint, mine.room_code, mine.box.public) == (
            *(identity.fingerprint, identity.room_code, identity.box.public),
        )
        registry = hub.services.registry
        assert (registry.roster["s1"].factor, registry.sections["A"].room) == (1.5, "Lab 1")
        assert [row.body for row in registry.commands] == [row.body for row in commands]
        assert registry.approval == "all"


async def test_records_of_another_hub_are_never_mixed(tmp_path):
    async with running_hub(tmp_path) as hub:
        data = sealed(await held_by(hub), PASSPHRASE)
    async with running_hub(tmp_path, data=str(tmp_path / "stranger")):
        pass
    with pytest.raises(InputProblem, match="made by another hub"):
        take(tmp_path, data, "stranger")


def take(tmp_path, data, folder):
    file, slip = tmp_path / "exam.examkey", tmp_path / "slip.txt"
    file.write_bytes(data)
    slip.write_text(PASSPHRASE + "\n")
    return take_over(file, slip, place_of(str(tmp_path / folder)))


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((), "Name the exam with --exam"),
        (("--key", "nowhere.examkey"), "nowhere.examkey can't be read"),
        (("--key", __file__), "Nobody is there to be asked"),
    ],
)
def test_a_hub_without_an_exam_says_what_it_needs(tmp_path, capsys, words, sentence):
    assert Program(log_dir=tmp_path / "log").run(["hub", "--data", str(tmp_path / "d"), *words]) == 2
    assert sentence in capsys.readouterr().err
