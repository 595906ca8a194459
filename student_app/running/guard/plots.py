"""A backend of matplotlib without a window: `plt.show()` hands the figures to the desk as pictures.

It is found as `module://examdesk_figures`; `examdesk` is put into this module by what loads it.
"""

from __future__ import annotations

import io
import itertools
from typing import Any

from matplotlib._pylab_helpers import Gcf  # type: ignore[import-not-found,unused-ignore]
from matplotlib.backend_bases import FigureManagerBase  # type: ignore[import-not-found,unused-ignore]
from matplotlib.backends.backend_agg import FigureCanvasAgg  # type: ignore[import-not-found,unused-ignore]

examdesk: Any = None
MAX_PIXELS = 16_000_000


_count = itertools.count(1)


class FigureManager(FigureManagerBase):  # type: ignore[misc,unused-ignore]
    """Shows a figure by sending its picture, under a number that no other figure of this run has."""

    def __init__(self, canvas: Any, num: Any) -> None:
        self._examdesk_title = "Figure %d" % next(_count)  # noqa: UP031
        super().__init__(canvas, num)

    def show(self) -> None:
        """Send the figure as it is now."""
        self._send(now=True)

    @classmethod
    def pyplot_show(cls, *, block: bool | None = None) -> None:
        """Do what `plt.show()` does: all figures are shown, and closed as a person would close their windows."""
        show(block=block)

    def _send(self, *, now: bool) -> None:
        examdesk.show(self._examdesk_title, "png", self._draw, now=now)

    def get_window_title(self) -> str:
        """Return the title that the program gave."""
        return str(self._examdesk_title)

    def set_window_title(self, title: str) -> None:
        """Take a title from the program; matplotlib's own says nothing new."""
        if not str(title).startswith("Figure "):
            self._examdesk_title = str(title)

    def _draw(self) -> bytes:
        figure = self.canvas.figure
        width, height = figure.get_size_inches()
        dpi = min(float(figure.dpi) * 1.5, (MAX_PIXELS / max(width * height, 0.01)) ** 0.5)
        target = io.BytesIO()
        self.canvas.print_figure(target, format="png", dpi=dpi)
        return target.getvalue()


class FigureCanvas(FigureCanvasAgg):  # type: ignore[misc,unused-ignore]
    """Draws in memory; a pause (`plt.pause`) shows the figure and does not wait."""

    manager_class = FigureManager

    def draw_idle(self, *_args: Any, **_kwargs: Any) -> None:
        """Draw later: at the next pause, or when it is shown."""
        self.stale = True

    def start_event_loop(self, timeout: float = 0) -> None:
        """Show the figure, at most a few times a second."""
        del timeout
        if self.manager is not None:
            manager: Any = self.manager
            manager._send(now=False)  # noqa: SLF001


def show(*_args: Any, block: bool | None = None, **_kwargs: Any) -> None:
    """Show all figures; unless told not to wait, they are closed then."""
    managers: list[Any] = Gcf.get_all_fig_managers()
    for manager in managers:
        manager._send(now=block is not False)  # noqa: SLF001
    if block is not False:
        for manager in managers:
            Gcf.destroy(manager.num)


def new_figure_manager_given_figure(num: Any, figure: Any) -> FigureManager:
    """Return a manager for a figure (matplotlib before 3.6 asks the module)."""
    return FigureManager(FigureCanvas(figure), num)


def new_figure_manager(num: Any, *args: Any, FigureClass: Any = None, **kwargs: Any) -> FigureManager:  # noqa: N803
    """Return a manager for a new figure."""
    from matplotlib.figure import Figure  # type: ignore[import-not-found,unused-ignore]  # noqa: PLC0415

    return new_figure_manager_given_figure(num, (FigureClass or Figure)(*args, **kwargs))
