MAX_DAYS = 14
FEE = 0.20


class Library:
    """Books and who has them."""

    def __init__(self):
        """Start with no books and no loans."""
        self._free = {}
        self._readers = {}

    def add(self, title, copies=1):
        """Add copies of a title."""
        self._free[title] = self._free.get(title, 0) + copies

    def lend(self, title, reader, day):
        """Lend a copy; return whether that was possible."""
        has = self._readers.setdefault(reader, {})
        if len(has) == 3 or title in has or self.free(title) < 1:
            return False
        has[title] = day
        self._free[title] -= 1
        return True

    def give_back(self, title, reader, day):
        """End a loan; return the fee."""
        try:
            since = self._readers[reader].pop(title)
        except KeyError:
            raise ValueError(f"{reader} does not have {title}")
        self._free[title] += 1
        return max(0, day - since - MAX_DAYS) * FEE

    def overdue(self, day):
        """Return the sorted list of (reader, title) that are overdue."""
        return sorted(
            (reader, title)
            for reader, has in self._readers.items()
            for title, since in has.items()
            if day > since + MAX_DAYS
        )

    def free(self, title):
        """Return the number of copies that can be lent."""
        return self._free.get(title, 0)


def main():
    lib = Library()
    for title, n in [("Momo", 1), ("Dracula", 3)]:
        lib.add(title, n)
    attempts = [("Momo", "Kim", 0), ("Momo", "Lee", 1), ("Dracula", "Lee", 1), ("Dracula", "Lee", 5)]
    for attempt in attempts:
        ok = lib.lend(*attempt)
        print(attempt, "lent" if ok else "not possible")
    for reader, title in lib.overdue(15):
        print(reader, "should bring back", title)


if __name__ == "__main__":
    main()
