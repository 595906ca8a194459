"""One journal that is being written, and everything that hangs on it: session, clock, content, notices."""

import contextlib
import threading
from collections.abc import Callable
from functools import partial
from typing import Literal

import msgspec

from shared.admission.receipt_code import receipt_code
from shared.crypto.keys import VerifyKey
from shared.events import kinds
from shared.exam.content import Content
from shared.log.receipt import SignedReceipt
from shared.problems import InputProblem
from shared.wire.standing import Standing
from student_app.core.amending import added_sentence
from student_app.core.conditions import Affirmation
from student_app.core.content import ContentBox, readable, starter_files
from student_app.core.drawing import next_draw, recorded_draw
from student_app.core.earlier import EarlierJournals
from student_app.core.editions import AT_WORK, Editions
from student_app.core.examclock import ExamClock, SavedOffset
from student_app.core.journal import Journal
from student_app.core.journal_file import PACKAGES, Write, forget_meta, put_meta, put_standing
from student_app.core.looking import LookingAround
from student_app.core.machine import Machine
from student_app.core.memory import Memory
from student_app.core.notices import Notices
from student_app.core.own_start import blank_standing, granted_minutes
from student_app.core.recorder import Recorder
from student_app.core.sentences import BACK, CLOCK_CHANGED, LOCKED, NOT_NOW, slept_sentence
from student_app.core.session import Effect, GoOn, HandIn, Phase, Session, TakeStanding
from student_app.core.signed import own_notice, own_standing
from student_app.core.vouching import Vouching
from student_app.core.watching import Unwatched, Watcher

TICK_US = 1_000_000


class RestoredFile(msgspec.Struct, frozen=True):
    """A file that this journal takes over from an earlier one of the session."""

    file: str
    text: str


class Sitting:
    """A journal at work. Any thread may call every method; `changed` is called after each change, by any thread.

    Attributes:
        journal: where the events go.
        recorder: the writer of events; edits go through the methods here, which ask whether they are allowed now.
        session: phase and time.
        clock: the hub's time.
        content: the exam, sealed or open.
        earlier: the session's other journals, to look back at; `look_back` after a change of it.
        vouching: who vouches for the journal.
        news: what the student should read once, in order.
        affirmation: what the student affirmed, and whether it reads otherwise by now.
        notices: the messages of the staff.
        newest_standing: the signed envelope of what holds now; empty before the first.
        editions: what editions of the exam changed for the student.
    """

    def __init__(
        self, journal: Journal, memory: Memory, session: Session, machine: Machine, changed: Callable[[], None]
    ) -> None:
        self.journal = journal
        self.session = session
        self.clock = ExamClock(machine.clock, machine.boot)
        self.recorder = Recorder(journal, memory, machine.clock, machine.committer)
        self.exam_key = VerifyKey(journal.identity.exam_key)
        self.content = ContentBox(journal.identity.exam, self.exam_key, journal.write)
        self.affirmation = Affirmation(self.recorder, lambda: self.content.front, journal.write)
        self.earlier = EarlierJournals(journal.write)
        self.vouching = Vouching(journal.identity, self.exam_key, partial(journal.write, urgent=True))
        self.notices = Notices(self.recorder, journal.write)
        self.newest_standing = b""
        self.code = ""
        self.trouble: str | None = None
        self.online = False
        self.news: list[str] = []
        self._looking = LookingAround(machine, self.recorder)
        self.editions = Editions(journal, self.recorder, self.say)
        self._machine = machine
        self._changed = changed
        self._lock = threading.RLock()
        self._stopped = ""
        self._offline_since_us = machine.clock.mono_us()
        journal.listen(self)
        self.watcher: Watcher = Unwatched()
        self.kept_addresses: bytes | None = None
        self.kept_packages = b""

    @property
    def memory(self) -> Memory:
        """What the log says so far."""
        return self.recorder.memory

    def begin(
        self,
        how: Literal["new", "restart", "crash", "moved", "segment"],
        away_ms: int = 0,
        restored: tuple[RestoredFile, ...] = (),
        drawn: kinds.Drawn | None = None,
    ) -> None:
        """Record that this program writes the journal from now on, and start its clock.

        `drawn` are the session's questions as an earlier journal has them: they never change with the device (P-18).
        """
        self._obey()
        machine, device = self._machine, self.recorder.policy.device
        if how in BACK:
            self.news.append(BACK[how])
        self.recorder.record(
            kinds.Started(
                how=how,
                app=machine.app,
                platform=machine.platform,
                python=machine.python,
                device=self.journal.identity.device.hex(),
                user=machine.user if device else "",
                away_ms=away_ms,
            )
        )
        for file in restored:
            self.recorder.create(file.file, file.text, "restored")
        if drawn is not None and drawn.questions:
            self.recorder.record(drawn)
        self._resume_own_start()
        self._apply(self.session.tick(self.clock.hub_ms()))
        self._open_content()
        machine.committer.wake(self, machine.clock.mono_us())

    def adopted(self, envelope: bytes) -> None:
        """Take the hub's word on a journal that this desk began alone; see `Vouching.adopted`."""
        self.vouching.adopted(envelope)
        self._changed()

    def waits_for(self, sentence: str) -> None:
        """The hub says that a person has to let this journal in."""
        self.vouching.waits = sentence
        self._changed()

    def standing(self, envelope: bytes) -> None:
        """Take what the hub signed; raises `PeerFault` for what the exam's key did not sign for this session."""
        standing = own_standing(envelope, self.exam_key, self.journal.identity)
        with self._lock:
            newest = self.session.standing
            if newest is None or standing.revision > newest.revision:
                self.newest_standing = envelope
                self.journal.write(put_standing(standing.revision, envelope))
            self.take_standing(standing)
        self._changed()

    def take_standing(self, standing: Standing) -> None:
        """Let a standing hold that was checked and kept."""
        with self._lock:
            self._apply(self.session.take(standing, self.clock.hub_ms()))
        self._open_content()

    def notice(self, envelope: bytes) -> None:
        """Take a notice, once; raises `PeerFault` as `standing` does."""
        notice = own_notice(envelope, self.exam_key, self.journal.identity)
        with self._lock:
            self.notices.take(notice, envelope)
        self._changed()

    def read_notice(self, number: int) -> None:
        """Record that the student has read it: a message, or what an edition changed."""
        with self._lock:
            if self.editions.read(number):
                self._obey()
            self.notices.read(number)
        self._changed()

    def affirm(self, honor_sha256: str, recorded_sha256: str) -> None:
        """Take that the student affirmed texts with these hashes; what waited for that holds from now on."""
        with self._lock:
            if self.affirmation.affirm(honor_sha256, recorded_sha256):
                self.editions.affirmed()
                self._obey()
        self._changed()

    def content_offered(self, manifest: bytes, signature: bytes, front: bytes = b"", edition: bytes = b"") -> list[int]:
        """Take the offer of the content and return the pieces to ask for; raises `PeerFault` for a false one."""
        with self._lock:
            wanted = self.content.offered(manifest, signature, front, edition)
            self._obey()
            self._open_content()
        self._changed()
        return wanted

    def content_key(self, key: bytes) -> None:
        """Take the key of the content; raises `PeerFault` when it does not open it."""
        if self.content.unlock(key):
            self._opened()

    def start_by_code(self, key: bytes, tries: int) -> None:
        """Begin with the key that a start code opened; raises `PeerFault` when it does not open the content."""
        with self._lock:
            if not self.content.unlock(key):
                return
            now, front = self.clock.hub_ms(), self.content.front
            own = self.session.own_start(now, granted_minutes(front, self.journal.identity))
            self.recorder.record(
                kinds.Unlocked(
                    how="start-code",
                    tries=tries,
                    starts_ms=own.starts_ms if own is not None else None,
                    ends_ms=own.ends_ms if own is not None else None,
                )
            )
            if own is not None:
                self._apply(self.session.begin_by_code(own, blank_standing(self.journal.identity, now), now))
        self._open_content()
        self._changed()

    def content_part(self, index: int, data: bytes, part: int = 1, parts: int = 1) -> None:
        """Take a part of the sealed content; raises `PeerFault` when a piece does not hold."""
        with self._lock:
            was_open = self.content.content is not None
            if self.content.part(index, data, part, parts):
                self._open_content() if was_open else self._opened()
        self._changed()

    def _opened(self) -> None:
        self.recorder.record(kinds.Unlocked(how="hub"))
        self._open_content()

    def pong(self, asked_us: int, received_ms: int, sent_ms: int) -> None:
        """Take a time answer, keep the offset, and let the time work on the phase."""
        first = not self.clock.known
        self.clock.pong(asked_us, received_ms, sent_ms)
        self.journal.write(put_meta("clock", msgspec.msgpack.encode(self.clock.saved())))
        if first:
            self._machine.committer.wake(self, 0)

    def look_back(self) -> None:
        """Show what is known of earlier journals, and go on with the notes of the newest one."""
        earlier = self.earlier.all()
        with self._lock:
            self.memory.versions.earlier = self.earlier.seen(self.journal.identity.device.hex(), self.clock.ahead_ms())
            notes = next((each.notes for each in reversed(earlier) if each.notes), "")
            if notes and not self.memory.noted and not self._stopped:
                self.recorder.record(kinds.NoteWritten(text=notes))
        self._changed()

    def keep_packages(self, envelope: bytes) -> None:
        """Keep the signed list of the exam's packages, so that they are found after a restart without a network."""
        if envelope and envelope != self.kept_packages:
            self.kept_packages = envelope
            self.journal.write(put_meta(PACKAGES, envelope))

    def keep_time(self, wall_ms: int) -> None:
        """Go by this PC's clock as it is now, and no further changes of it: there is no hub to ask for the time."""
        self.clock.hint(wall_ms)
        self.journal.write(put_meta("clock", msgspec.msgpack.encode(self.clock.saved())))

    def wall_ms(self) -> int:
        """Return this PC's wall clock."""
        return self._machine.clock.wall_ms()

    def recall_clock(self, saved: bytes | None) -> None:
        """Go on with the offset that an earlier start measured."""
        with contextlib.suppress(msgspec.DecodeError):
            offset = msgspec.msgpack.decode(saved or b"", type=SavedOffset)
            self.clock = ExamClock(self._machine.clock, self._machine.boot, offset)

    def receipt(self, last: int, receipt: SignedReceipt) -> None:
        """Keep a receipt that the sync has checked."""
        self.journal.keep_receipt(last, receipt)
        self.watcher.safe(last)
        self._changed()

    def fall_back(self, last: int) -> None:
        """The hub has events only up to `last`, less than it receipted: show that, the rest is on its way again."""
        self.journal.fall_back(last)
        self._changed()

    def contact(self, online: bool, hub: str = "") -> None:
        """Record that the connection was made or lost."""
        with self._lock:
            if online == self.online:
                return
            self.online = online
            if self._stopped:
                return
            now = self._machine.clock.mono_us()
            away = (now - self._offline_since_us) // 1000 if online else 0
            self._offline_since_us = now
            unsent = self.journal.last - self.journal.safe
            self.recorder.record(kinds.Contact(online=online, hub=hub, unsent=unsent, offline_ms=away))
        self._changed()

    def address_is(self, address: str) -> None:
        """Record this PC's address when it is another one than before."""
        with self._lock:
            if not self._stopped and address != self.memory.address:
                self.recorder.record(kinds.DeviceChanged(what="address", value=address))

    def working(self) -> Recorder:
        """Return the recorder for an edit.

        Raises:
            InputProblem: the exam is not open for the student now.
        """
        if self.session.phase is not Phase.WORKING or not self.memory.drawn:
            if self.session.locked and self.session.standing is not None:
                raise InputProblem(f"{LOCKED} {self.session.standing.note}".strip())
            raise InputProblem(NOT_NOW.get(self.session.phase, "The exam isn't open yet. Wait for the start."))
        return self.recorder

    def submit(self) -> None:
        """Hand in; raises `InputProblem` when that can't be now."""
        with self._lock:
            self._apply(self.session.submit())
        self._changed()

    def take_back(self) -> None:
        """Go on after handing in; raises `InputProblem` when that can't be now."""
        with self._lock:
            self._apply(self.session.take_back())
        self._changed()

    def stop(self, why: Literal["closed", "moved", "ended"]) -> None:
        """Record the end, as the last event of this start; what is sealed goes on being sent."""
        with self._lock:
            if self._stopped:
                return
            self._machine.committer.forget(self)
            if self.memory.workspace.files:
                self.recorder.record(kinds.Checkpoint(files=self.recorder.files(), why="stop"))
            self.recorder.record(kinds.Stopped(why=why))
            self._stopped = why
        self.journal.flush()

    def close(self, done: Callable[[], None]) -> None:
        """Make everything durable, close the journal, and call `done`. A session that has ended loses its key."""
        self._machine.committer.forget(self.recorder)
        forget: tuple[Write, ...] = (forget_meta("key"),) if self._stopped == "ended" else ()
        self.journal.close(done, forget=forget)

    def abandon(self, done: Callable[[], None]) -> None:
        """Write nothing more, not even what waits to be written."""
        self._stopped = "crash"
        self._machine.committer.forget(self)
        self._machine.committer.forget(self.recorder)
        self.journal.abandon(done)

    def finished(self) -> bool:
        """Whether the hub has ended the session and has everything: the journal can be closed for good."""
        standing = self.session.standing
        over = standing is not None and standing.ended and self.session.phase is Phase.ENDED
        return over and self.journal.safe >= self.journal.last

    def durable(self, seq: int) -> None:
        """See `JournalListener.durable`."""
        self.watcher.durable(seq)
        self._changed()

    def sealed(self, last: int, link: bytes) -> None:
        """See `JournalListener.sealed`."""
        self.watcher.sealed(last, link)

    def trouble_is(self, sentence: str | None) -> None:
        """See `JournalListener.trouble_is`."""
        self.trouble = sentence
        self._changed()

    def beat(self, now_us: int) -> int | None:
        """Let the time work: time-up, a start that was waited for, jumps of the PC's clock; see `Beat.beat`."""
        with self._lock:
            if self._stopped:
                return None
            hub_ms = self.clock.hub_ms()
            before = self.session.phase
            slept = self._note_sleep()
            self._looking.beat(now_us)
            self._apply(self.session.tick(hub_ms))
            jumped = self.clock.jump_ms()
            if jumped is not None:
                self.recorder.record(kinds.ClockJumped(by_ms=jumped))
                self.news.append(CLOCK_CHANGED)
            changed = before is not self.session.phase
            following = self.session.next_change_ms(hub_ms)
        for sentence in (slept, CLOCK_CHANGED if jumped is not None else ""):
            if sentence:
                self.watcher.news(sentence)
                self._changed()
        if changed:
            self._open_content()
            self._changed()
        return now_us + min(TICK_US, TICK_US if following is None else following * 1000 + 1000)

    def _note_sleep(self) -> str:
        """Record that the PC slept, and return what the student reads about it."""
        slept = self.clock.slept()
        if slept is None:
            return ""
        if slept.by == "hub":
            self.clock.explain(slept.ms)
        offset = self.clock.ahead_ms() if self.clock.known else None
        self.recorder.record(kinds.Slept(ms=slept.ms, by=slept.by, offset_ms=offset))
        self.news.append(slept_sentence(slept))
        return self.news[-1]

    def _apply(self, effects: list[Effect]) -> None:
        for effect in effects:
            match effect:
                case TakeStanding(standing, phase):
                    self.recorder.record(
                        kinds.StandingApplied(
                            revision=standing.revision,
                            phase=phase,
                            starts_ms=standing.starts_ms,
                            ends_ms=standing.ends_ms,
                            paused=standing.paused_ms is not None,
                            offset_ms=self.clock.ahead_ms(),
                        )
                    )
                case HandIn(why):
                    self.recorder.record(kinds.Submitted(files=self.recorder.files(), why=why))
                    self.code = receipt_code(self.journal.link)
                    self.journal.write(put_meta("code", self.code.encode()))
                    self.watcher.submitted(self.code)
                case GoOn(by):
                    self.recorder.record(kinds.Reopened(by=by))
                    self.code = ""
                    self.journal.write(put_meta("code", b""))

    def _resume_own_start(self) -> None:
        """A desk that never heard the hub has no standing to go on with but its own start."""
        own = self.session.own
        if own is not None and self.session.standing is None:
            self.session.standing = self.session.with_own(blank_standing(self.journal.identity, own.starts_ms))

    def _obey(self) -> None:
        """Record only what the exam's policy lets us, and what is new in it only once the student has read of it."""
        content, front = self.content.content, self.content.front
        known = content if content is not None else front
        if known is None:
            return
        self.recorder.policy = self.editions.policy(known.recording)

    def _open_content(self) -> None:
        """Give the student the questions, as soon as content, key and start are there; and what editions change."""
        content = self.content.content
        if content is None:
            return
        with self._lock:
            told = self.memory.honor  # what is recorded is then affirmed anew, and said there
            self.editions.take(self.content, content, self.notices.by_number.values(), self.session.phase, told=told)
            self._obey()
            for each in content.attachments:
                self.recorder.clips.given(readable(each))
            for question in content.every_question:
                self.recorder.clips.given(question.prompt)
                for _, text in starter_files(question):
                    self.recorder.clips.given(text)
            if self.session.phase not in AT_WORK:
                return
            self._draw(content)
        self._changed()

    def _draw(self, content: Content) -> None:
        """Record the questions of this session where they are new, with the files that they begin with."""
        memory, edition = self.memory, self.content.edition
        standing, session = self.session.standing, self.journal.identity.session
        new = next_draw(memory, content, standing, session, 0 if edition is None else edition.number)
        if new is None:
            return
        have = {name.partition("/")[0] for name in memory.workspace.files}
        for question_id in new.drawn.questions:
            own = content.question(question_id)
            for name, text in starter_files(own) if own is not None and question_id not in have else ():
                self.recorder.create(name, text, "starter")
        self.recorder.record(new.drawn)
        for question in map(content.question, new.added):
            if question is not None:
                self.say(added_sentence(question.title))

    def say(self, sentence: str) -> None:
        """Tell the student something to read once."""
        self.news.append(sentence)
        self.watcher.news(sentence)

    def carry_on(self, before: "Sitting") -> None:
        """Take over content, clock and what is still to be read from the journal that this one goes on from."""
        self.clock = before.clock
        self.content = before.content
        self.content.rebind(self.journal.write)
        self.journal.write(*self.content.copied())
        self.editions.carry(before.editions)

    @property
    def draw(self) -> kinds.Drawn | None:
        """The session's questions as this journal has them; None before the draw."""
        return recorded_draw(self.memory, self.journal.identity.session)
