"""How long an export still takes, told from how far it came so far; and whether its files have room."""

from instructor_app.words import bytes_words, counted, tr

SURE_MS = 2_000
SURE_SHARE = 0.03
_MINUTE_MS = 60_000
_TEN_MS = 10_000


class Pace:
    """What is left of something that tells its share; silent until that can be said."""

    def __init__(self, begun_ms: int) -> None:
        self._begun_ms = begun_ms

    def left(self, share: float, now_ms: int) -> str:
        """Return the time left in words, of a share between 0 and 1; empty while it is not known."""
        took = now_ms - self._begun_ms
        if took < SURE_MS or not SURE_SHARE <= share < 1:
            return ""
        rest = round(took * (1 - share) / share)
        if rest < _TEN_MS:
            return tr("a few seconds left")
        if rest < _MINUTE_MS:
            return tr("about {n} s left", n=-(-rest // _TEN_MS) * 10)
        return tr("about {n} min left", n=-(-rest // _MINUTE_MS))


def in_sum(files: int, size: int, free: int | None) -> str:
    """Return what is to be written and how much room there is; `free` is None while that is not known."""
    of = counted(files, "{n} file", "{n} files")
    if free is None:
        return tr("{files}, about {size}", files=of, size=bytes_words(size))
    return tr("{files}, about {size} · {free} free there", files=of, size=bytes_words(size), free=bytes_words(free))


def no_room(size: int, free: int | None) -> str:
    """Return what to do where the files don't fit; empty where they do, as far as is known."""
    if free is None or size <= free:
        return ""
    return tr(
        "About {size} are needed, and {free} are free there. Choose another folder, or fewer kinds.",
        size=bytes_words(size),
        free=bytes_words(free),
    )
