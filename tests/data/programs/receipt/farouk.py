def money(amount):
    """The amount with two decimals, in a field of 10 characters."""
    return f"{amount:10.2f}"


def parse_line(line):
    """Return (name, count, price), or None if the line is not valid."""
    pieces = line.split(";")
    if len(pieces) < 3 or len(pieces) > 3:
        return None
    how_many = int(pieces[1])
    each = float(pieces[2])
    if how_many < 1:
        return None
    if each < 0
        return None
    return pieces[0], how_many, each


def discount(subtotal):
    """Return the discount for a subtotal."""
    if subtotal < 20:
        return 0
    if subtotal < 50:
        return subtotal / 20
    return subtotal / 10


def main():
    shopping = {}
    entry = "start"
    while entry != "":
        entry = input("name;count;price ")
        bought = parse_line(entry)
        if bought == None and entry != "":
            print("ignored: ", entry)
        elif entry != "":
            shopping[bought[0]] = (bought[1], bought[1] * bought[2]
    if len(shopping) == 0:
        print("nothing bought")
    everything = 0
    winner = None
    for thing in shopping:
        number, together = shopping[thing]
        print(thing, number, money(together))
        everything += together
        if winner == None or together > shopping[winner][1]:
            winner = thing
    print("Subtotal ", money(everything))
    print("Discount ", money(discount(everything)))
    print("Total ", money(everything - discount(everything)))
    print(winner)


main()
