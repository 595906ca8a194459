"""What this exam allows, in words for the student."""

from shared.exam.content import Content
from shared.exam.front import FrontPage
from shared.exam.recorded import desk_in_words
from student_app.views.words import number, tr


def rules_in_words(content: Content | FrontPage) -> list[str]:
    """Return one sentence for each rule that a student may run into."""
    return desk_in_words(content.desk, content.interpreter.packages, tr, number)
