MAX_DAYS = 14
FEE = 0.20


class Library:
    """Books and who has them."""

    LIMIT = 3

    def __init__(self):
        """Start with no books and no loans."""
        self.stock = {}
        self.loans = {}

    def add(self, title, copies=1):
        """Add copies of a title."""
        self.stock.setdefault(title, 0)
        self.stock[title] += copies

    def books_of(self, reader):
        return {title for title, who in self.loans if who == reader}

    def lend(self, title, reader, day):
        """Lend a copy; return whether that was possible."""
        books = self.books_of(reader)
        possible = len(books) < self.LIMIT and title not in books and self.free(title) > 0
        if possible:
            self.loans[title, reader] = day
        return possible

    def give_back(self, title, reader, day):
        """End a loan; return the fee."""
        if (title, reader) not in self.loans:
            raise ValueError("There is no loan of " + title + " to " + reader)
        due = self.loans[title, reader] + MAX_DAYS
        del self.loans[title, reader]
        if day <= due:
            return 0.0
        return round((day - due) * FEE, 2)

    def overdue(self, day):
        """Return the sorted list of (reader, title) that are overdue."""
        names = []
        for (title, reader), lent_on in self.loans.items():
            due = lent_on + MAX_DAYS
            if due < day:
                names += [(reader, title)]
        return sorted(names)

    def free(self, title):
        """Return the number of copies that can be lent."""
        away = sum(1 for lent_title, _ in self.loans if lent_title == title)
        return self.stock.get(title, 0) - away


if __name__ == "__main__":
    city = Library()
    city.add("Dune")
    city.add("Solaris", 2)
    print("Dune to Ida:", city.lend("Dune", "Ida", 10))
    print("Solaris to Ida:", city.lend("Solaris", "Ida", 10))
    print("Solaris to Olaf:", city.lend("Solaris", "Olaf", 20))
    print("Dune to Olaf:", city.lend("Dune", "Olaf", 20))
    print("Late on day 30:", city.overdue(30))
    print("Fee:", city.give_back("Dune", "Ida", 30))
