"""Made-up sessions as real events: what the sample class typed, pasted, ran and did, to be played back."""

from functools import lru_cache
from hashlib import sha256

import msgspec

from examdesk.staffapi.messages import (
    GetGivenTexts,
    GetPlayback,
    GivenQuestion,
    GivenTexts,
    LiveRow,
    Playback,
    PlayedEvent,
    PlayedJournal,
    PlayedVersion,
    QuestionView,
    Track,
)
from instructor_app.sample.people import drawn
from instructor_app.sample.programs import STARTER, TRACEBACK
from shared.admission.edition import Edition, sign_edition
from shared.crypto.keys import SigningKey
from shared.events import Payload, encode, kinds

MAIN = "q1/main.py"
WORDS = "q2/words.py"
JOURNAL = "c41f9a" * 5 + "07"
EARLIER = "88b0d2" * 5 + "31"
PASTED = "    # from my notes of week 4\n    def mean(values):\n        return sum(values) / len(values)\n\n"

AT_LINE_START = (10, 13)
PAUSES_MS = 9 * 60_000
"""So long nothing is typed, as far as `_turn` knows."""


class Writing:
    """One journal as its desk would write it; the text is kept beside it, so that every edit fits."""

    def __init__(self, at_ms: int, step_ms: int) -> None:
        self.events: list[PlayedEvent] = []
        self.versions: list[PlayedVersion] = []
        self.texts: dict[str, str] = {}
        self.at_ms, self._step_ms = at_ms, step_ms
        self._runs = 0
        self.place, self._seq, self.journal = 0, 0, JOURNAL

    def write(self, payload: Payload, words: str, ms: int | None = None) -> None:
        """Add an event."""
        self.at_ms += self._step_ms if ms is None else ms
        written = encode(payload)
        self.events.append(PlayedEvent(self.place, self._seq, payload.KIND, self.at_ms, written, words, self.at_ms))
        self._seq += 1

    def confirm_late(self, events: int) -> None:
        """Let the events before the last one be confirmed with it only."""
        for place in range(len(self.events) - events - 1, len(self.events) - 1):
            self.events[place] = msgspec.structs.replace(self.events[place], confirmed_ms=self.at_ms)

    def never_confirm(self, events: int) -> None:
        """Let no receipt cover the last so many events."""
        for place in range(len(self.events) - events, len(self.events)):
            self.events[place] = msgspec.structs.replace(self.events[place], confirmed_ms=None)

    def go_on(self, journal: str) -> None:
        """Go on in another journal, on another PC."""
        self.place, self._seq, self.journal = self.place + 1, 0, journal

    def create(self, file: str, text: str, origin: str = "starter") -> None:
        """Make a file."""
        self.texts[file] = text
        payload = kinds.FileCreated(file=file, origin=origin, text=text)  # type: ignore[arg-type]
        self.write(payload, f"{file} came from starter code with {len(text)} characters.", 20)

    def type(self, file: str, at: int, text: str, removed: int = 0) -> None:
        """Type letter by letter, in one burst."""
        old = self.texts[file]
        self.texts[file] = old[:at] + text + old[at + removed :]
        first = [kinds.Change(0, at, removed, "")] if removed else []
        typed = [kinds.Change(n * 140, at + n, 0, letter) for n, letter in enumerate(text)]
        words = f"Typed “{' '.join(text.split())}” in {file}." if text.strip() else f"Typed blanks in {file}."
        if not text:
            words = f"Removed {removed} characters from {file}."
        self.write(kinds.Edit(file=file, changes=(*first, *typed)), words)

    def paste(self, file: str, at: int, text: str, *, own: bool = False) -> None:
        """Paste."""
        self.texts[file] = self.texts[file][:at] + text + self.texts[file][at:]
        payload = kinds.Paste(file=file, at=at, removed=0, text=text, clip="own" if own else "outside")
        whose = "copied within the exam" if own else "from elsewhere"
        self.write(payload, f"Pasted {len(text)} characters into {file}, {whose}.")

    def run(self, *, error: bool, asks: bool = False, slow: bool = False) -> None:
        """Run the program."""
        self._runs += 1
        run, text = self._runs, self.texts[MAIN]
        state = kinds.FileState(sha256=sha256(text.encode()).hexdigest(), length=len(text))
        self.versions.append(
            PlayedVersion(journal=self.journal, seq=self._seq, at_ms=self.at_ms, number=run, why="run")
        )
        self.write(
            kinds.RunStarted(run=run, question="q1", file=MAIN, files={MAIN: state}), f"Run {run} of {MAIN} began."
        )
        if asks:
            self.write(kinds.RunOutput(run=run, stream="out", text="File? "), f"Run {run} wrote: “File?”.", 300)
            self.write(kinds.RunInput(run=run, text="temperatures.csv\n"), f"Typed into run {run}.", 2_000)
        if error:
            self.write(kinds.RunOutput(run=run, stream="err", text=TRACEBACK), f"Run {run} wrote an error.", 200)
            end = kinds.RunEnded(run=run, reason="exit", seconds=0.2, exit_code=1, error="ValueError", line=11)
            self.write(end, f"Run {run} ended with exit code 1 after 0.2 s; ValueError, line 11.", 20)
        elif slow:
            said = kinds.RunOutput(run=run, stream="out", text="still reading\n" * 60, capped=True)
            self.write(said, f"Run {run} wrote much.", 300)
            end = kinds.RunEnded(run=run, reason="time", seconds=10.0)
            self.write(end, f"Run {run} was ended: it took too long after 10.0 s.", 9_000)
        else:
            self.write(kinds.RunOutput(run=run, stream="out", text="2026-03-03\n"), f"Run {run} wrote a date.", 150)
            end = kinds.RunEnded(run=run, reason="exit", seconds=0.2, exit_code=0)
            self.write(end, f"Run {run} ended after 0.2 s.", 20)


@lru_cache(maxsize=8)
def written(name: str, program: str, events: int, span: tuple[int, int]) -> Writing:
    """Return a student's session of about so many events; `span` is (start, now) in ms."""
    start_ms, now_ms = span
    desk = Writing(start_ms - 4 * 60_000, max((now_ms - start_ms - PAUSES_MS) // max(events, 1), 150))
    python = "3.12.3"
    desk.write(kinds.Started(how="new", app="0.1", platform="Linux", python=python, device="LAB2"), "It began.")
    desk.write(kinds.Contact(online=True), "Connected to the hub.", 200)
    desk.write(kinds.HonorAccepted(honor_sha256="", recorded_sha256=""), "The honor code was accepted.", 30_000)
    desk.at_ms = start_ms
    ends = start_ms + 90 * 60_000
    standing = kinds.StandingApplied(revision=1, phase="active", starts_ms=start_ms, ends_ms=ends)
    desk.write(standing, "The desk took over what the hub says: active (revision 1).", 0)
    drawn_first = kinds.Drawn(seed="5e" * 16, questions=("q1", "q2"))
    desk.write(drawn_first, "The student got 2 questions: q1, q2.", 10)
    desk.create(MAIN, STARTER)
    desk.create(WORDS, "")
    desk.write(kinds.Viewed(question="q1", file=MAIN), f"Turned to q1, {MAIN}.", 5_000)
    _work(desk, name, program, events)
    return desk


def _work(desk: Writing, name: str, program: str, events: int) -> None:
    rest, at, seen = program[len(STARTER) :], len(STARTER), set()
    piece = max(len(rest) // max(events * 9 // 10, 1), 1)
    while len(desk.events) < events:
        number = len(desk.events)
        share = number * 20 // events
        fresh = desk.texts[MAIN][at - 1] == "\n"
        due = [each for each in range(share + 1) if each not in seen and (fresh or each not in AT_LINE_START)]
        if due:
            seen.add(due[0])
            at += _turn(desk, due[0], at)
        elif rest:
            wrong = drawn(f"{name} {number}", 9) == 1
            text = "wrng " if wrong else rest[:piece]
            desk.type(MAIN, at, text)
            at += len(text)
            if wrong:
                at -= len(text)
                desk.type(MAIN, at, "", len(text))
            else:
                rest = rest[piece:]
        else:
            word = ("count ", "words ", "line ", "total ")[drawn(f"{name} {number}", 4)]
            desk.type(WORDS, len(desk.texts[WORDS]), word if number % 6 else word.strip() + "\n")


def _turn(desk: Writing, share: int, at: int) -> int:
    """Do what is due at so many twentieths of the session; return by how much the place of writing moves on."""
    if share in (4, 8, 11, 14, 16, 18):
        desk.run(error=share in (4, 11), asks=share == 8, slow=share == 14)
    elif share == 6:
        desk.write(kinds.Contact(online=False), "The connection to the hub was lost; work goes on.")
        desk.type(MAIN, at, "# ")
        desk.write(kinds.Contact(online=True, offline_ms=210_000), "Connected to the hub after 3.5 min.", 210_000)
        desk.confirm_late(2)
        return 2
    elif share == 9:
        desk.write(kinds.Focus(here=False), "Another window got the keyboard.")
        desk.write(kinds.Focus(here=True, away_ms=94_000), "The exam window got the keyboard back after 94 s.", 94_000)
    elif share == 10:
        desk.paste(MAIN, at, PASTED)
        return len(PASTED)
    elif share == 13:
        text = STARTER.splitlines(keepends=True)[0]
        desk.paste(MAIN, at, text, own=True)
        return len(text)
    elif share == 12:
        desk.write(kinds.HandRaised(up=True), "The student raised a hand.")
    elif share == 7:
        taken = kinds.EditionTaken(number=1, envelope=edition(1), changed=("q1",))
        desk.write(taken, "Edition 1 of the exam holds from here on; other text in q1.")
        desk.write(kinds.EditionRead(number=1, question="q1"), "The student read what edition 1 changed of q1.", 40_000)
    elif share == 17:
        more = kinds.Drawn(seed="5e" * 16, questions=("q1", "q2", "q4"), edition=1)
        desk.write(more, "The student got 3 questions: q1, q2, q4.")
    elif share == 15:
        standing = kinds.StandingApplied(revision=2, phase="paused", paused=True)
        desk.write(standing, "The desk took over what the hub says: paused (revision 2).")
        desk.write(kinds.StandingApplied(revision=3, phase="active"), "The desk goes on (revision 3).", 120_000)
    return 0


def edition(number: int) -> str:
    """Return what the exam's key would have signed of an edition."""
    former, content = _content(number - 1), _content(number)
    said = Edition(exam="ab" * 16, number=number, issued_ms=0, former=former, content=content)
    return sign_edition(said, SigningKey.from_bytes(b"sample exam key of 32 bytes long")).decode()


def _content(number: int) -> str:
    return f"{number + 0xC0:02x}" * 32


def given_texts(ask: GetGivenTexts, questions: tuple[QuestionView, ...]) -> GivenTexts:
    """Return what the sample's exam gave to read: first, and since its first edition."""
    later = ask.content == _content(1)
    extra = "\n\n**Note:** a day with exactly 0.5 mm is not wet.\n" if later else ""
    given = [
        GivenQuestion(question=each.id, title=each.title, prompt=each.prompt + (extra if each.id == "q1" else ""))
        for each in questions
    ]
    if later:
        new = "Read two vectors and print the angle between them, in degrees.\n"
        given.append(GivenQuestion(question="q4", title="Angle between two vectors", prompt=new))
    return GivenTexts(content=ask.content or _content(0), known=True, questions=tuple(given))


@lru_cache(maxsize=2)
def ugly(start_ms: int) -> Writing:
    """Return a session with everything that a view has to bear: long lines, odd letters, gaps, what does not fit."""
    desk = Writing(start_ms, 4_000)
    desk.write(kinds.Started(how="new", app="0.1", platform="Windows", python="3.12.3", device="LAB2"), "It began.")
    desk.create("q1/main.py", "import sys\r\nnames = ['Ada', 'Zoë', '🙂👩‍🚀', 'محمد']\r\n")
    desk.create("q1/a rather long name of a file that somebody made.py", "")
    desk.create("q1/old.py", "print(1)\n", "student")
    for number in range(40):
        desk.type("q1/main.py", 12, f"# {number}\n")
    text = "x" * 10_000
    for part in range(1, 101):
        payload = kinds.Paste(
            file="q1/main.py", at=12 + (part - 1) * 10_000, removed=0, text=text, clip="outside", part=part, parts=100
        )
        desk.write(payload, f"Pasted 10,000 characters into q1/main.py, from elsewhere (part {part} of 100).", 1)
    desk.write(kinds.FileRenamed(file="q1/main.py", to="q1/renamed.py"), "q1/main.py is now called q1/renamed.py.")
    desk.write(kinds.FileRemoved(file="q1/old.py"), "q1/old.py was removed.")
    change = (kinds.Change(0, 9_000_000, 1, "?"),)
    desk.write(kinds.Edit(file="q1/renamed.py", changes=change), "Typed “?” in q1/renamed.py.")
    desk.never_confirm(9)
    desk.events.append(
        PlayedEvent(0, len(desk.events), 201, desk.at_ms + 900, b'{"new":1}', "Something of a kind (201) that is new.")
    )
    desk.events.append(PlayedEvent(0, len(desk.events), 7, desk.at_ms + 1_800, None, "The content was erased."))
    return desk


def playback(ask: GetPlayback, row: LiveRow, program: str, span: tuple[int, int]) -> Playback:
    """Return a piece of a student's session."""
    desk = ugly(span[0]) if row.provisional else written(row.name, program, row.events, span)
    device = row.device or "LAB2-PC07"
    main = _track("", "main", device, desk)
    tracks = [main]
    if row.devices > 1:
        tracks.append(_track(f"{EARLIER}+", "late tail", "LAB2-PC03", desk, EARLIER))
    track = next((each for each in tracks if each.name == ask.track), main)
    events = desk.events[ask.start : ask.start + min(ask.limit, 2_000)]
    return Playback(
        session=ask.session,
        start=ask.start,
        events=tuple(events),
        track=track,
        tracks=tuple(tracks),
        versions=tuple(desk.versions),
    )


def _track(name: str, role: str, device: str, desk: Writing, journal: str = JOURNAL) -> Track:
    return Track(
        name=name,
        role=role,  # type: ignore[arg-type]
        device=device,
        events=len(desk.events),
        journals=(PlayedJournal(journal=journal, device=device, stop=len(desk.events)),),
        first_ms=desk.events[0].at_ms,
        last_ms=desk.events[-1].at_ms,
    )
