"""Changes of the sample exam while it runs: a text, a starter file, rules, and a question that is new."""

from examdesk.staffapi.messages import ApplyEdition, Done, EditionChange, EditionPreview, PreviewEdition

_CHANGES = (
    EditionChange(what="rules", sentence="Seconds that a run may take: 20 instead of 10.", sessions=21),
    EditionChange(what="prompt", question="q1", sentence="Question q1: the text is different.", sessions=21),
    EditionChange(
        what="starter", question="q2", sentence="Question q2: the starter file main.py is different.", sessions=19
    ),
    EditionChange(what="added", question="q4", sentence="Question q4 (Angle between two vectors) is new."),
)
_TOKENS = ("now", "later")
_LATER = (
    "The signals' thresholds ([signals]): this waits for the hub's next start; it can't change while the exam runs.",
)


class SampleEditions:
    """Has the changes at the desks once they were applied."""

    def __init__(self) -> None:
        self._number = 0

    def preview(self, _ask: PreviewEdition) -> EditionPreview:
        """Return what waits."""
        questions = (("q1", "Distance of two points"), ("q4", "Angle between two vectors"))
        if self._number:
            return EditionPreview(current=self._number, token=_TOKENS[1], questions=questions, begun=21, online=19)
        return EditionPreview(
            current=0,
            token=_TOKENS[0],
            changes=_CHANGES,
            later=_LATER,
            added=("q4",),
            questions=questions,
            begun=21,
            online=19,
        )

    def apply(self, _ask: ApplyEdition) -> Done:
        """Bring it to the desks."""
        self._number += 1
        return Done(
            sentence="Edition 1 of the exam is at the desks. 19 desks are connected; others get it once they are."
        )
