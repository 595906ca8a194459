MAX_DAYS = 14
FEE = 0.20


class Library:
    """Books and who has them."""

    def __init__(self):
        """Start with no books and no loans."""
        self.copies = {}
        self.who = {}
        self.when = {}

    def add(self, title, copies=1):
        """Add copies of a title."""
        if title not in self.copies.keys():
            self.copies[title] = 0
            self.who[title] = []
        self.copies[title] = self.copies[title] + copies

    def lend(self, title, reader, day):
        """Lend a copy; return whether that was possible."""
        books = 0
        for t in self.who:
            if reader in self.who[t]:
                books = books + 1
        if title not in self.copies or books > 3:
            return False
        elif reader in self.who[title]:
            return False
        elif len(self.who[title]) == self.copies[title]:
            return False
        else:
            self.who[title].append(reader)
            self.when[title + reader] = day
            return True

    def give_back(self, title, reader, day):
        """End a loan; return the fee."""
        if title in self.who and reader in self.who[title]:
            self.who[title].remove(reader)
            kept = day - self.when.pop(title + reader)
            fee = 0
            while kept > MAX_DAYS:
                fee = fee + FEE
                kept = kept - 1
            return fee
        else:
            raise ValueError("not lent")

    def overdue(self, day):
        """Return the sorted list of (reader, title) that are overdue."""
        answer = []
        for title in self.who:
            for reader in self.who[title]:
                if day - self.when[title + reader] >= MAX_DAYS:
                    answer.append((reader, title))
        return answer

    def free(self, title):
        """Return the number of copies that can be lent."""
        if title in self.copies:
            return self.copies[title] - len(self.who[title])
        return 0


my_library = Library()
my_library.add("Ivanhoe", 2)
my_library.add("Beowulf", 1)
my_library.lend("Ivanhoe", "Tim", 4)
my_library.lend("Beowulf", "Tim", 4)
if not my_library.lend("Beowulf", "Zoe", 5):
    print("Zoe can not have Beowulf")
my_library.lend("Ivanhoe", "Zoe", 5)
print(my_library.overdue(18))
