"""Times and numbers in words."""

from PyQt6.QtCore import QCoreApplication, QDateTime, QLocale, QTime


def tr(text: str) -> str:
    """Translate a sentence of the window."""
    return QCoreApplication.translate("Words", text)


def countdown(ms: int) -> str:
    """Return a time left as a clock shows it: 1:05:09, 42:00."""
    seconds = max(0, -(-ms // 1000))
    hours, rest = divmod(seconds, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}" if hours else f"{rest // 60}:{rest % 60:02}"


def spoken(ms: int) -> str:
    """Return a duration in words: "12 min", "1 h 5 min"."""
    seconds = max(0, -(-ms // 1000))
    if seconds < 60:
        return tr("1 second") if seconds == 1 else tr("{n} seconds").format(n=seconds)
    hours, minutes = divmod(-(-seconds // 60), 60)
    if not hours:
        return tr("{n} min").format(n=minutes)
    return tr("{h} h {m} min").format(h=hours, m=minutes) if minutes else tr("{h} h").format(h=hours)


def time_of_day(wall_ms: int) -> str:
    """Return a moment as the locale writes it, without seconds."""
    moment = QDateTime.fromMSecsSinceEpoch(wall_ms)
    time = QTime(moment.time().hour(), moment.time().minute())
    return QLocale().toString(time, QLocale.FormatType.ShortFormat)


def time_with_seconds(wall_ms: int) -> str:
    """Return a moment as 14:05:09, the same width for every one."""
    return QDateTime.fromMSecsSinceEpoch(wall_ms).toString("HH:mm:ss")


def equal_lines(lines: int) -> str:
    """Return what stands for lines that are not shown because they are the same."""
    return tr("… 1 line is the same") if lines == 1 else tr("… {n} lines are the same").format(n=number(lines))


def date_and_time(wall_ms: int) -> str:
    """Return a moment as the locale writes it."""
    return QLocale().toString(QDateTime.fromMSecsSinceEpoch(wall_ms), QLocale.FormatType.ShortFormat)


def number(value: int) -> str:
    """Return a number as the locale writes it."""
    return QLocale().toString(value)


def not_sent(events: int) -> str:
    """Return what the instructor does not have yet."""
    if events == 1:
        return tr("1 change not yet with the instructor")
    return tr("{n} changes not yet with the instructor").format(n=number(events))


def on_their_way(events: int) -> str:
    """Return what was sent and is not confirmed yet."""
    if events == 1:
        return tr("1 change on its way")
    return tr("{n} changes on their way").format(n=number(events))


def lines_in_files(lines: int, files: int) -> str:
    """Return how much was written."""
    said = tr("1 line") if lines == 1 else tr("{n} lines").format(n=number(lines))
    return said if files == 1 else tr("{lines} in {n} files").format(lines=said, n=number(files))


def picture_file(name: str, kind: str) -> str:
    """Return a name for a file with a picture of this name."""
    letters = (letter if letter.isalnum() or letter in "-_ ." else "-" for letter in name)
    plain = "".join(letters).strip(" .-") or "picture"
    return plain if plain.lower().endswith(f".{kind}") else f"{plain}.{kind}"


def file_name(file: str) -> str:
    """Return a file's name without its question."""
    return file.partition("/")[2]
