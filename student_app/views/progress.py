"""How far each question is: not begun, begun, and how its last run ended."""

from shared.exam.content import Content
from student_app.core.state import DeskState
from student_app.views.port import DeskPort, Surroundings, starter_texts


class Progress:
    """Compares the files with the starter code."""

    def __init__(self, desk: DeskPort, around: Surroundings) -> None:
        self._desk = desk
        self._around = around
        self._content: Content | None = None
        self._starters: dict[str, str] = {}

    @property
    def starters(self) -> dict[str, str]:
        """The starter files by `question/name`."""
        content = self._desk.content
        if content is not self._content:
            self._content, self._starters = content, starter_texts(content)
        return self._starters

    def of(self, state: DeskState) -> dict[str, str]:
        """Return `untouched`, `begun`, `ran` or `failed` for each question."""
        return {
            view.id: (view.last_run or "begun") if any(map(self._changed, view.files)) else "untouched"
            for view in state.questions
        }

    def _changed(self, file: str) -> bool:
        starter, model = self.starters.get(file, ""), self._around.model(file)
        return model.length != len(starter) or model.text != starter
