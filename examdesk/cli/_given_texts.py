"""`examdesk session --texts`: what a student had to read at a moment, and of which edition of the exam."""

from collections.abc import Iterator

from examdesk.staffapi.messages import GivenQuestion, GivenTexts
from examdesk.staffapi.playback.editions import Shown


def texts_given(shown: Shown, drawn: tuple[str, ...], texts: GivenTexts, *, as_json: bool) -> Iterator[object]:
    """Yield the lines, or `as_json` an object for each: the student's questions in order, all before the draw."""
    known = {each.question: each for each in texts.questions}
    wanted = [known[each] for each in drawn if each in known] if drawn else list(texts.questions)
    if as_json:
        yield from (_json(shown, texts, each) for each in wanted)
        return
    yield f"# {_edition(shown, texts)}"
    if texts.instructions:
        yield from ("==> instructions", *texts.instructions.splitlines())
    for each in wanted:
        changed = ", changed by this edition" if each.question in shown.changed else ""
        left = ", withdrawn from the exam by then" if each.withdrawn else ""
        yield f"==> {each.question}  {each.title}{changed}{left}"
        yield from each.prompt.splitlines()


def _edition(shown: Shown, texts: GivenTexts) -> str:
    which = f"Edition {shown.edition} of the exam" if shown.edition else "The exam as it was first given"
    if not shown.known:
        return f"{which}; this record does not say which text it has."
    return which if texts.known else f"{which}; these records do not have its text."


def _json(shown: Shown, texts: GivenTexts, each: GivenQuestion) -> dict[str, object]:
    fields = {"edition": shown.edition, "content": texts.content, "question": each.question, "title": each.title}
    changed = each.question in shown.changed
    return {**fields, "prompt": each.prompt, "changed": changed, "withdrawn": each.withdrawn}
