"""How alike the pairs of the class are as a whole: both figures as pictures, and the numbers beside them."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QSplitter, QWidget

from examdesk.staffapi.messages import PairView, SimilarityView
from instructor_app.kit import Kit
from instructor_app.tables.box import TableBox
from instructor_app.tables.model import Column, RowsModel
from instructor_app.widgets.basic import EmptyState, column, holding, label
from instructor_app.widgets.distribution import BANDS, DistributionChart, bands
from instructor_app.words import NOTHING, percent, tr
from shared.look import SPACE


@dataclass(frozen=True, slots=True)
class Band:
    """So many pairs have a figure in this band of 5 %: by the plain figure, by the rank."""

    place: int
    plain: int
    rank: int | None
    not_higher: float


class ClassFigures(QWidget):
    """See the module."""

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self.plain = DistributionChart(kit.look, tr("All pairs of the class by the plain figure"))
        self.rank = DistributionChart(kit.look, tr("The same pairs by the rank"))
        columns: list[Column[Band]] = [
            Column("band", tr("Figure"), _band, lambda b: b.place, 100),
            Column("plain", tr("Pairs, plain"), lambda b: str(b.plain), lambda b: b.plain, 108, number=True),
            Column("rank", tr("Pairs, rank"), _rank, lambda b: b.rank or 0, 108, number=True),
            Column(
                "share",
                tr("Not higher"),
                lambda b: _share(b.not_higher),
                lambda b: b.not_higher,
                100,
                number=True,
                stretch=True,
            ),
        ]
        self.model: RowsModel[Band] = RowsModel(columns, lambda b: str(b.place), self)
        empty = EmptyState(
            kit.look, "similarity", tr("No pairs yet"), tr("Two students have to write something first.")
        )
        self.table: TableBox[Band] = TableBox(
            self.model, kit.look, kit.preferences, name="figures", title=tr("Pairs in each band"), empty=empty
        )
        note = label(
            tr(
                "A figure says something only beside these: in most classes independent programs share 10 to 30 %. "
                "“Not higher” is the share of all pairs up to that band, by the plain figure."
            ),
            "small",
            wrap=True,
        )
        split = QSplitter()
        pictures = holding(column(self.plain, self.rank, spacing=SPACE["m"]))
        pictures.setMinimumWidth(260)
        split.addWidget(pictures)
        split.addWidget(self.table)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        split.setChildrenCollapsible(False)
        split.setSizes([620, 420])
        self.setLayout(column(split, note))

    def take(self, view: SimilarityView) -> None:
        """Show the figures of a comparison."""
        self.plain.take(view.histogram)
        self.rank.take(view.rank_histogram)
        self.model.replace(rows_of(view.histogram, view.rank_histogram))

    def mark(self, pair: PairView | None) -> None:
        """Mark where a pair lies."""
        self.plain.mark(None if pair is None else pair.jaccard)
        self.rank.mark(None if pair is None else pair.rank)


def rows_of(plain: Sequence[int], rank: Sequence[int]) -> list[Band]:
    """Return a row for each band; none where there are no pairs."""
    counts, ranks, pairs = bands(plain), bands(rank), sum(plain)
    if not pairs:
        return []
    seen = 0
    found = []
    for place in range(BANDS):
        seen += counts[place]
        found.append(Band(place, counts[place], ranks[place] if rank else None, seen / pairs))
    return found


def _band(band: Band) -> str:
    return f"{percent(band.place / BANDS).removesuffix(' %')}–{percent((band.place + 1) / BANDS)}"  # noqa: RUF001


def _rank(band: Band) -> str:
    return NOTHING if band.rank is None else str(band.rank)


def _share(share: float) -> str:
    return "100 %" if share == 1 else f"{min(share * 100, 99.99):.2f} %"
