ALPHABET = "abcdefghijklmnopqrstuvwxyz"


def encode(text, shift):
    """Return text with every letter moved by shift places."""
    result = ""
    for letter in text:
        if letter in ALPHABET:
            position = (ALPHABET.index(letter) + shift) % 26
            result += ALPHABET[position]
        elif letter.lower() in ALPHABET:
            position = (ALPHABET.index(letter.lower()) + shift) % 26
            result += ALPHABET[position].upper()
        else:
            result += letter
    return result


def decode(text, shift):
    """Return the text that encode turned into this one."""
    return encode(text, -shift)


def count_common(text):
    lowered = text.lower()
    return lowered.count("e") + lowered.count("t") + lowered.count("a")


def crack(text):
    """Return the most likely shift of an encoded text."""
    best_shift = 0
    best_count = count_common(text)
    for shift in range(1, 26):
        current = count_common(decode(text, shift))
        if current > best_count:
            best_count = current
            best_shift = shift
    return best_shift


if __name__ == "__main__":
    print("encode, decode, crack or quit")
    command = input("command: ")
    while command != "quit":
        if command == "encode":
            message = input("text: ")
            amount = int(input("shift: "))
            print(encode(message, amount))
        elif command == "decode":
            message = input("text: ")
            amount = int(input("shift: "))
            print(decode(message, amount))
        elif command == "crack":
            print(crack(input("text: ")))
        else:
            print("unknown command")
        command = input("command: ")
