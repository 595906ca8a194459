MAX_DAYS = 14
FEE = 0.20


class Library:
    """Books and who has them."""

    def __init__(self):
        """Start with no books and no loans."""
        self.books = {}
        self.loans = []

    def add(self, title, copies=1):
        """Add copies of a title."""
        if title in self.books:
            self.books[title] += copies
        else:
            self.books[title] = copies

    def find_loan(self, title, reader):
        for loan in self.loans:
            if loan[0] == title and loan[1] == reader:
                return loan
        return None

    def lend(self, title, reader, day):
        """Lend a copy; return whether that was possible."""
        if self.free(title) == 0:
            return False
        if self.find_loan(title, reader) is not None:
            return False
        number = 0
        for loan in self.loans:
            if loan[1] == reader:
                number += 1
        if number >= 3:
            return False
        self.loans.append((title, reader, day))
        return True

    def give_back(self, title, reader, day):
        """End a loan; return the fee."""
        loan = self.find_loan(title, reader)
        if loan is None:
            raise ValueError("no such loan")
        self.loans.remove(loan)
        days_late = day - loan[2] - MAX_DAYS
        if days_late > 0:
            return days_late * FEE
        return 0

    def overdue(self, day):
        """Return the sorted list of (reader, title) that are overdue."""
        late = []
        for title, reader, start in self.loans:
            if day - start > MAX_DAYS:
                late.append((reader, title))
        late.sort()
        return late

    def free(self, title):
        """Return the number of copies that can be lent."""
        if title not in self.books:
            return 0
        lent = 0
        for loan in self.loans:
            if loan[0] == title:
                lent += 1
        return self.books[title] - lent


library = Library()
library.add("Emma", 2)
library.add("Ulysses")
print(library.lend("Emma", "Ada", 1))
print(library.lend("Emma", "Bob", 2))
print(library.lend("Emma", "Cid", 3))
print(library.lend("Ulysses", "Cid", 3))
print(library.overdue(17))
