"""What a new edition of the exam's content changes for one student: texts, starter files, rules, what is recorded."""

from collections.abc import Iterable, Mapping

import msgspec

from shared.admission.edition import Edition
from shared.exam.content import Content
from shared.exam.differences import narrower, rule_changes
from shared.exam.recorded import what_is_recorded
from shared.exam.rules import RecordingPolicy
from shared.text import safe_text
from shared.wire.standing import Notice
from student_app.core.content import starter_files

PLACES = 1000
"""So many things of one edition have numbers of their own among the messages."""
CHANGED = "The text of “{title}” was changed. What is different is marked in it."
_WITHDRAWN = "Question “{title}” was withdrawn. It stays here and your work is kept; you need not go on with it."
_ADDED = "A question was added to your exam: “{title}”. It stands at the end of your list."
_CHECKS = "The checks of question “{title}” were changed."
_DATA = "The files beside your program in question “{title}” were changed."
_KEPT = (
    "There is new starter code for {files}. Your text is kept, because you have changed it; “Reset to starter code” in "
    "the menu File takes the new one."
)
_REPLACED = "{files} was replaced by a new starter file; you had not changed it."


class Amended(msgspec.Struct, frozen=True, kw_only=True):
    """One thing of an edition that the student reads: a question's text, or what is different in the exam's rules.

    Attributes:
        place: counts within the edition; 0 is the exam as a whole.
        title: of the question; `before` is how its text was, `now` how it is.
        sentences: what is different otherwise.
        recording: what was recorded before; nothing more is until the student has read this. None: as before.
    """

    edition: int
    place: int
    issued_ms: int
    question: str = ""
    title: str = ""
    before: str = ""
    now: str = ""
    sentences: tuple[str, ...] = ()
    recording: RecordingPolicy | None = None

    @property
    def number(self) -> int:
        """Its number among the messages: below 0, so that it is never one of the staff's."""
        return -(self.edition * PLACES + self.place)

    @property
    def text(self) -> str:
        """What the student reads."""
        return CHANGED.format(title=self.title) if self.question else " ".join(self.sentences)


class Starters(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of starter files: new ones, untouched ones with their new text, and those that the student keeps."""

    created: tuple[tuple[str, str], ...] = ()
    replaced: tuple[tuple[str, str], ...] = ()
    kept: tuple[str, ...] = ()


def in_force(notices: Iterable[Notice], edition: Edition | None) -> dict[str, str]:
    """Return how corrections say that questions read, as far as no later edition has the text."""
    ordered = sorted(notices, key=lambda one: one.number)
    return {one.question: one.prompt for one in ordered if one.question and counts(one, edition)}


def counts(notice: Notice, edition: Edition | None) -> bool:
    """Whether a correction still says how its question reads: no edition has changed that text since."""
    known = 0 if edition is None else edition.prompts.get(notice.question, 0)
    return bool(notice.prompt) and notice.number > known


def starters_of(old: Content, new: Content, drawn: Iterable[str], have: Mapping[str, str]) -> Starters:
    """Compare the starter files of the student's questions with what is in the workspace (`have`)."""
    created: list[tuple[str, str]] = []
    replaced: list[tuple[str, str]] = []
    kept: list[str] = []
    for question_id in drawn:
        former, now = old.question(question_id), new.question(question_id)
        if former is None or now is None:
            continue
        before = {name: safe_text(text) for name, text in starter_files(former)}
        for name, given in starter_files(now):
            text = safe_text(given)
            if before.get(name) == text or have.get(name) == text:
                continue
            if name not in have:
                created += [] if name in before else [(name, text)]  # the student removed it
            elif have[name] == before.get(name):
                replaced.append((name, text))
            else:
                kept.append(name)
    return Starters(created=tuple(created), replaced=tuple(replaced), kept=tuple(kept))


def amendments(
    old: Content, new: Content, drawn: Iterable[str], corrected: Mapping[str, str], edition: Edition, *, told: bool
) -> list[Amended]:
    """Return what the student reads of an edition: the exam as a whole first, then question by question.

    `told`: what is recorded is said elsewhere.
    """
    mine = list(drawn)
    found = []
    sentences = [*rule_changes(old.desk, new.desk, at_the_desk=True), *_about(old, new, mine)]
    wider = narrower(old.recording, new.recording) != new.recording
    if old.recording != new.recording and not told:
        sentences.append(recording_sentence(new.recording))
    if sentences or wider:
        found.append(
            Amended(
                edition=edition.number,
                place=0,
                issued_ms=edition.issued_ms,
                sentences=tuple(sentences),
                recording=old.recording if wider else None,
            )
        )
    for place, question_id in enumerate(mine, 1):
        former, now = old.question(question_id), new.question(question_id)
        if former is None or now is None or former.prompt == now.prompt:
            continue
        before = corrected.get(question_id, former.prompt)
        if before != now.prompt:
            found.append(
                Amended(
                    edition=edition.number,
                    place=place,
                    issued_ms=edition.issued_ms,
                    question=question_id,
                    title=now.title,
                    before=before,
                    now=now.prompt,
                )
            )
    return found


def recording_sentence(policy: RecordingPolicy) -> str:
    """Say what is recorded from now on."""
    return "What is recorded of your work has changed. " + " ".join(what_is_recorded(policy))


def added_sentence(title: str) -> str:
    """Say that a question was added."""
    return _ADDED.format(title=title)


def starter_sentences(starters: Starters) -> list[str]:
    """Say what became of starter files."""
    sentences = []
    if starters.replaced:
        sentences.append(_REPLACED.format(files=", ".join(name for name, _ in starters.replaced)))
    if starters.kept:
        sentences.append(_KEPT.format(files=", ".join(starters.kept)))
    return sentences


def _about(old: Content, new: Content, drawn: list[str]) -> list[str]:
    sentences = []
    if old.instructions != new.instructions:
        sentences.append("The exam's instructions were changed; read them again.")
    if old.attachments != new.attachments:
        sentences.append("The files that come with the exam were changed.")
    gone = {question.id for question in new.withdrawn} - {question.id for question in old.withdrawn}
    for question_id in drawn:
        former, now = old.question(question_id), new.question(question_id)
        if former is None or now is None:
            continue
        if question_id in gone:
            sentences.append(_WITHDRAWN.format(title=now.title))
        if former.data != now.data:
            sentences.append(_DATA.format(title=now.title))
        if former.checks != now.checks:
            sentences.append(_CHECKS.format(title=now.title))
    return sentences


def pack_amended(amended: Iterable[Amended]) -> bytes:
    """Return them as they are kept in a journal."""
    return msgspec.msgpack.encode(tuple(amended))


def unpack_amended(data: bytes | None) -> tuple[Amended, ...]:
    """Read what `pack_amended` gave; nothing for what can't be read."""
    try:
        return msgspec.msgpack.decode(data or b"\x90", type=tuple[Amended, ...])
    except msgspec.DecodeError:
        return ()
