"""What the student reads before and during the exam: what is recorded, what the desk allows, and the honor code."""

from collections.abc import Callable, Sequence

from shared.exam.document import Exam
from shared.exam.rules import DeskRules, RecordingPolicy

DEFAULT_HONOR_CODE = (
    "I certify that I am the person named above, that the work I hand in is my own, and that I use only the help "
    "that this exam allows."
)

_ALWAYS = "The text of your programs as you change it, with the time of each change."
_SENTENCES: dict[str, tuple[str, str]] = {
    "keystrokes": (
        "When you press keys in the editor.",
        "The rhythm of your typing is not recorded.",
    ),
    "pastes": (
        "When you paste something into the editor, and how much.",
        "Pasting is not recorded as such; pasted text counts as text.",
    ),
    "paste_text": (
        "The text that you paste or try to paste.",
        "Text on your clipboard is not recorded, only what ends up in your program.",
    ),
    "runs": (
        "Each run of your program: when, with which code, and how it ended.",
        "Runs of your program are not recorded.",
    ),
    "output": (
        "What your program prints and what you type into it while it runs.",
        "What your program prints and what you type into it is not recorded.",
    ),
    "focus": (
        "When you leave the exam window and come back to it, not what you do elsewhere.",
        "Leaving the exam window is not recorded.",
    ),
    "device": (
        "Which PC you sit at: its name, network address, operating system and signed-in user.",
        "Nothing about your PC is recorded apart from a random number for this session.",
    ),
    "surroundings": (
        "Whether this PC is a virtual machine, and whether it is worked at from another PC, as its system says.",
        "Whether this PC is a virtual machine or worked at from another PC is not recorded.",
    ),
}
_NEVER = (
    "Never: your screen, camera, microphone, other programs, files outside the exam, or anything after you hand in."
)


def what_is_recorded(policy: RecordingPolicy) -> list[str]:
    """The sentences that tell a student what this policy records, and then what it does not."""
    on, off = [_ALWAYS], []
    for name, (recorded, left_out) in _SENTENCES.items():
        if _in_force(policy, name):
            on.append(recorded)
        else:
            off.append(left_out)
    return [*on, *off, _NEVER]


def _in_force(policy: RecordingPolicy, name: str) -> bool:
    """Whether this is recorded, given that pasted text needs pastes and output needs runs."""
    needed = {"paste_text": policy.pastes, "output": policy.runs}.get(name, True)
    return needed and bool(getattr(policy, name))


def desk_in_words(
    desk: DeskRules, packages: Sequence[str], say: Callable[[str], str] = str, number: Callable[[int], str] = str
) -> list[str]:
    """One sentence for each rule that a student may run into; `say` translates it, `number` writes its numbers."""
    paste = {
        "allow": "You may paste into the editor.",
        "own": "You may paste what you wrote or were given in this exam; text from outside is not let in.",
        "block": "Pasting is switched off.",
    }[desk.paste]
    limits = say("A run of your program may take {s} s, {mb} MB of memory and {kb} KB of output.").format(
        s=number(desk.run.seconds), mb=number(desk.run.memory_mb), kb=number(desk.run.output_kb)
    )
    network = "Your programs may use the network." if desk.run.network else "Your programs can't use the network."
    rules = [say(paste), limits, say(network)]
    if packages:
        rules.append(say("Besides Python's own modules you may import: {names}.").format(names=", ".join(packages)))
    return rules


def honor_code_text(exam: Exam) -> str:
    """The text that the student affirms; empty when there is none."""
    return {"default": DEFAULT_HONOR_CODE, "own": exam.honor_code.text, "off": ""}[exam.honor_code.mode]
