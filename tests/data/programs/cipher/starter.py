ALPHABET = "abcdefghijklmnopqrstuvwxyz"


def encode(text, shift):
    """Return text with every letter moved by shift places."""


def decode(text, shift):
    """Return the text that encode turned into this one."""


def crack(text):
    """Return the most likely shift of an encoded text."""


if __name__ == "__main__":
    print("encode, decode, crack or quit")
