ALPHABET = "abcdefghijklmnopqrstuvwxyz"


def encode(text, shift):
    """Return text with every letter moved by shift places."""
    answer = ""
    for letter in text:
        number = ord(letter)
        if number >= 97 and number <= 122:
            number = number + shift
            if number > 122:
                number = number - 26
            if number < 97:
                number = number + 26
        if number >= 65 and number <= 90:
            number = number + shift
            if number > 90:
                number = number - 26
        answer = answer + chr(number)
    return answer


def decode(text, shift):
    """Return the text that encode turned into this one."""
    shift = shift * -1
    return encode(text, shift)


def crack(text):
    """Return the most likely shift of an encoded text."""
    highest = 0
    answer = 0
    number = 0
    while number < 26:
        attempt = decode(text, number)
        e = attempt.count("e")
        t = attempt.count("t")
        a = attempt.count("a")
        if e + t + a > highest:
            highest = e + t + a
            answer = number
        number += 1
    return answer


if __name__ == "__main__":
    print("encode, decode, crack or quit")
    while True:
        choice = input()
        if choice == "quit":
            break
        if choice != "encode" and choice != "decode" and choice != "crack":
            print("unknown command")
            continue
        message = input("message: ")
        if choice == "crack":
            print("the shift is", crack(message))
            continue
        key = int(input("shift: "))
        if choice == "encode":
            print(encode(message, key))
        else:
            print(decode(message, key))
