from dataclasses import dataclass

MAX_DAYS = 14
FEE = 0.20


@dataclass
class Copy:
    title: str
    reader: str | None = None
    since: int = 0

    def days_late(self, day):
        return 0 if self.reader is None else max(0, day - self.since - MAX_DAYS)


class Library:
    """Books and who has them."""

    def __init__(self):
        """Start with no books and no loans."""
        self.copies = []

    def add(self, title, copies=1):
        """Add copies of a title."""
        for _ in range(copies):
            self.copies.append(Copy(title))

    def lend(self, title, reader, day):
        """Lend a copy; return whether that was possible."""
        mine = [c for c in self.copies if c.reader == reader]
        if len(mine) > 2 or any(c.title == title for c in mine):
            return False
        for copy in self.copies:
            if copy.title == title and copy.reader is None:
                copy.reader = reader
                copy.since = day
                return True
        return False

    def give_back(self, title, reader, day):
        """End a loan; return the fee."""
        for copy in self.copies:
            if (copy.title, copy.reader) == (title, reader):
                fee = copy.days_late(day) * FEE
                copy.reader = None
                return fee
        raise ValueError("this book was not lent")

    def overdue(self, day):
        """Return the sorted list of (reader, title) that are overdue."""
        return sorted([(c.reader, c.title) for c in self.copies if c.days_late(day)])

    def free(self, title):
        """Return the number of copies that can be lent."""
        return len([c for c in self.copies if c.title == title and not c.reader])


shelf = Library()
shelf.add("Faust", 1)
shelf.add("Heidi", 2)
print([shelf.lend("Faust", "Ann", 2), shelf.lend("Heidi", "Ann", 2), shelf.lend("Heidi", "Ann", 3), shelf.lend("Faust", "Ben", 4)])
print(shelf.overdue(20))
