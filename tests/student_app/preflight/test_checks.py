"""Each check of the preflight from facts alone: what is in the way is named, and what to do about it."""

from dataclasses import replace

import pytest

from student_app.preflight import facts as f
from student_app.preflight.checks import CHECKS, results, worst
from student_app.preflight.network import own_addresses, same_network
from student_app.preflight.system import disk, file_system, proxies, python, sandbox, screen

FINE = f.Facts(
    multicast=f.Multicast("", True, ("Quiz 2",), True),
    broadcast=f.Broadcast("", True),
    hub=f.Hub("10.0.0.1:23926", "reached", True, 3.0, 120.0, "Quiz 2"),
    neighbours=f.Neighbours(2, 2),
    disk=f.Disk("/home/a", "", 9_000, "ext4", 2.0),
    python=f.Python("/usr/bin/python3", "3.12.4"),
    packages=f.Packages("ready", "", True),
    sandbox=f.Sandbox("A"),
    surroundings=f.Surroundings("real", "", "local", ""),
    screen=f.Screen(1920, 1080),
)


def hub(outcome, near=True) -> f.Hub:
    return f.Hub("10.0.0.1:23926", outcome, near)


CASES = [
    ("machine", {"surroundings": f.Surroundings("virtual", "KVM", "remote", "SSH")}, "ok", "keeps nobody out"),
    ("machine", {"surroundings": f.Surroundings("virtual", "", "local", "")}, "ok", "of an unnamed kind"),
    ("machine", {"surroundings": f.Surroundings()}, "untested", "does not say"),
    ("port", {"hub": hub("refused")}, "blocked", "refuses the connection"),
    ("port", {"hub": hub("silent")}, "blocked", "Nothing comes back"),
    ("port", {"hub": hub("unreachable")}, "blocked", "no way from this PC"),
    ("port", {"hub": hub("unknown name")}, "blocked", "No computer is called"),
    ("port", {"hub": hub("no hub")}, "blocked", "no hub of this exam"),
    ("port", {"hub": hub("other version")}, "blocked", "another version"),
    ("port", {"hub": f.Hub()}, "untested", "No hub is known"),
    ("multicast", {"multicast": f.Multicast("the firewall of this PC refuses it")}, "blocked", "Multicast is blocked"),
    ("multicast", {"multicast": f.Multicast("", False)}, "blocked", "did not come back"),
    ("multicast", {"multicast": f.Multicast("", True, (), False)}, "warning", "the network filters it"),
    ("multicast", {"multicast": f.Multicast("", True)}, "untested", "no exam announced itself"),
    ("UDP", {"broadcast": f.Broadcast("", False)}, "warning", "UDP broadcasts are blocked"),
    ("isolation", {"hub": hub("silent"), "neighbours": f.Neighbours()}, "blocked", "client isolation"),
    ("isolation", {"hub": hub("silent", near=False), "neighbours": f.Neighbours()}, "untested", "No other PC"),
    ("isolation", {"neighbours": f.Neighbours(3, 0)}, "warning", "3 other PCs are heard"),
    ("isolation", {"neighbours": f.Neighbours()}, "ok", "reached directly"),
    ("proxy", {"proxy": f.Proxy(("http://proxy:3128",)), "hub": hub("silent")}, "warning", "http://proxy:3128"),
    ("proxy", {"proxy": f.Proxy(("http://proxy:3128",))}, "ok", "goes past it"),
    ("clock", {"hub": replace(FINE.hub, offset_ms=-7_200_000.0)}, "warning", "2.0 h ahead of the hub"),
    ("clock", {"hub": replace(FINE.hub, offset_ms=600_000.0)}, "warning", "10 min behind the hub"),
    ("clock", {"hub": f.Hub()}, "untested", "nothing to compare"),
    ("disk", {"disk": f.Disk("/h", "Read-only file system")}, "blocked", "Read-only file system"),
    ("disk", {"disk": f.Disk("/h", "", 12, "ext4")}, "blocked", "Only 12 MB"),
    ("disk", {"disk": f.Disk("/h", "", 9_000, "nfs4")}, "warning", "network drive"),
    ("disk", {"disk": f.Disk("/h", "", 9_000, "overlay")}, "warning", "forgets its files"),
    ("disk", {"disk": f.Disk("/h", "", 300, "ext4")}, "warning", "300 MB are free"),
    ("disk", {"disk": f.Disk("/h", "", 9_000, "ext4", 900.0)}, "warning", "900 ms"),
    ("Python", {"python": f.Python(problem="This PC has no Python.")}, "blocked", "no Python"),
    ("packages", {"packages": f.Packages("missing", "No room.")}, "warning", "No room."),
    ("packages", {"packages": f.Packages("fetching")}, "warning", "on their way"),
    ("packages", {"packages": f.Packages()}, "untested", "known after joining"),
    ("packages", {"packages": f.Packages(joined=True)}, "ok", "no packages"),
    ("sandbox", {"sandbox": f.Sandbox("C", ("bubblewrap: not installed",))}, "warning", "bubblewrap: not installed"),
    ("sandbox", {"sandbox": f.Sandbox(problem="No Python.")}, "blocked", "No Python."),
    ("screen", {"screen": f.Screen(1024, 600)}, "warning", "600"),
    ("screen", {"screen": f.Screen()}, "untested", "not known here"),
]


@pytest.mark.parametrize(("name", "change", "level", "words"), CASES)
def test_what_is_in_the_way_is_named_with_what_to_do(name, change, level, words):
    check = CHECKS[name](replace(FINE, **change))
    assert (check.name, check.level) == (name, level)
    assert words in check.found
    assert bool(check.todo) == (level != "ok")


def test_a_seat_in_order_has_nothing_to_do():
    found = results(FINE)
    assert {check.level for check in found} == {"ok"}
    assert [check.name for check in found] == list(CHECKS)
    assert worst(found) == "ok"


def test_the_worst_result_counts_for_the_seat():
    assert worst(results(replace(FINE, hub=hub("refused")))) == "blocked"
    assert worst(results(replace(FINE, screen=f.Screen(800, 600)))) == "warning"
    assert worst(()) == "untested"


def test_every_result_fits_its_place_in_a_frame():
    long = f.Facts(
        disk=f.Disk("/" + "x" * 300, "y" * 100),
        python=f.Python(problem="z" * 400),
        sandbox=f.Sandbox("C", ("w" * 300,) * 9),
        proxy=f.Proxy(tuple(f"http://{n}" for n in range(200))),
    )
    assert all(len(check.found) <= 500 and len(check.todo) <= 500 for check in results(long))


def test_networks_of_this_pc_are_told_from_others():
    assert same_network("10.1.2.3", [("10.1.9.9", "255.255.0.0")])
    assert not same_network("10.2.2.3", [("10.1.9.9", "255.255.0.0")])
    assert not same_network("hub.school.example", [("10.1.9.9", "255.255.0.0")])
    assert all(mask for _, mask in own_addresses())


def test_this_pcs_own_facts_can_be_had(tmp_path, monkeypatch):
    found = disk(tmp_path / "journals")
    assert (found.refused, list((tmp_path / "journals").iterdir())) == ("", [])
    assert found.free_mb > 0
    assert file_system(tmp_path)
    (tmp_path / "file").write_text("")
    assert disk(tmp_path / "file" / "below").refused
    monkeypatch.setenv("http_proxy", "http://ada:secret@proxy.example:3128")
    monkeypatch.setenv("https_proxy", "nonsense://[")
    assert proxies().proxies == ("http://proxy.example:3128",)
    assert python().version
    assert sandbox().grade in ("A", "B", "C")
    assert screen().width >= 0
