"""What is different between two editions of an exam's content, in sentences that staff and students read."""

from typing import Literal

import msgspec

from shared.exam.content import Content, ContentFile, QuestionContent
from shared.exam.rules import DeskRules, RecordingPolicy

What = Literal[
    "added", "withdrawn", "prompt", "title", "starter", "data", "checks", "main", "exam", "rules", "recording"
]

_RULES: dict[str, str] = {
    "paste": "Pasting",
    "idle_minutes": "Minutes until the live table says Idle",
    "auto_close": "Closing sessions by itself",
    "auto_close_minutes": "Minutes until a session is closed by itself",
    "take_back": "Taking a hand-in back",
    "issue_reporting": "Reporting a problem",
    "notes": "The page for notes",
    "editor.line_numbers": "Line numbers",
    "editor.highlighting": "Colours of Python's words",
    "editor.auto_indent": "Indenting a new line by itself",
    "editor.brace_match": "Marking the matching bracket",
    "editor.tab_width": "Spaces for the Tab key",
    "run.seconds": "Seconds that a run may take",
    "run.memory_mb": "Memory of a run in MB",
    "run.output_kb": "Output of a run in KB",
    "run.files_mb": "Size of a file that a run writes in MB",
    "run.processes": "Processes of a run",
    "run.network": "Network for programs",
}
STAFF_ONLY = frozenset({"idle_minutes", "auto_close", "auto_close_minutes"})
"""Rules that change nothing at the desk."""
_VALUES = {True: "on", False: "off", "allow": "allowed", "own": "own text only", "block": "switched off"}
_PARTS: dict[str, tuple[What, str]] = {
    "starter": ("starter", "starter file"),
    "data": ("data", "data file"),
    "checks": ("checks", "shown check"),
    "images": ("prompt", "picture"),
}


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is different; `question` is empty for the exam as a whole."""

    what: What
    question: str = ""
    sentence: str


def differences(old: Content, new: Content) -> list[Difference]:
    """Everything that a student could notice, the exam as a whole first, then question by question."""
    found = _of_exam(old, new)
    before = {question.id: question for question in old.questions}
    for question in new.questions:
        former = before.get(question.id) or old.question(question.id)
        if former is None:
            sentence = f"Question {question.id} ({question.title}) is new."
            found.append(Difference(what="added", question=question.id, sentence=sentence))
        else:
            found.extend(_of_question(former, question))
    still = {question.id for question in new.questions}
    for question in old.questions:
        if question.id not in still:
            sentence = f"Question {question.id} ({question.title}) is withdrawn; who has it keeps it and the work."
            found.append(Difference(what="withdrawn", question=question.id, sentence=sentence))
    return found


def _of_exam(old: Content, new: Content) -> list[Difference]:
    found: list[Difference] = []

    def say(what: What, sentence: str) -> None:
        found.append(Difference(what=what, sentence=sentence))

    if (old.title, old.long_name, old.course) != (new.title, new.long_name, new.course):
        say("exam", f"The exam is called {new.long_name} now.")
    if old.instructions != new.instructions:
        say("exam", "The instructions are different.")
    if old.honor_code != new.honor_code:
        say("exam", "The honor code is different; who has accepted it has accepted the former text.")
    for sentence in _files("attachment", old.attachments, new.attachments):
        say("exam", sentence)
    if (old.zones, old.shuffle) != (new.zones, new.shuffle):
        say("exam", "Parts, points or order are different; what a student has drawn stays.")
    return found + _of_rules(old, new)


def _of_rules(old: Content, new: Content) -> list[Difference]:
    found = [Difference(what="rules", sentence=sentence) for sentence in rule_changes(old.desk, new.desk)]
    if old.recording != new.recording:
        found.append(Difference(what="recording", sentence=_recording(old.recording, new.recording)))
    if old.interpreter.python != new.interpreter.python:
        sentence = f"Programs run on Python {new.interpreter.python} now."
        found.append(Difference(what="rules", sentence=sentence))
    if old.checks != new.checks:
        found.append(Difference(what="checks", sentence="The rules of the checks are different."))
    return found


def _of_question(old: QuestionContent, new: QuestionContent) -> list[Difference]:
    found: list[Difference] = []

    def say(what: What, sentence: str) -> None:
        found.append(Difference(what=what, question=new.id, sentence=f"Question {new.id}: {sentence}"))

    if old.title != new.title:
        say("title", f"the title is {new.title} now.")
    if old.prompt != new.prompt:
        say("prompt", "the text is different.")
    if old.main != new.main:
        say("main", f"Run starts {new.main} now.")
    for part, (what, name) in _PARTS.items():
        for sentence in _files(name, getattr(old, part), getattr(new, part)):
            say(what, sentence[0].lower() + sentence[1:])
    return found


def _files(name: str, old: tuple[ContentFile, ...], new: tuple[ContentFile, ...]) -> list[str]:
    before, after = {each.path: each.data for each in old}, {each.path: each.data for each in new}
    sentences = [f"The {name} {path} is new." for path in after if path not in before]
    sentences += [f"The {name} {path} is different." for path in after if before.get(path, after[path]) != after[path]]
    return sentences + [f"The {name} {path} is gone." for path in before if path not in after]


def rule_changes(old: DeskRules, new: DeskRules, *, at_the_desk: bool = False) -> list[str]:
    """One sentence for each rule that is different; `at_the_desk`: only what a student can notice."""
    sentences = []
    for name, title in _RULES.items():
        before, after = _value(old, name), _value(new, name)
        if before != after and not (at_the_desk and name in STAFF_ONLY):
            sentences.append(f"{title}: {_said(after)} instead of {_said(before)}.")
    return sentences


def _value(rules: DeskRules, name: str) -> object:
    value: object = rules
    for part in name.split("."):
        value = getattr(value, part)
    return value


def _said(value: object) -> str:
    return _VALUES.get(value, str(value)) if isinstance(value, bool | str) else str(value)


def _recording(old: RecordingPolicy, new: RecordingPolicy) -> str:
    less = [name for name in old.__struct_fields__ if getattr(old, name) and not getattr(new, name)]
    more = [name for name in old.__struct_fields__ if not getattr(old, name) and getattr(new, name)]
    parts = []
    if less:
        parts.append(f"no longer recorded, at once: {', '.join(less)}")
    if more:
        parts.append(f"recorded as soon as a student has read it: {', '.join(more)}")
    return f"What is recorded is different: {'; '.join(parts)}."


def narrower(one: RecordingPolicy, other: RecordingPolicy) -> RecordingPolicy:
    """What both policies let be recorded."""
    both = {name: getattr(one, name) and getattr(other, name) for name in one.__struct_fields__}
    return RecordingPolicy(**both)
