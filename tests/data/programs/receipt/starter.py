def money(amount):
    """The amount with two decimals, in a field of 10 characters."""
    return f"{amount:10.2f}"


def parse_line(line):
    """Return (name, count, price), or None if the line is not valid."""


def discount(subtotal):
    """Return the discount for a subtotal."""


def main():
    pass


main()
