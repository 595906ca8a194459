"""What counts as the student's own when it is pasted: what was copied here, and what the exam itself gave."""

from collections import deque
from collections.abc import Iterator

COPIES = 128


class Clips:
    """Texts copied or cut in this session, and the exam's own texts (starter code, prompts)."""

    def __init__(self) -> None:
        self._copied: deque[str] = deque(maxlen=COPIES)
        self._given: list[str] = []

    def copied(self, text: str) -> None:
        """Remember a text that was copied or cut within the session."""
        normal = _normal(text)
        if normal and normal not in self._copied:
            self._copied.append(normal)

    def given(self, text: str) -> None:
        """Remember a text that the exam shows: a prompt, starter code, the instructions."""
        normal = _normal(text)
        if normal and normal not in self._given:
            self._given.append(normal)

    def knows(self, text: str) -> bool:
        """Tell whether the text was copied here or stands in what the exam shows."""
        normal = _normal(text).strip("\n")  # clipboard managers add line ends, and take them away
        if not normal.strip():
            return True
        return any(normal in one for one in self._copied) or any(normal in one for one in self._given)

    @staticmethod
    def forms(text: str) -> Iterator[str]:
        """Yield the text with each kind of line end that a file of the workspace may have."""
        normal = _normal(text)
        yield normal
        if "\n" in normal:
            yield normal.replace("\n", "\r\n")


def _normal(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
