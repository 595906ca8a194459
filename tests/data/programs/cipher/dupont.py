ALPHABET = "abcdefghijklmnopqrstuvwxyz"


def encode(text, shift):
    """Return text with every letter moved by shift places."""
    new = []
    for i in range(0, len(text)):
        ch = text[i]
        if ch.isalpha():
            k = ALPHABET.find(ch.lower())
            k = k + shift
            while k > 25:
                k = k - 26
            while k < 0:
                k = k + 26
            if ch.isupper():
                new.append(ALPHABET[k].upper())
            else:
                new.append(ALPHABET[k])
        else:
            new.append(ch)
    return "".join(new)


def decode(text, shift):
    """Return the text that encode turned into this one."""
    new = []
    for i in range(0, len(text)):
        ch = text[i]
        if ch.isalpha():
            k = ALPHABET.find(ch.lower()) - shift
            while k < 0:
                k = k + 26
            if ch.isupper():
                new.append(ALPHABET[k].upper())
            else:
                new.append(ALPHABET[k])
        else:
            new.append(ch)
    return "".join(new)


def crack(text):
    """Return the most likely shift of an encoded text."""
    # the most frequent letter should be e
    most = ""
    most_n = 0
    for letter in ALPHABET:
        n = text.lower().count(letter)
        if n > most_n:
            most_n = n
            most = letter
    return ALPHABET.find(most) - ALPHABET.find("e")


if __name__ == "__main__":
    print("encode, decode, crack or quit")
    c = ""
    while c != "quit":
        c = input("What do you want? ")
        if c == "encode":
            t = input("Text: ")
            s = input("Shift: ")
            print(encode(t, int(s)))
        if c == "decode":
            t = input("Text: ")
            s = input("Shift: ")
            print(decode(t, int(s)))
        if c == "crack":
            t = input("Text: ")
            print(crack(t))
        if c != "encode" and c != "decode" and c != "crack" and c != "quit":
            print("unknown command")
