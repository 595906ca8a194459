ALPHABET = "abcdefghijklmnopqrstuvwxyz"
UPPER = ALPHABET.upper()


def shift_in(alphabet, letter, shift):
    doubled = alphabet * 2
    return doubled[alphabet.index(letter) + shift % 26]


def encode(text, shift):
    """Return text with every letter moved by shift places."""
    output = ""
    for symbol in text:
        for alphabet in (ALPHABET, UPPER):
            if symbol in alphabet:
                output += shift_in(alphabet, symbol, shift)
                break
        else:
            output += symbol
    return output


def decode(text, shift):
    """Return the text that encode turned into this one."""
    return encode(text, 26 - shift % 26)


def crack(text):
    """Return the most likely shift of an encoded text."""
    histogram = {letter: 0 for letter in ALPHABET}
    for symbol in text.lower():
        if symbol in histogram:
            histogram[symbol] += 1
    # shift s moves e to e+s, t to t+s and a to a+s, no need to decode 26 times
    scores = []
    for s in range(26):
        total = 0
        for letter in "eta":
            total += histogram[encode(letter, s)]
        scores.append((-total, s))
    return min(scores)[1]


def main():
    print("encode, decode, crack or quit")
    while True:
        command = input("Command: ")
        match command:
            case "quit":
                return
            case "crack":
                print(crack(input("Text: ")))
            case "encode" | "decode":
                text = input("Text: ")
                shift = int(input("Shift: "))
                print(encode(text, shift) if command == "encode" else decode(text, shift))
            case _:
                print("unknown command")


if __name__ == "__main__":
    main()
