MAX_DAYS = 14
FEE = 0.20


class Library:
    """Books and who has them."""

    def __init__(self):
        """Start with no books and no loans."""

    def add(self, title, copies=1):
        """Add copies of a title."""

    def lend(self, title, reader, day):
        """Lend a copy; return whether that was possible."""

    def give_back(self, title, reader, day):
        """End a loan; return the fee."""

    def overdue(self, day):
        """Return the sorted list of (reader, title) that are overdue."""

    def free(self, title):
        """Return the number of copies that can be lent."""
