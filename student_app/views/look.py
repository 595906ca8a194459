"""The theme of the window: system, light, dark or high contrast; font size; icons that follow the theme."""

import weakref

from PyQt6 import sip
from PyQt6.QtCore import QByteArray, QObject, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QIcon, QPainter, QPalette, QPixmap
from PyQt6.QtSvg import QSvgRenderer
from PyQt6.QtWidgets import QAbstractButton, QApplication, QLabel

from shared.look import CODE_FAMILY, Palette, Theme, code_font_files, icon_svg, palette, palette_roles, stylesheet
from shared.look.tokens import type_scale

SMALLEST, LARGEST = -3, 12
UNSCALED_WIDTH = 3_000
USUAL_DPI, MOST_DPI = 96.0, 400.0
NORMAL = 10.0
ICON = 18


class Look(QObject):
    """One per program. `choice` is empty where the system decides; `zoom` is in points."""

    changed = pyqtSignal()

    def __init__(self, app: QApplication, choice: str = "", zoom: int = 0) -> None:
        super().__init__()
        self._app = app
        points = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).pointSizeF()
        self._base = points if points > 0 else 10.0
        self.direction = app.layoutDirection()
        app.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # Scintilla paints in the program's; windows have theirs
        self.choice = choice
        self.zoom = zoom
        self._icons: weakref.WeakKeyDictionary[QAbstractButton | QLabel, tuple[str, str, int]]
        self._icons = weakref.WeakKeyDictionary()
        app.setStyle("Fusion")
        for file in code_font_files():
            QFontDatabase.addApplicationFont(str(file))
        hints = QGuiApplication.styleHints()
        if hints is not None:
            hints.colorSchemeChanged.connect(self._system_changed)
        self._wear()

    @property
    def theme(self) -> Theme:
        """The theme that is worn now."""
        return Theme(self.choice) if self.choice else _system_theme()

    @property
    def colours(self) -> Palette:
        """The colours of the theme."""
        return palette(self.theme)

    @property
    def code_font(self) -> QFont:
        """The font of code, in its present size."""
        font = QFont(CODE_FAMILY)
        font.setStyleHint(QFont.StyleHint.Monospace)
        font.setPointSizeF(type_scale(self._base + self.zoom).code)
        return font

    def choose(self, choice: str) -> None:
        """Wear `light`, `dark`, `contrast`, or what the system says (empty)."""
        self.choice = choice
        self._wear()

    def grow(self, points: int) -> None:
        """Make all text larger or smaller; 0 goes back to the system's size."""
        self.zoom = max(SMALLEST, min(LARGEST, self.zoom + points)) if points else 0
        self._wear()

    def colour(self, tone: str) -> str:
        """Return a colour of the theme by its name."""
        return str(getattr(self.colours, tone))

    def dress(self, widget: QAbstractButton | QLabel, icon: str, tone: str = "text", size: int = ICON) -> None:
        """Give a button or a label an icon that follows the theme."""
        self._icons[widget] = (icon, tone, size)
        self._paint(widget, icon, tone, size)

    def pixmap(self, icon: str, tone: str = "text", size: int = ICON) -> QPixmap:
        """Return an icon in a colour of the theme."""
        picture = QPixmap(size * 3, size * 3)
        picture.fill(QColor(0, 0, 0, 0))
        painter = QPainter(picture)
        QSvgRenderer(QByteArray(icon_svg(icon, self.colour(tone)))).render(painter)
        painter.end()
        picture.setDevicePixelRatio(3)
        return picture

    def _paint(self, widget: QAbstractButton | QLabel, icon: str, tone: str, size: int) -> None:
        if isinstance(widget, QLabel):
            widget.setPixmap(self.pixmap(icon, tone, size))
        else:
            picture = QIcon(self.pixmap(icon, tone, size))
            picture.addPixmap(self.pixmap(icon, "disabled", size), QIcon.Mode.Disabled)
            widget.setIcon(picture)
            widget.setIconSize(QSize(size, size))

    def _system_changed(self, _scheme: Qt.ColorScheme) -> None:
        if not self.choice:
            self._wear()

    def _wear(self) -> None:
        size = self._base + self.zoom
        font = QFont(self._app.font())
        font.setPointSizeF(size)
        self._app.setFont(font)
        colours = QPalette()
        for name, colour in palette_roles(self.theme).items():
            group, _, role = name.rpartition(".")
            which = getattr(QPalette.ColorRole, role, None)
            if which is None:
                continue
            if group:
                colours.setColor(QPalette.ColorGroup[group], which, QColor(colour))
            else:
                colours.setColor(which, QColor(colour))
        self._app.setPalette(colours)
        self._app.setStyleSheet(stylesheet(self.theme, size))
        for widget, (icon, tone, pixels) in list(self._icons.items()):
            if not sip.isdeleted(widget):
                self._paint(widget, icon, tone, pixels)
        self.changed.emit()


def first_zoom(width: int, ratio: float, dots_per_inch: float) -> int:
    """Return how much larger text begins on a screen, in points.

    On a 4K screen that its system shows unscaled, text of the usual size is half as large as people can read it.
    `width` is in pixels, `ratio` the system's scaling; a screen that gives no believable size stays as it is.
    """
    if width < UNSCALED_WIDTH or ratio > 1.0 or not USUAL_DPI < dots_per_inch < MOST_DPI:
        return 0
    return min(LARGEST, round(NORMAL * (dots_per_inch / USUAL_DPI - 1)))


def _system_theme() -> Theme:
    hints = QGuiApplication.styleHints()
    if hints is None:
        return Theme.LIGHT
    if hasattr(hints, "accessibility"):  # since Qt 6.10
        accessibility = hints.accessibility()
        if accessibility is not None and accessibility.contrastPreference() == Qt.ContrastPreference.HighContrast:
            return Theme.CONTRAST
    return Theme.DARK if hints.colorScheme() == Qt.ColorScheme.Dark else Theme.LIGHT
