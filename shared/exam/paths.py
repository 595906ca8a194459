"""Which file names an exam may have, so that it opens alike on Windows, Linux and macOS and never leaves its folder."""

import re
from collections.abc import Callable
from functools import lru_cache

MAX_PATH = 180
_RESERVED = re.compile(r"^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)", re.IGNORECASE)
_FORBIDDEN = re.compile(r'[<>:"|?*\x00-\x1f\x7f]')


def path_mistake(path: str) -> str:
    """What is wrong with this relative path (with `/`), as the end of a sentence; empty when nothing is."""
    if not path:
        return "is empty"
    if "\\" in path:
        return "contains a backslash; write folders with /"
    if path.startswith("/") or re.match(r"^[A-Za-z]:", path):
        return "is an absolute path; write it relative to the exam folder"
    if len(path) > MAX_PATH:
        return f"is {len(path)} characters long; at most {MAX_PATH} work on every system"
    return next((mistake for part in path.split("/") if (mistake := _part_mistake(part))), "")


@lru_cache(maxsize=4096)
def _part_mistake(part: str) -> str:
    return next((mistake for wrong, mistake in _PART_RULES if wrong(part)), "")


def _is_no_text(part: str) -> bool:
    try:
        part.encode()
    except UnicodeEncodeError:
        return True
    return False


_PART_RULES: tuple[tuple[Callable[[str], bool], str], ...] = (
    (lambda part: part == "..", "leads out of the exam folder"),
    (lambda part: part in ("", "."), "has an empty part"),
    (lambda part: _RESERVED.match(part) is not None, "contains a name that Windows keeps for itself"),
    (lambda part: _FORBIDDEN.search(part) is not None, "contains a character that Windows does not allow in names"),
    (lambda part: part[-1] in ". ", "has a part that ends with a dot or a space, which Windows drops"),
    (_is_no_text, "has a name that is not valid text"),
)


def clashing(paths: list[str]) -> list[tuple[str, str]]:
    """Pairs of paths that are one and the same file where case does not count."""
    seen: dict[str, str] = {}
    clashes = []
    for path in sorted(paths):
        first = seen.setdefault(path.casefold(), path)
        if first != path:
            clashes.append((first, path))
    return clashes
