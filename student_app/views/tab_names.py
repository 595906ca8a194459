"""Short names for the tabs of files: no longer than a tab can be, and no two alike."""

MOST = 26
"""Characters of a tab."""


def tab_names(paths: tuple[str, ...]) -> list[str]:
    """Return a name for each path: the whole where it is short, else its end, with as many folders as tell it apart."""
    return [path if len(path) <= MOST else _short(path, paths) for path in paths]


def _short(path: str, among: tuple[str, ...]) -> str:
    parts = path.split("/")
    for count in range(1, len(parts) + 1):
        end = "/".join(parts[-count:])
        if sum(one == end or one.endswith(f"/{end}") for one in among) == 1:
            break
    lead = "" if count == len(parts) else "…/"
    return lead + _middle_out(end, MOST - len(lead))


def _middle_out(text: str, most: int) -> str:
    """Leave out the middle: names of a kind differ at their end."""
    if len(text) <= most:
        return text
    end = most * 2 // 3
    return f"{text[: most - end - 1]}…{text[-end:]}"
