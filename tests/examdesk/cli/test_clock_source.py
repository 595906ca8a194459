"""Whether the clock follows a time server, as each system's own program says it."""

import pytest

from examdesk.cli._clock_source import clock_source

W32TM = "Leap Indicator: {leap}(no warning)\nStratum: 4 (secondary reference)\n"
GERMAN = "Sprungindikator: 0(keine Warnung)\nStratum: 4 (Sekund\u00e4rreferenz)\n"
CHRONYC = "Reference ID    : C0A80A01\nLeap status     : {status}\n"


@pytest.mark.parametrize(
    ("system", "answers", "found"),
    [
        ("linux", {"timedatectl": "NTPSynchronized=yes\n"}, (True, "timedatectl")),
        ("linux", {"timedatectl": "NTPSynchronized=no\n"}, (False, "timedatectl")),
        ("linux", {"timedatectl": "nonsense"}, (None, "timedatectl")),
        ("linux", {"chronyc": CHRONYC.format(status="Normal")}, (True, "chronyc")),
        ("linux", {"chronyc": CHRONYC.format(status="Not synchronised")}, (False, "chronyc")),
        ("linux", {}, (None, "")),
        ("win32", {"w32tm": W32TM.format(leap=0)}, (True, "w32tm")),
        ("win32", {"w32tm": W32TM.format(leap=3)}, (False, "w32tm")),
        ("win32", {"w32tm": GERMAN}, (True, "w32tm")),
        ("darwin", {"sntp": "+0.012345 +/- 0.005 time.apple.com 17.253.34.125\n"}, (True, "sntp")),
        ("darwin", {"sntp": "-301.2 +/- 0.005 time.apple.com\n"}, (False, "sntp")),
        ("darwin", {"sntp": "sntp: no answer\n"}, (None, "sntp")),
        ("other", {"timedatectl": "NTPSynchronized=yes"}, (None, "")),
    ],
)
def test_each_systems_own_program_is_asked(system, answers, found):
    clock = clock_source(system, lambda command: answers.get(command[0]))
    assert (clock.synchronised, clock.source) == found
