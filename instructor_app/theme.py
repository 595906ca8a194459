"""The look in this program: fonts, palette, style sheet and icons of the chosen theme."""

import weakref
from functools import cache
from typing import Literal

from PySide6.QtCore import QByteArray, QObject, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel

from shared.look import CODE_FAMILY, Palette, Theme, code_font_files, icon_svg, palette, palette_roles, stylesheet

Choice = Literal["system", "light", "dark", "contrast"]
ICON = 18
_OWN_SHEET = """
QHeaderView::up-arrow, QHeaderView::down-arrow {
  subcontrol-position: top center; right: 0; top: 1px; width: 9px; height: 9px;
}
QFrame[kind="panel"] QTabBar::tab { padding: 5px 8px; }
QTabBar[room="tight"]::tab, QFrame[kind="panel"] QTabBar[room="tight"]::tab { padding: 5px 6px; margin-right: 0; }
QFrame[kind="banner"][place="top"] { margin-top: 8px; }
QTabBar::tear { image: none; width: 0; }
"""
SMALLEST_POINTS = 8
LARGEST_POINTS = 18

ALIKE = 64
"""Of a lightness from 0 to 255."""


class Look(QObject):
    """Colours, fonts and icons, changed at once for the whole program.

    Attributes:
        changed: everything that paints by itself has to paint again.
    """

    changed = Signal()

    def __init__(self, app: QApplication, choice: Choice = "system", points: float = 0) -> None:
        super().__init__(app)
        self._app = app
        self._dressed: list[tuple[weakref.ref[QAbstractButton | QLabel], str, str, int]] = []
        self.choice: Choice = choice
        app.setStyle("Fusion")
        for file in code_font_files():
            QFontDatabase.addApplicationFont(str(file))
        self._font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)  # whatever an earlier look chose
        if QGuiApplication.platformName() == "offscreen" and QFontDatabase.hasFamily("Noto Sans"):
            self._font = QFont("Noto Sans", 10)
        self._font.setFeature(QFont.Tag("tnum"), 1)
        self.system_points = self._font.pointSizeF()
        self.points = points or self.system_points
        self.theme = Theme.LIGHT
        self.colours: Palette = palette(self.theme)
        hints = app.styleHints()
        hints.colorSchemeChanged.connect(self._follow_system)
        self.choose(choice, self.points)

    def choose(self, choice: Choice, points: float) -> None:
        """Put on a theme and a font size."""
        self.choice, self.points = choice, points or self.system_points
        self.theme = self._system_theme() if choice == "system" else Theme(choice)
        self.colours = palette(self.theme)
        self._font.setPointSizeF(self.points)
        self._app.setFont(self._font)
        self._app.setPalette(_qt_palette(self.theme))
        self._app.setStyleSheet(stylesheet(self.theme, self.points) + _OWN_SHEET)
        _pixmap.cache_clear()
        alive = [(ref, name, role, size) for ref, name, role, size in self._dressed if ref() is not None]
        self._dressed = alive
        for ref, name, role, size in alive:
            self._put(ref(), name, role, size)
        self.changed.emit()

    def colour(self, role: str) -> QColor:
        """Return the colour with this name in the palette of `shared.look`."""
        return QColor(getattr(self.colours, role))

    def code_font(self) -> QFont:
        """Return the font for code."""
        font = QFont(CODE_FAMILY)
        font.setPointSizeF(self.points * 1.05)
        font.setStyleHint(QFont.StyleHint.Monospace)
        return font

    def pixmap(self, name: str, colour: str, size: int = ICON) -> QPixmap:
        """Return an icon's picture; `colour` as #rrggbb."""
        return _pixmap(name, colour, size, self._app.devicePixelRatio())

    def icon(self, name: str, role: str = "text", size: int = ICON) -> QIcon:
        """Return an icon in a colour of the palette."""
        icon = QIcon(self.pixmap(name, getattr(self.colours, role), size))
        icon.addPixmap(self.pixmap(name, self.colours.disabled, size), QIcon.Mode.Disabled)
        icon.addPixmap(self.pixmap(name, self.colours.on_selection, size), QIcon.Mode.Selected)
        return icon

    def dress(self, widget: QAbstractButton | QLabel, name: str, role: str = "text", size: int = ICON) -> None:
        """Give a button or label an icon that follows the theme; an earlier one is replaced."""
        self._dressed = [entry for entry in self._dressed if entry[0]() is not widget]
        self._dressed.append((weakref.ref(widget), name, role, size))
        self._put(widget, name, role, size)

    def _put(self, widget: QAbstractButton | QLabel | None, name: str, role: str, size: int) -> None:
        try:
            if isinstance(widget, QAbstractButton):
                widget.setIcon(self.icon(name, role, size))
                widget.setIconSize(QSize(size, size))
            elif widget is not None:
                widget.setPixmap(self.pixmap(name, getattr(self.colours, role), size))
        except RuntimeError:  # Qt's part is gone already, Python's not yet
            return

    def _system_theme(self) -> Theme:
        hints = self._app.styleHints()
        accessibility = getattr(hints, "accessibility", None)
        if accessibility is not None:
            preference = accessibility().contrastPreference()
            if preference == Qt.ContrastPreference.HighContrast:
                return Theme.CONTRAST
        return Theme.DARK if hints.colorScheme() == Qt.ColorScheme.Dark else Theme.LIGHT

    @Slot()
    def _follow_system(self) -> None:
        if self.choice == "system" and self._system_theme() != self.theme:
            self.choose("system", self.points)


@cache
def _pixmap(name: str, colour: str, size: int, ratio: float) -> QPixmap:
    pixels = max(1, round(size * ratio))
    picture = QPixmap(pixels, pixels)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    QSvgRenderer(QByteArray(icon_svg(name, colour))).render(painter)
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture


def _qt_palette(theme: Theme) -> QPalette:
    colours = QPalette()
    for name, colour in palette_roles(theme).items():
        group, _, role = name.rpartition(".")
        which = getattr(QPalette.ColorRole, role, None)
        if which is None:
            continue
        if group:
            colours.setColor(getattr(QPalette.ColorGroup, group), which, QColor(colour))
        else:
            colours.setColor(which, QColor(colour))
    return colours


def alike(one: str, other: str) -> bool:
    """Tell whether two colours of text are so near in lightness that the same backgrounds suit them."""
    return abs(QColor(one).lightness() - QColor(other).lightness()) < ALIKE
