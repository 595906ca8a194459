MAX_DAYS = 14
FEE = 0.20


class Library:
    """Books and who has them."""

    def __init__(self):
        """Start with no books and no loans."""
        self.titles = []
        self.numbers = []
        self.lent_titles = []
        self.lent_readers = []
        self.lent_days = []

    def add(self, title, copies=1):
        """Add copies of a title."""
        self.titles.append(title)
        self.numbers.append(copies)

    def lend(self, title, reader, day):
        """Lend a copy; return whether that was possible."""
        if self.lent_readers.count(reader) < 3:
            for i in range(len(self.titles)):
                if self.titles[i] == title:
                    if self.numbers[i] > 0:
                        self.numbers[i] = self.numbers[i] - 1
                        self.lent_titles.append(title)
                        self.lent_readers.append(reader)
                        self.lent_days.append(day)
                        return True
        return False

    def give_back(self, title, reader, day):
        """End a loan; return the fee."""
        for i in range(len(self.lent_titles)):
            if self.lent_titles[i] == title and self.lent_readers[i] == reader:
                days = day - self.lent_days[i]
                del self.lent_titles[i]
                del self.lent_readers[i]
                del self.lent_days[i]
                self.numbers[self.titles.index(title)] += 1
                if days > 14:
                    return (days - 14) * 0.2
                else:
                    return 0
        raise ValueError

    def overdue(self, day):
        """Return the sorted list of (reader, title) that are overdue."""
        result = []
        for i in range(len(self.lent_days)):
            if day - self.lent_days[i] > 14:
                result.append((self.lent_readers[i], self.lent_titles[i]))
        return sorted(result)

    def free(self, title):
        """Return the number of copies that can be lent."""
        n = 0
        for i in range(len(self.titles)):
            if self.titles[i] == title:
                n = n + self.numbers[i]
        return n


l = Library()
l.add("Hamlet", 1)
l.add("Othello", 1)
print(l.lend("Hamlet", "Joe", 1))
print(l.lend("Hamlet", "Sue", 1))
print(l.lend("Othello", "Sue", 2))
print(l.lend("Macbeth", "Sue", 2))
print("overdue:")
for x in l.overdue(16):
    print(x[0], x[1])
