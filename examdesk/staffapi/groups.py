"""Groups of programs that hang together by pairs that are alike enough: a way to look at pairs, nothing more."""

from collections.abc import Iterable


def groups_of(pairs: Iterable[tuple[str, str]]) -> list[list[str]]:
    """Return the groups that these pairs make, the largest first, each in the order in which its members came."""
    leader: dict[str, str] = {}

    def find(name: str) -> str:
        leader.setdefault(name, name)
        while leader[name] != name:
            leader[name] = leader[leader[name]]
            name = leader[name]
        return name

    for one, other in pairs:
        first, second = find(one), find(other)
        if first != second:
            leader[second] = first
    members: dict[str, list[str]] = {}
    for name in list(leader):
        members.setdefault(find(name), []).append(name)
    return sorted(members.values(), key=lambda group: -len(group))
