"""What this exam allows, in words for the student."""

from shared.exam.content import Content
from shared.exam.front import FrontPage
from student_app.views.words import number, tr


def rules_in_words(content: Content | FrontPage) -> list[str]:
    """Return one sentence for each rule that a student may run into."""
    desk = content.desk
    paste = {
        "allow": tr("You may paste into the editor."),
        "own": tr("You may paste what you wrote or were given in this exam; text from outside is not let in."),
        "block": tr("Pasting is switched off."),
    }[desk.paste]
    limits = tr("A run of your program may take {s} s, {mb} MB of memory and {kb} KB of output.").format(
        s=number(desk.run.seconds), mb=number(desk.run.memory_mb), kb=number(desk.run.output_kb)
    )
    network = (
        tr("Your programs may use the network.") if desk.run.network else tr("Your programs can't use the network.")
    )
    rules = [paste, limits, network]
    if content.interpreter.packages:
        rules.append(tr("Besides Python's own modules you may import: {names}.").format(
            names=", ".join(content.interpreter.packages)
        ))  # fmt: skip
    return rules
