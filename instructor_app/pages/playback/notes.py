"""What is said where a record is not whole, or is not the line that the session went along."""

from collections.abc import Sequence

from PySide6.QtWidgets import QComboBox

from examdesk.staffapi.messages import Track
from examdesk.staffapi.playback.confirming import record_words
from examdesk.staffapi.playback.tape import Tape
from instructor_app.words import counted, tr


def track_title(track: Track) -> str:
    """Return what a track is called in the list."""
    events = counted(track.events, "{n} event", "{n} events")
    if track.role == "main":
        return tr("The session ({events})", events=events)
    device = track.device or tr("unnamed PC")
    if track.role == "late tail":
        return tr("Later events of {device} ({events})", device=device, events=events)
    return tr("Side branch on {device} ({events})", device=device, events=events)


class TrackBox(QComboBox):
    """Chooses which record of a session is shown; hidden where there is one."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr("Which record of this session"))
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(12)

    def show_tracks(self, tracks: Sequence[Track], chosen: str) -> None:
        """List these; tells nobody."""
        self.setVisible(len(tracks) > 1)
        titles = [(track.name, track_title(track)) for track in tracks]
        if titles == [(self.itemData(place), self.itemText(place)) for place in range(self.count())]:
            return
        self.blockSignals(True)
        self.clear()
        for name, title in titles:
            self.addItem(title, name)
        self.setCurrentIndex(max(self.findData(chosen), 0))
        self.blockSignals(False)


def trouble_words(tape: Tape, track: Track | None) -> str:
    """Say what can't be shown, and what this record is; empty where there is nothing to say."""
    parts, troubles = [], tape.troubles
    if track is not None and track.role == "late tail":
        parts.append(
            tr(
                "This is what {device} wrote after the session had gone on elsewhere. It is kept beside the session "
                "and is not part of what was handed in.",
                device=track.device or tr("an unnamed PC"),
            )
        )
    elif track is not None and track.role == "side branch":
        parts.append(
            tr("This is a side branch: the session did not go on in it. It is kept beside the session as it came.")
        )
    if tape.unconfirmed:
        parts.append(record_words(tape))
    if troubles.erased:
        one = "The content of {n} event was erased; that it happened stays proven."
        many = "The content of {n} events was erased; that they happened stays proven."
        parts.append(counted(troubles.erased, one, many))
    if troubles.unreadable:
        one = "{n} event can't be read by this version; it is kept as it came."
        many = "{n} events can't be read by this version; they are kept as they came."
        parts.append(counted(troubles.unreadable, one, many))
    if troubles.misfits:
        one = "{n} edit does not fit the text before it and was left out."
        many = "{n} edits do not fit the text before them and were left out."
        parts.append(counted(troubles.misfits, one, many))
    if troubles.unknown:
        one = "{n} event is of a kind that this version does not know; it is kept and listed."
        many = "{n} events are of kinds that this version does not know; they are kept and listed."
        parts.append(counted(troubles.unknown, one, many))
    if troubles.any():
        parts.append(tr("From there on the text may differ from what the student saw."))
    return " ".join(parts)
