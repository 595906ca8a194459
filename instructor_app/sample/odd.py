"""The sample class on a bad day: long names, a hub that refuses or is gone, nothing reported."""

import msgspec

from examdesk.staffapi.client import Refused
from examdesk.staffapi.messages import Answer, Failed, GetPreflights, Pause, PreflightList
from examdesk.staffapi.permissions import Role
from instructor_app.sample.hub import SampleHub

LONG = (
    "Wolfeschlegelsteinhausenbergerdorff, Hubert Blaine",
    "María de los Ángeles Rodríguez-Fernández y Castellanos",
    "Nguyễn Phúc Nguyên Khôi Hoàng Bảo",
    "Þórsteinsdóttir Guðrún Ragnheiður Sigríður",
    "X",
)
LONG_EXAM = (
    "Midterm Examination 2: Algorithms, Data Structures and an Introduction to Scientific Programming with Python"
)
DISK_FULL = (
    "The hub's disk is full. What was written is kept; nothing was changed now. Make room on this laptop's disk, then "
    "try again."
)


def dress(hub: SampleHub, page: str) -> SampleHub:
    """Bring the sample class into the state that a page's picture shows."""
    if page.endswith("long-names"):
        _rename(hub)
    elif page.endswith("proctor"):
        hub.role = Role.PROCTOR
    elif page == "live-pcs-empty":
        hub.answer_with(GetPreflights, lambda _: PreflightList(seats=()))
    elif page == "live-refused":
        hub.answer_with(Pause, _disk_full)
    elif page == "projector-long":
        hub.exam = msgspec.structs.replace(hub.exam, long_name=LONG_EXAM, short_name="Midterm 2")
    return hub


def _rename(hub: SampleHub) -> None:
    for place, (student, row) in enumerate(hub.rows.items()):
        section = "B-2 Tuesday evening" if place % 3 else row.section
        hub.rows[student] = msgspec.structs.replace(row, name=LONG[place % len(LONG)], section=section)
    sections = tuple(msgspec.structs.replace(each, name="B-2 Tuesday evening") for each in hub.exam.sections[:1])
    hub.exam = msgspec.structs.replace(hub.exam, sections=(*sections, *hub.exam.sections[1:]), long_name=LONG_EXAM)


def _disk_full(_: object) -> Answer:
    raise Refused(Failed(code="trouble", sentence=DISK_FULL))
