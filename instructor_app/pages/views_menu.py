"""Saved views of a table: its filter, search, order and columns under a name."""

from collections.abc import Callable

import msgspec
from PySide6.QtCore import QByteArray, Qt
from PySide6.QtWidgets import QLineEdit, QMenu, QPushButton

from instructor_app.kit import Kit
from instructor_app.preferences import SavedView
from instructor_app.widgets.basic import button, card, column, label
from instructor_app.words import tr
from shared.look import SPACE

MAX_NAME = 40


class ViewsButton(QPushButton):
    """A button with the saved views of a page; `look_now` returns the view as it is, `show_view` puts one on."""

    def __init__(
        self,
        kit: Kit,
        look_now: Callable[[], SavedView],
        show_view: Callable[[SavedView], None],
        *,
        page: str = "live",
        example: str = "",
    ) -> None:
        super().__init__(tr("Views"))
        self._kit, self._look_now, self._show_view = kit, look_now, show_view
        self._page, self._example = page, example or tr("Row C, Only who is offline, …")
        self._current = ""
        self.setProperty("kind", "quiet")
        kit.look.dress(self, "eye", "muted", 15)
        self.setAccessibleName(tr("Saved views of the table"))
        self._menu = QMenu(self)
        self._menu.aboutToShow.connect(self.fill)
        self.setMenu(self._menu)

    def fill(self) -> None:
        """Put the views in."""
        menu = self._menu
        menu.clear()
        menu.addAction(tr("Everybody, as at first"), lambda: self.choose(SavedView(name="")))
        views = self._kit.preferences.views(self._page)
        if views:
            menu.addSeparator()
        for view in views:
            action = menu.addAction(view.name.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(view.name == self._current)
            action.triggered.connect(lambda _, view=view: self.choose(view))
        menu.addSeparator()
        menu.addAction(tr("Save this view…"), self.ask_name)
        if self._current:
            menu.addAction(tr("Forget “{view}”", view=self._current), self.forget)

    def choose(self, view: SavedView) -> None:
        """Put a view on."""
        self._current = view.name
        self._show_view(view)
        self.setText(view.name.replace("&", "&&") or tr("Views"))

    def save(self, name: str) -> None:
        """Keep the view as it is under a name; one of this name is replaced."""
        clean = " ".join(name.split())[:MAX_NAME]
        if not clean:
            return
        view = msgspec.structs.replace(self._look_now(), name=clean)
        self._kit.preferences.keep_view(view, self._page)
        self._current = clean
        self.setText(clean.replace("&", "&&"))

    def forget(self) -> None:
        """Forget the view that is on; the table stays as it is."""
        self._kit.preferences.forget_view(self._current, self._page)
        self._current = ""
        self.setText(tr("Views"))

    def ask_name(self) -> None:
        """Ask for the name under which to keep the view."""
        field = QLineEdit(self._current)
        field.setMaxLength(MAX_NAME)
        field.setPlaceholderText(self._example)
        field.setAccessibleName(tr("Name of the view"))
        inside = column(label(tr("Name of the view")), field)
        popup = card(inside, margin=SPACE["m"])
        popup.setParent(self, Qt.WindowType.Popup)
        popup.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        popup.setMinimumWidth(260)

        def take() -> None:
            name = field.text()
            popup.close()
            self.save(name)

        inside.addWidget(button(self._kit.look, tr("Save"), kind="primary", then=take))
        field.returnPressed.connect(take)
        popup.move(self.mapToGlobal(self.rect().bottomLeft()))
        popup.show()
        field.setFocus()
        field.selectAll()


def packed(state: QByteArray) -> str:
    """Return a header's state as a view keeps it."""
    return bytes(state.toBase64().data()).decode()


def unpacked(text: str) -> QByteArray:
    """Return a header's state as it was kept; empty for none."""
    return QByteArray.fromBase64(text.encode())
