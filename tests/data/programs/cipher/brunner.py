ALPHABET = "abcdefghijklmnopqrstuvwxyz"


def move(character, distance):
    """Move one character, if it is a letter."""
    if "a" <= character <= "z":
        base = ord("a")
    elif "A" <= character <= "Z":
        base = ord("A")
    else:
        return character
    return chr((ord(character) - base + distance) % 26 + base)


def encode(text, shift):
    """Return text with every letter moved by shift places."""
    return "".join([move(c, shift) for c in text])


def decode(text, shift):
    """Return the text that encode turned into this one."""
    return "".join([move(c, 26 - shift) for c in text])


def crack(text):
    """Return the most likely shift of an encoded text."""
    counts = []
    for s in range(26):
        plain = decode(text, s)
        n = 0
        for c in plain:
            if c in "etaETA":
                n = n + 1
        counts.append(n)
    return counts.index(max(counts))


def ask_shift():
    while True:
        try:
            return int(input("By how many places? "))
        except ValueError:
            print("please give a whole number")


if __name__ == "__main__":
    running = True
    while running:
        print("encode, decode, crack or quit")
        what = input().strip().lower()
        if what == "quit":
            running = False
        elif what in ("encode", "decode"):
            words = input("Which text? ")
            places = ask_shift()
            if what == "encode":
                print(encode(words, places))
            else:
                print(decode(words, places))
        elif what == "crack":
            words = input("Which text? ")
            guess = crack(words)
            print("shift", guess, "->", decode(words, guess))
        else:
            print("unknown command")
