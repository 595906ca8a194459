def money(amount):
    """The amount with two decimals, in a field of 10 characters."""
    return f"{amount:10.2f}"


class Purchase:
    def __init__(self, name, count, price):
        self.name = name
        self.count = count
        self.price = price

    def total(self):
        return self.count * self.price

    def show(self):
        print(self.name, "x", self.count, money(self.total()))


def parse_line(line):
    """Return (name, count, price), or None if the line is not valid."""
    try:
        name, count, price = line.split(";")
        count = int(count)
        price = float(price)
        assert count > 0 and price >= 0
        return Purchase(name, count, price)
    except (ValueError, AssertionError):
        return None


def discount(subtotal):
    """Return the discount for a subtotal."""
    for limit, rate in [(50, 0.1), (20, 0.05)]:
        if subtotal >= limit:
            return rate * subtotal
    return 0.0


def main():
    basket = []
    for line in iter(input, ""):
        purchase = parse_line(line)
        if purchase is not None:
            basket.append(purchase)
            continue
        print("ignored: " + line)

    if basket == []:
        print("nothing bought")
        return
    for purchase in basket:
        purchase.show()
    subtotal = sum(p.total() for p in basket)
    d = discount(subtotal)
    for label, value in (("Subtotal", subtotal), ("Discount", d), ("Total", subtotal - d)):
        print(f"{label:<12}{money(value)}")
    basket.sort(key=lambda p: p.total(), reverse=True)
    print(basket[0].name)


main()
