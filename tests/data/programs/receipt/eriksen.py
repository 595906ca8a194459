import sys


def money(amount):
    """The amount with two decimals, in a field of 10 characters."""
    return f"{amount:10.2f}"


def parse_line(line):
    """Return (name, count, price), or None if the line is not valid."""
    fields = [field.strip() for field in line.split(";")]
    valid = len(fields) == 3 and fields[1].isdecimal() and fields[1] != "0"
    if not valid:
        return None
    try:
        price = float(fields[2])
    except ValueError:
        return None
    return (fields[0], int(fields[1]), price) if price >= 0 else None


def discount(subtotal):
    """Return the discount for a subtotal."""
    return subtotal * (0.1 if subtotal >= 50 else 0.05 if subtotal >= 20 else 0)


def print_receipt(rows):
    subtotal = 0
    for row in rows:
        line_total = row[1] * row[2]
        subtotal = subtotal + line_total
        sys.stdout.write("%-20s %3d %s\n" % (row[0], row[1], money(line_total)))
    reduction = discount(subtotal)
    sys.stdout.write("Subtotal %s\nDiscount %s\nTotal    %s\n" % (money(subtotal), money(reduction), money(subtotal - reduction)))


def most_expensive(rows):
    top = rows[0]
    for row in rows[1:]:
        if row[1] * row[2] > top[1] * top[2]:
            top = row
    return top[0]


def main():
    rows = []
    for raw in sys.stdin:
        raw = raw.rstrip("\n")
        if raw == "":
            break
        row = parse_line(raw)
        if row is None:
            print(f"ignored: {raw}")
        else:
            rows.append(row)
    if rows:
        print_receipt(rows)
        print(most_expensive(rows))
    else:
        print("nothing bought")


main()
