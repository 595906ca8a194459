"""What screens and exports show: read from the records and folded from events, never written.

`LiveModel` holds the facts of all sessions in memory; `Answers` turns them into the answers of the staff API.
"""

from examdesk.readmodels.answers import Answers
from examdesk.readmodels.exam import OpenedExam, given_of, open_exam, rules_of
from examdesk.readmodels.live import LiveModel

__all__ = ["Answers", "LiveModel", "OpenedExam", "given_of", "open_exam", "rules_of"]
