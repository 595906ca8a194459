"""The preflight on PCs with networks of their own: what a firewall or a network blocks is named as such."""

import json
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from examdesk.cli.main import Program as CommandLine
from tests.support.classroom import Host, classroom

pytestmark = pytest.mark.classroom


@pytest.fixture
def room():
    with classroom() as opened:
        yield opened


def block(host: Host, rule: str) -> None:
    """Put a rule into a firewall of this host."""
    if shutil.which("nft") is None:
        pytest.skip("nft is not installed")
    text = "\n".join(
        f"add chain inet t {hook} {{ type filter hook {hook} priority 0; }}\nadd rule inet t {hook} {rule}"
        for hook in ("input", "output")
    )
    subprocess.run(
        ["ip", "netns", "exec", host.namespace, "nft", "-f", "-"],
        input=f"add table inet t\n{text}\n", text=True, check=True, capture_output=True,
    )  # fmt: skip


def preflight(host: Host, folder: Path, *more: str) -> dict:
    """Run it to its end and return each result by its name."""
    words = [sys.executable, "-m", "student_app.main", "--preflight", "--json", "--journal", str(folder / host.name)]
    done = host.run(*words, *more, timeout=90)
    assert done.returncode in (0, 1), done.stderr
    said = json.loads(done.stdout)
    return {check["name"]: check for check in said["checks"]} | {"sent": said["sent"]}


def serve(room, tmp_path):
    exam = tmp_path / "quiz"
    assert CommandLine().run(["exam", "new", str(exam), "--title", "Vectors"]) == 0
    host = room.host("instructor")
    data = tmp_path / "data"
    hub = host.python("examdesk.cli.main", "hub", "--exam", str(exam), "--data", str(data), log=tmp_path / "hub.log")
    ready = hub.wait_for(lambda line: "port" in line, 60)
    return host, ready, data


def test_each_seat_names_what_is_blocked_there_and_staff_read_it(room, tmp_path):
    host, ready, data = serve(room, tmp_path)
    good, bad, apart = room.host("good"), room.host("bad"), room.host("apart")
    block(bad, "ip daddr 224.0.0.0/4 drop")
    block(apart, "ip daddr != 127.0.0.0/8 ip daddr != 224.0.0.0/4 drop")
    where = ["--hub", f"{host.address}:{ready['port']}", "--join", ready["room_code"], "--seat"]
    found = {}

    def check(seat: Host) -> None:
        found[seat.name] = preflight(seat, tmp_path, *where, seat.name)

    every = [threading.Thread(target=check, args=(seat,)) for seat in (good, bad, apart)]
    for each in every:
        each.start()
    for each in every:
        each.join(120)
    assert found["good"]["port"]["level"] == "ok"
    assert found["good"]["multicast"]["level"] == "ok"
    assert found["bad"]["port"]["level"] == "ok"
    assert found["bad"]["multicast"]["level"] == "blocked"
    assert "Multicast is blocked on this PC" in found["bad"]["multicast"]["found"]
    assert "UDP port 5353" in found["bad"]["multicast"]["todo"]
    assert found["good"]["isolation"]["found"].startswith("PCs reach each other here")
    assert found["apart"]["port"]["level"] == "blocked"
    assert found["apart"]["isolation"]["level"] == "blocked"
    assert "client isolation" in found["apart"]["isolation"]["found"]
    assert not found["apart"]["sent"]
    assert found["good"]["sent"]
    assert found["bad"]["sent"]
    listing = host.run(sys.executable, "-m", "examdesk.cli.main", "control", "--data", str(data), "preflights")
    assert "Multicast is blocked on this PC" in listing.stdout
    assert [line.split("\t")[0] for line in listing.stdout.splitlines() if not line.startswith("\t")] == ["bad", "good"]
