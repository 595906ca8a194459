"""A run as it went: which code, what it read and wrote, how it ended."""

from collections.abc import Iterator, Sequence
from hashlib import sha256

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QFont, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QWidget

from examdesk.staffapi.playback.marks import PlayedRun, Said
from examdesk.staffapi.playback.tape import Tape
from instructor_app.kit import Kit
from instructor_app.widgets.basic import Elided, Still, button, column, holding, label, pill, restyle, row
from instructor_app.widgets.code import ReadText
from instructor_app.widgets.code_text import code_text
from instructor_app.words import clock_time, tr
from shared.look import SPACE, plain_tip
from shared.problems import PeerFault

MOST_CHARS = 60_000
"""Of an output's beginning and of its end so much is shown."""
AT_ONCE, LATER_MS = 4_000, 60
"""Of a longer output the last so many characters are shown at once, the others once the run stays for so long."""


class RunPane(QWidget):
    """The newest run at the playhead.

    Attributes:
        wanted: (moment) show the code that this run ran.
        stepped: (-1 or 1) go to the run before or after.
    """

    wanted = Signal(int)
    stepped = Signal(int)

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self._run: PlayedRun | None = None
        self._shown: tuple[int, int, int] | None = None
        self._said: list[Said] = []
        self._left: list[Said] = []
        self._top = QTextCursor()
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._catch_up)
        self._tape, self._proofs = Tape(), dict[int, str]()
        look = kit.look
        self.title = Elided("", "subtitle")
        self.end = pill("")
        self.facts = Elided("", "muted")
        self.proof = label("", "small", wrap=True)
        self.output = ReadText()
        self.output.setProperty("role", "console")
        self.output.setAccessibleName(tr("Input and output of the run"))
        self.legend = label(
            tr("Underlined: typed into the program. Slanted: its error output. Grey: keys and clicks on its picture."),
            "small",
            wrap=True,
        )
        self._before = button(
            look, "", "chevron-left", "quiet", tip=tr("The run before"), then=lambda: self.stepped.emit(-1)
        )
        self._after = button(
            look, "", "chevron-right", "quiet", tip=tr("The next run"), then=lambda: self.stepped.emit(1)
        )
        self.code = button(look, tr("Show its code"), "code", then=self._show_code)
        facts = row(self.facts, self.code)
        facts.setStretch(0, 1)
        title = row(Still(self.title), self._before, self._after, spacing=SPACE["xs"])
        title.setStretch(0, 1)
        self._how, self._what = Still(holding(row(self.end, None))), Still(holding(facts))
        self.setLayout(
            column(
                title,
                self._how,
                self._what,
                self.proof,
                self.output,
                self.legend,
                spacing=SPACE["xs"],
                margin=SPACE["s"],
            )
        )
        look.changed.connect(self._again)
        self.show_run(None, Tape(), 0)

    def show_run(self, run: PlayedRun | None, tape: Tape, number: int) -> None:
        """Show a run as far as it had gone at a moment; None before the first one."""
        self._run = run
        for part in (self._how, self._what, self.proof, self.legend):
            part.setVisible(run is not None)
        if run is None:
            self._shown = None
            self._later.stop()
            self._left = []
            self.title.setText(tr("No run so far"))
            self.output.setPlainText("")
            words = tr("The newest run at the playhead is shown here, with what it read and wrote.")
            self.output.setPlaceholderText(words)
            return
        over = run.ended is not None and run.ended <= number
        said = run.said if over else [each for each in run.said if each.number <= number]
        shown = (run.number, len(said), int(over))
        if shown == self._shown:
            return
        new = self._shown is None or self._shown[0] != run.number
        self._shown = shown
        self.title.setText(tr("Run {n}: checks", n=run.run) if run.checks else tr("Run {n}", n=run.run))
        self._say_end(run, over=over)
        self._said = said
        if new:
            if tape is not self._tape:
                self._tape, self._proofs = tape, {}
            what = tr("Checks of {question}", question=run.question) if run.checks else run.file
            self.facts.setText(f"{what} · {clock_time(run.at_ms, seconds=True)}")
            self.proof.setText(self._proofs.get(run.number, " "))
        self._begin_output()
        if self._left or run.number not in self._proofs:
            self._later.start(LATER_MS)  # a hand that drags passes hundreds of runs: what takes long waits
        else:
            self._later.stop()

    def _catch_up(self) -> None:
        """Show what waited: the rest of a long output part by part, so that no turn of the event loop takes long."""
        if self._left:
            self._write([self._left.pop()], self._top)
            self._later.start(0)
        elif self._run is not None:
            if self._run.number not in self._proofs:
                self._proofs[self._run.number] = proof_words(self._run, self._tape)
            self.proof.setText(self._proofs[self._run.number])

    def _again(self) -> None:
        self._shown = None

    def _say_end(self, run: PlayedRun, *, over: bool) -> None:
        words, tone = end_words(run) if over else (tr("running"), "info")
        self.end.setText(words)
        self.end.setToolTip(plain_tip(words))  # a long name of an error may be cut
        restyle(self.end, tone=tone)

    def _begin_output(self) -> None:
        """Show the end of the output, at which the pane is scrolled; what stands above it waits."""
        said = _within(self._said) or [Said(0, "note", tr("It wrote nothing."))]
        parts = list(_parts(said))
        shown: list[Said] = []
        while parts and sum(len(each.text) for each in shown) < AT_ONCE:
            shown.insert(0, parts.pop())
        self._left = parts[::-1]
        self.output.clear()
        self._write(shown, QTextCursor(self.output.document()))
        self._top = QTextCursor(self.output.document())

    def _write(self, said: Sequence[Said], cursor: QTextCursor) -> None:
        cursor.beginEditBlock()
        for each in said:
            cursor.insertText(code_text(each.text).shown, self._look_of(each.stream))
        cursor.endEditBlock()
        bar = self.output.verticalScrollBar()
        for _ in range(2):  # lines that come in sight are laid out, and may turn out to be several
            bar.setValue(bar.maximum())

    def _look_of(self, stream: str) -> QTextCharFormat:
        look = QTextCharFormat()
        if stream == "in":
            look.setFontUnderline(True)
            look.setFontWeight(QFont.Weight.Bold)
        elif stream == "err":
            look.setFontItalic(True)
            look.setForeground(self._kit.look.colour("attention"))
        elif stream in ("note", "window"):
            look.setForeground(self._kit.look.colour("muted"))
        else:
            look.setForeground(self._kit.look.colour("text"))
        return look

    def _show_code(self) -> None:
        if self._run is not None:
            self.wanted.emit(self._run.number)


def end_words(run: PlayedRun) -> tuple[str, str]:
    """Say how a run ended, and in which tone."""
    took = "" if run.seconds is None else tr(" after {n} s", n=f"{run.seconds:.1f}")
    if run.look == "ok" and run.exit_code:
        return tr("finished, not all checks hold{took}", took=took), ""
    if run.look == "ok":
        return tr("finished{took}", took=took), "positive"
    if run.look == "failed":
        where = tr(", line {n}", n=run.line) if run.line is not None else ""
        what = run.error or tr("exit code {n}", n=run.exit_code)
        return f"{what}{where}{took}", "attention"
    if run.ended is None:
        return tr("its end is not in the record"), ""
    why = {
        "time": tr("stopped: it took too long"),
        "memory": tr("stopped: it took too much memory"),
        "output": tr("stopped: it wrote too much"),
        "processes": tr("stopped: it started too many processes"),
        "disk": tr("stopped: it wrote too much to the disk"),
        "signal": tr("ended by a signal"),
        "stopped": tr("stopped by the student"),
        "crashed-to-start": tr("could not be started"),
    }
    return f"{why.get(run.reason, run.reason)}{took}", "attention"


def proof_words(run: PlayedRun, tape: Tape) -> str:
    """Say whether the code that is shown is the code that the desk said it ran, by its SHA-256."""
    files = tape.at(run.number)
    for file, state in run.files.items():
        try:
            text = files.text(file)
        except PeerFault:
            return tr("{file} is not in the record as it was when this ran.", file=file)
        if sha256(text.encode("utf-8", "surrogatepass")).hexdigest() != state.sha256:
            return tr("{file} in the record differs from what the desk says it ran.", file=file)
    if not run.files:
        return ""
    first = next(iter(run.files.values())).sha256
    return tr("Exactly the code that ran: SHA-256 {hash}… as the desk signed it.", hash=first[:12])


def _parts(said: Sequence[Said]) -> Iterator[Said]:
    """Cut into parts of some `AT_ONCE` characters, none between what ends a line on Windows."""
    for each in said:
        start = 0
        while start < len(each.text):
            stop = start + AT_ONCE
            while each.text[stop - 1 : stop] == "\r":
                stop += 1
            yield each._replace(text=each.text[start:stop])
            start = stop


def _within(said: list[Said]) -> list[Said]:
    """Return what fits: the beginning and the end, with a note on what is left out between."""
    whole = sum(len(each.text) for each in said)
    kept: list[Said] = []
    at = 0
    for each in said:
        if each.stream == "capped":
            kept.append(Said(each.number, "note", tr("\n[More was written than a run may; the rest is not kept.]\n")))
            continue
        first, last = at, at + len(each.text)
        at = last
        if whole <= 2 * MOST_CHARS:
            kept.append(each)
            continue
        if first < MOST_CHARS:
            kept.append(each._replace(text=each.text[: MOST_CHARS - first]))
            if last >= MOST_CHARS:
                left_out = tr("\n[… {n} characters left out here …]\n", n=whole - 2 * MOST_CHARS)
                kept.append(Said(each.number, "note", left_out))
        if last > whole - MOST_CHARS:
            kept.append(each._replace(text=each.text[max(whole - MOST_CHARS - first, 0) :]))
    return kept
