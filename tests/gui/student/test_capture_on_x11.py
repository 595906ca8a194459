"""Keys, the middle button, a clipboard manager and another window, on a real X server with real input events."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.fixture
def display():
    if shutil.which("Xvfb") is None or shutil.which("xdotool") is None:
        pytest.skip("needs Xvfb and xdotool")
    reader, writer = os.pipe()
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1400x900x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[writer], stderr=subprocess.DEVNULL) as server:
        os.close(writer)
        with os.fdopen(reader) as said:
            number = said.readline().strip()
        assert number, "Xvfb did not start"
        yield f":{number}"
        server.terminate()


def test_pastes_and_focus_are_captured_on_a_real_x_server(display, tmp_path):
    environment = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
    environment.pop("WAYLAND_DISPLAY", None)
    done = subprocess.run(
        [sys.executable, str(HERE / "x11_capture.py"), str(tmp_path)],
        capture_output=True, text=True, env=environment, timeout=140, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    said = json.loads(done.stdout.splitlines()[-1])
    events = said["events"]
    pastes = [(each["how"], each["clip"], each["text"]) for each in events if each["kind"] == "Paste"]
    assert pastes == [
        ("paste", "outside", "copied elsewhere\n"),
        ("selection", "outside", "selected elsewhere"),
        ("paste", "own", "mine = 1\n\n"),
        ("selection", "own", "mine = 1"),
    ]
    assert list(dict.fromkeys(each["how"] for each in events if each["kind"] == "Edit")) == ["type", "undo", "redo"]
    assert [each["here"] for each in events if each["kind"] == "Focus"] == [False, True]
    assert said["signals"] == []
