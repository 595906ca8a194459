"""What the student reads when a journal is gone on with, is locked, or can't be written in now."""

from student_app.core.examclock import Sleep
from student_app.core.session import Phase

BACK = {
    "crash": "ExamDesk or this PC ended without warning. What was saved is back; look at the last line that you wrote.",
    "moved": "You go on at another PC. What had reached your instructor is here; look at the last line that you wrote.",
}
"""What the student reads when a journal is gone on with, by how that came."""
LOCKED = "Writing is locked on this PC. What you wrote is kept."
CLOCK_CHANGED = (
    "The clock of this PC was changed. Your exam goes by your instructor's clock: your time left is the same as before."
)


def slept_sentence(slept: Sleep) -> str:
    """Say to the student that the PC slept, or that its clock stood still for whatever reason."""
    minutes, seconds = divmod(round(slept.ms / 1000), 60)
    units = ((minutes, "minute"), (seconds if minutes < 3 else 0, "second"))
    lasted = " and ".join(f"{count} {unit}{'' if count == 1 else 's'}" for count, unit in units if count)
    happened = "This PC slept" if slept.by == "clock" else "By your instructor's clock this PC stood still"
    return (
        f"{happened} for {lasted}. What you wrote is kept, and your time went on meanwhile: the time left is right. "
        "Your instructor sees how long it was."
    )


NOT_NOW = {
    Phase.PAUSED: "The exam is paused. What you wrote is kept; go on when the pause is over.",
    Phase.SUBMITTED: "Your work is handed in. Take it back to change something.",
    Phase.ENDED: "The exam is over for you. What you wrote is handed in.",
}
