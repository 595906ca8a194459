"""What the tabs of the room panel have in common: a list that is asked for while it is in sight."""

from PySide6.QtWidgets import QWidget

from instructor_app.kit import Kit
from instructor_app.widgets.basic import Banner
from shared.problems import Problem


class RoomTab(QWidget):
    """A tab; `refresh` asks the hub again."""

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self.banner = Banner(kit.look, narrow=True)

    def refresh(self) -> None:
        """Ask again for what is shown."""
        raise NotImplementedError

    def problem(self, problem: Problem) -> None:
        """Say what could not be read or done."""
        self.banner.say("attention", problem.sentence)
