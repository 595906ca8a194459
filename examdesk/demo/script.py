"""What the student does whose desk is a process of its own: works, asks for help, looks away, loses power, hands in."""

from typing import Any

import msgspec

from examdesk.demo.questions import Question, program

KEYS = 3
KEYS_MS = 330
"""How long a person needs for these keys."""
HANDS_IN_AT = 0.88
_ASKS_AT = 0.2
_AWAY_AT = 0.5

Step = dict[str, Any]


def script(questions: list[Question], number: int, seconds: float) -> bytes:
    """Return the script of student `number` for a class of `seconds`, one JSON object a line."""
    end_ms = int(seconds * 1000)
    steps = [
        *_work(questions, number, int(end_ms * HANDS_IN_AT)),
        _step(end_ms * _ASKS_AT, "hand", up=True, text="Is 0.5 mm a wet day?"),
        _step(end_ms * _AWAY_AT, "focus", here=False),
        _step(end_ms * _AWAY_AT + 4000, "focus", here=True, away_ms=4000),
        _step(end_ms * HANDS_IN_AT, "submit"),
    ]
    steps.sort(key=lambda step: int(step["at_ms"]))
    return b"".join(msgspec.json.encode(step) + b"\n" for step in steps)


def _work(questions: list[Question], number: int, until_ms: int) -> list[Step]:
    """Type each program, run it, and turn to the next one, as far as the time reaches."""
    steps: list[Step] = []
    at = 0
    for question in questions:
        text, file = program(question, number), f"{question.id}/main.py"
        steps.append(_step(at, "view", question=question.id))
        for offset in range(len(question.starter), len(text), KEYS):
            at += KEYS_MS
            steps.append(_step(at, "insert", file=file, offset=offset, text=text[offset : offset + KEYS]))
        at += KEYS_MS
        steps.append(_step(at, "run", file=file))
        at += 2000
    return [step for step in steps if int(step["at_ms"]) < until_ms]


def _step(at_ms: float, do: str, **more: object) -> Step:
    return {"at_ms": int(at_ms), "do": do, **more}
