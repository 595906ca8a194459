ALPHABET = "abcdefghijklmnopqrstuvwxyz"


def make_table(shift):
    shift %= len(ALPHABET)
    rotated = ALPHABET[shift:] + ALPHABET[:shift]
    return str.maketrans(ALPHABET + ALPHABET.upper(), rotated + rotated.upper())


def encode(text, shift):
    """Return text with every letter moved by shift places."""
    return text.translate(make_table(shift))


def decode(text, shift):
    """Return the text that encode turned into this one."""
    return text.translate(make_table(-shift))


def crack(text):
    """Return the most likely shift of an encoded text."""

    def frequency(shift):
        plain = decode(text, shift).lower()
        return sum(plain.count(letter) for letter in "eta")

    return max(range(26), key=frequency)


def encode_command():
    return encode(input("message? "), int(input("shift? ")))


def decode_command():
    return decode(input("message? "), int(input("shift? ")))


def crack_command():
    return crack(input("message? "))


COMMANDS = {"encode": encode_command, "decode": decode_command, "crack": crack_command}

if __name__ == "__main__":
    print("encode, decode, crack or quit")
    while (name := input("> ")) != "quit":
        if name not in COMMANDS:
            print("unknown command")
            continue
        print(COMMANDS[name]())
