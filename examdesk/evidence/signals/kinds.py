"""Every kind of signal in plain words, in the order in which screens and reports list them."""

import msgspec

from shared.exam.rules import SignalName, Signals


class SignalKind(msgspec.Struct, frozen=True, kw_only=True):
    """What a kind is called, what it means, and which field of the exam's `[signals]` sets its threshold, if one does.

    `unit` is what amounts of this kind count. `also` are further fields that it depends on.
    """

    name: SignalName
    title: str
    meaning: str
    field: str = ""
    unit: str = ""
    also: tuple[str, ...] = ()

    def parameters(self, thresholds: Signals) -> dict[str, int]:
        """Return what signals of this kind depend on besides the events, by the name of the field."""
        names = (self.field, *self.also) if self.field else self.also
        return {name: getattr(thresholds, name) for name in names}


_ALL = (
    SignalKind(
        name="outside_paste",
        title="Paste from outside",
        meaning=(
            "Text was pasted that was not in the student's own work, the starter code, the prompt or other text of "
            "this exam before. Notes, an earlier program or a permitted source look the same."
        ),
        field="outside_paste_chars",
        unit="characters",
        also=("own_text_percent",),
    ),
    SignalKind(
        name="large_paste",
        title="Large paste",
        meaning=(
            "A paste from outside that is long enough to be a substantial part of an answer. Notes, an earlier "
            "program or a permitted source look the same."
        ),
        field="large_paste_chars",
        unit="characters",
        also=("own_text_percent",),
    ),
    SignalKind(
        name="fast_text",
        title="Text faster than typing",
        meaning=(
            "Text arrived faster than people type, though not as a paste. Assistive software, an input method "
            "or a tool of the editor can be the reason."
        ),
        field="fast_text_chars",
        unit="characters",
        also=("fast_text_per_second", "own_text_percent"),
    ),
    SignalKind(
        name="focus_away",
        title="Away from the exam window",
        meaning=(
            "Another window had the keyboard. System messages and permitted programs do this as well; "
            "what was in the other window is not known."
        ),
        field="focus_away_seconds",
        unit="seconds",
    ),
    SignalKind(
        name="inactivity",
        title="Long inactivity",
        meaning="Nothing was typed, run or looked at for a long time while the exam was open. Thinking looks the same.",
        field="inactivity_minutes",
        unit="minutes",
    ),
    SignalKind(
        name="restart",
        title="Restart",
        meaning="The exam program was started again. A crash, a power cut or a reboot can be the reason.",
        unit="seconds",
    ),
    SignalKind(
        name="device_change",
        title="Change of device, address or user",
        meaning=(
            "The session went on at another PC, or the PC's address, user or name changed. A PC that failed, a cable "
            "that was moved or a network that gives out new addresses can be the reason."
        ),
        unit="changes",
    ),
    SignalKind(
        name="two_devices",
        title="Two devices at once",
        meaning=(
            "Two PCs wrote for the same session during the same time. A PC that was left on after a move looks the "
            "same."
        ),
        unit="seconds",
    ),
    SignalKind(
        name="offline",
        title="Offline stretch",
        meaning=(
            "The PC had no connection to the hub. Everything was recorded there and handed over later. A weak or busy "
            "network is the usual reason."
        ),
        field="offline_seconds",
        unit="seconds",
    ),
    SignalKind(
        name="clock_change",
        title="Change of the PC's clock",
        meaning=(
            "The PC's clock was set; systems do so by themselves. Deadlines are kept in the hub's time, so nobody "
            "gains or loses time by it."
        ),
        field="clock_jump_seconds",
        unit="seconds",
    ),
    SignalKind(
        name="surroundings",
        title="Virtual machine or remote session",
        meaning=(
            "The PC's system says that it is a virtual machine, or that it is worked at from another PC. Whole labs "
            "are, so look first how common it is in this class. Recorded only where the exam's policy names it."
        ),
        unit="machines",
    ),
    SignalKind(
        name="log_break",
        title="Break in the log",
        meaning=(
            "The record of a PC does not go together with what the hub has, or with itself. A restored disk, a "
            "damaged file or a copied folder can be the reason. Both sides are kept."
        ),
        unit="events",
    ),
    SignalKind(
        name="outside_file_change",
        title="File changed outside the editor",
        meaning=(
            "Something other than the editor changed a file of the exam. A program of the PC that looks after files "
            "can be the reason."
        ),
        unit="changes",
    ),
    SignalKind(
        name="refused_import",
        title="Refused import",
        meaning=(
            "A program asked for a module that the exam does not allow. It was not given. Habit, or an example from "
            "the course, can be the reason."
        ),
        unit="times",
    ),
    SignalKind(
        name="refused_network",
        title="Refused network",
        meaning=(
            "A program tried to use the network where the exam does not allow it. It was not let through. Modules that "
            "look for others by themselves can be the reason."
        ),
        unit="times",
    ),
    SignalKind(
        name="refused_paste",
        title="Refused paste",
        meaning=(
            "Something was pasted or dropped that the exam does not allow. It did not come into the text. A key that "
            "was pressed from habit looks the same."
        ),
        unit="times",
    ),
)

KINDS: dict[SignalName, SignalKind] = {kind.name: kind for kind in _ALL}
