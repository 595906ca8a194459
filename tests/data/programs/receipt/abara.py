def money(amount):
    """The amount with two decimals, in a field of 10 characters."""
    return f"{amount:10.2f}"


def parse_line(line):
    """Return (name, count, price), or None if the line is not valid."""
    parts = line.split(";")
    if len(parts) != 3:
        return None
    name = parts[0].strip()
    try:
        count = int(parts[1])
        price = float(parts[2])
    except ValueError:
        return None
    if count <= 0 or price < 0:
        return None
    return (name, count, price)


def discount(subtotal):
    """Return the discount for a subtotal."""
    if subtotal >= 50:
        return subtotal * 0.10
    elif subtotal >= 20:
        return subtotal * 0.05
    else:
        return 0


def main():
    purchases = []
    line = input()
    while line != "":
        item = parse_line(line)
        if item is None:
            print("ignored: " + line)
        else:
            purchases.append(item)
        line = input()

    if len(purchases) == 0:
        print("nothing bought")
        return

    subtotal = 0
    best_name = ""
    best_total = -1
    for name, count, price in purchases:
        total = count * price
        subtotal += total
        print(f"{name:20}{count:4}{money(total)}")
        if total > best_total:
            best_total = total
            best_name = name

    rebate = discount(subtotal)
    print("Subtotal", money(subtotal))
    print("Discount", money(rebate))
    print("Total   ", money(subtotal - rebate))
    print(best_name)


main()
