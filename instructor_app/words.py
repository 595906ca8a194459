"""Words that screens share: translation, durations, times, counts."""

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale

NOTHING = "—"


def tr(text: str, **values: object) -> str:
    """Translate `text`, then fill its `{names}`."""
    translated = QCoreApplication.translate("ExamDesk", text)
    return translated.format(**values) if values else translated


def counted(count: int, one: str, many: str) -> str:
    """Say `count` of something; both forms hold `{n}` and are translated."""
    return tr(one if count == 1 else many, n=QLocale().toString(count))


def clock_time(at_ms: int | None, *, seconds: bool = False) -> str:
    """Return the time of day of a moment as the person's locale writes it."""
    if at_ms is None:
        return NOTHING
    local = QDateTime.fromMSecsSinceEpoch(at_ms).time()
    if seconds:
        return local.toString("HH:mm:ss")
    return QLocale().toString(local, QLocale.FormatType.ShortFormat)


def day_and_time(at_ms: int | None) -> str:
    """Return date and time of a moment as the person's locale writes them."""
    if at_ms is None:
        return NOTHING
    return QLocale().toString(QDateTime.fromMSecsSinceEpoch(at_ms), QLocale.FormatType.ShortFormat)


def day(at_ms: int) -> str:
    """Return the day of a moment as the person's locale writes it."""
    return QLocale().toString(QDateTime.fromMSecsSinceEpoch(at_ms).date(), QLocale.FormatType.ShortFormat)


def countdown(left_ms: int | None) -> str:
    """Return `1:04:09` or `4:09`; a dash for no end."""
    if left_ms is None:
        return NOTHING
    seconds = max(0, left_ms) // 1000
    hours, rest = divmod(seconds, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


def lasting(ms: int) -> str:
    """Return how long something took or lasted: `12 s`, `4 min`, `1 h 20 min`."""
    seconds = abs(ms) // 1000
    if seconds < 60:
        return tr("{n} s", n=seconds)
    if seconds < 3600:
        return tr("{n} min", n=seconds // 60)
    return tr("{h} h {m} min", h=seconds // 3600, m=seconds % 3600 // 60)


def ago(at_ms: int | None, now_ms: int) -> str:
    """Return how long ago a moment was."""
    if at_ms is None:
        return NOTHING
    return tr("now") if now_ms - at_ms < 3000 else tr("{time} ago", time=lasting(now_ms - at_ms))


def percent(share: float) -> str:
    """Return a share of 1 as a whole percentage."""
    return f"{QLocale().toString(share * 100, 'f', 0)} %"


def named(names: list[str], most: int = 3) -> str:
    """Return names in a row, the first `most` of them and how many more."""
    if len(names) <= most + 1:
        return ", ".join(names)
    return tr("{names} and {n} more", names=", ".join(names[:most]), n=len(names) - most)


def bytes_words(size: int) -> str:
    """Return a size as the person's locale writes it: `12 kB`, `3.4 MB`."""
    return QLocale().formattedDataSize(size, 1 if size >= 1_000_000 else 0, QLocale.DataSizeFormat.DataSizeSIFormat)
