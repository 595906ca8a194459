def money(amount):
    """The amount with two decimals, in a field of 10 characters."""
    return f"{amount:10.2f}"


def parse_line(line):
    """Return (name, count, price), or None if the line is not valid."""
    a = line.split(";")
    if len(a) == 3:
        return a[0], int(a[1]), float(a[2])
    else:
        return None


def discount(subtotal):
    """Return the discount for a subtotal."""
    if subtotal > 50:
        d = 0.1 * subtotal
    if subtotal > 20 and subtotal < 50:
        d = 0.05 * subtotal
    if subtotal < 20:
        d = 0
    return d


def main():
    names = []
    counts = []
    prices = []
    x = input("purchase: ")
    while len(x) > 0:
        y = parse_line(x)
        if y == None:
            print("ignored: ", x)
        else:
            names.append(y[0])
            counts.append(y[1])
            prices.append(y[2])
        x = input("purchase: ")
    if len(names) > 0:
        s = 0
        for i in range(len(names)):
            print(names[i], counts[i], money(counts[i] * prices[i]))
            s = s + counts[i] * prices[i]
        print("Subtotal", money(s))
        print("Discount", money(discount(s)))
        print("Total", money(s - discount(s)))
        # find the biggest
        biggest = 0
        for i in range(len(names)):
            if counts[i] * prices[i] > counts[biggest] * prices[biggest]:
                biggest = i
        print(names[biggest])
    else:
        print("nothing bought")


main()
