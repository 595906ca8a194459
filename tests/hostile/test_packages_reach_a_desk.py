"""The exam's packages from the command line to a student's program, also when the hub dies before the program runs."""

import sys

from shared.events import kinds
from tests.hostile.stage import stage
from tests.support.wheels import PYTHON, shapes

PROGRAM = "import shapes\nprint(shapes.name(3))\nimport numpy\n"


def payloads(on, kind):
    rows = on.query(f"SELECT payload FROM events WHERE substr(hex(header), 3, 2) = '{kind.KIND:02X}'")
    return [payload.decode() for (payload,) in rows]


def test_a_program_runs_with_packages_that_came_from_the_hub_after_the_hub_died(tmp_path):
    with stage(tmp_path, '[interpreter]\npackages = ["shapes"]\n') as on:
        links = shapes(tmp_path / "links")
        words = ["--find-links", str(links), "--no-index", "--platform", "linux-x86_64", "--python", PYTHON]
        on.run(sys.executable, "-m", "examdesk.cli.main", "exam", "packages", str(on.exam), *words)
        hub = on.ready(on.serve())
        desk = on.desk("ada", [{"at_ms": 600_000, "do": "submit"}])
        desk.wait_for(lambda line: line.get("confirmed") == "receipt" and line["up_to"] > 1)
        on.until(lambda: list(on.journals("ada").glob("packages/*/environment.json")))
        hub.kill()
        desk.kill()
        program = {"do": "insert", "offset": 0, "text": PROGRAM}
        ready = {"do": "wait", "until": "packages"}
        again = on.desk("ada", [program, ready, {"do": "run", "wait": True}, {"do": "submit"}])
        ended = again.wait_for(lambda line: line.get("confirmed") == "run-ended")
        assert ended["exit_code"] == 1, again.errors()
        hub = on.ready(on.serve())
        assert again.finish() == 0, again.errors()
        assert hub.terminate() == 0
        on.nothing_is_lost(again)
        printed = "".join(payloads(on, kinds.RunOutput))
        assert "triangle" in printed
        assert "This exam allows only the standard library and shapes; numpy is not available." in printed
        (refused,) = payloads(on, kinds.Refused)
        assert '"what":"import"' in refused
        (started,) = payloads(on, kinds.RunStarted)
        assert '"packages":"' in started
