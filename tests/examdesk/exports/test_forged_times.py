"""Times that no calendar has, as a forged record may carry them, are shown as the last moment there is."""

from datetime import UTC, timedelta, timezone

import pytest

from examdesk.exports.times import Zone
from examdesk.exports.writing import file_name


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=14)), timezone(timedelta(hours=-12)), None])
@pytest.mark.parametrize("ms", [0, 253_402_300_800_000, 2**63, 2**64 - 1])
def test_every_time_of_a_header_can_be_written(zone, ms):
    shown = Zone(zone)
    assert len(shown.iso(ms)) == len("2026-10-05T09:00:00.000+02:00")
    assert shown.day(ms)
    assert shown.cell(ms).year in {1969, 1970, 9999}


def test_a_student_without_an_id_has_a_folder_of_their_own():
    assert file_name("") not in {"", ".", ".."}
    assert file_name("") != file_name("student")
