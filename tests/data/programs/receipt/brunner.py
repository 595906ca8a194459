def money(amount):
    """The amount with two decimals, in a field of 10 characters."""
    return f"{amount:10.2f}"


def is_number(text):
    text = text.strip()
    if text.count(".") > 1:
        return False
    return text.replace(".", "").isdigit()


def parse_line(line):
    """Return (name, count, price), or None if the line is not valid."""
    if line.count(";") == 2:
        name, amount, cost = line.split(";")
        # the count has to be a whole number
        if amount.strip().isdigit() and int(amount) > 0 and is_number(cost):
            return name, int(amount), float(cost)
    return None


def discount(subtotal):
    """Return the discount for a subtotal."""
    percent = 0
    if subtotal >= 20:
        percent = 5
    if subtotal >= 50:
        percent = 10
    return subtotal / 100 * percent


def read_all():
    result = []
    while True:
        text = input("> ")
        if not text:
            return result
        parsed = parse_line(text)
        if parsed:
            result.append(parsed)
        else:
            print("ignored:", text)


def main():
    bought = read_all()
    if not bought:
        print("nothing bought")
    else:
        totals = {}
        for n, c, p in bought:
            totals[n] = c * p
            print(n.ljust(15), str(c).rjust(5), money(c * p))
        sub = sum(totals.values())
        print("Subtotal".ljust(21), money(sub))
        print("Discount".ljust(21), money(discount(sub)))
        print("Total".ljust(21), money(sub - discount(sub)))
        print("highest:", max(totals, key=totals.get))


main()
