ROOM = [
    "....#...",
    ".##...#.",
    ".#..#.#.",
    "...##...",
]


def expand(commands):
    """Return the commands without numbers."""
    answer = ""
    times = 1
    for letter in commands:
        try:
            times = int(letter)
        except ValueError:
            if letter == "F" or letter == "L" or letter == "R":
                answer += times * letter
            times = 1
    return answer


def turn(direction, letter):
    order = "RDLU"
    place = order.find(direction)
    if letter == "R":
        place += 1
    if letter == "L":
        place -= 1
    if place == 4:
        place = 0
    return order[place]


def walk(room, commands):
    """Return (row, column, bumps, visited) after the commands."""
    row = column = bumps = 0
    direction = "R"
    visited = {(row, column)}
    for letter in expand(commands):
        if letter != "F":
            direction = turn(direction, letter)
        else:
            old_row = row
            old_column = column
            if direction == "R":
                column += 1
            elif direction == "L":
                column -= 1
            elif direction == "U":
                row -= 1
            else:
                row += 1
            try:
                wall = room[row][column] == "#"
            except IndexError:
                wall = True
            if wall:
                row = old_row
                column = old_column
                bumps += 1
            visited.add((row, column))
    return row, column, bumps, visited


def show(room, visited, row, column):
    """Print the room."""
    number = 0
    for line in room:
        text = ""
        for letter in line:
            place = (number, len(text))
            if place == (row, column):
                text += "X"
            elif place in visited:
                text += "o"
            else:
                text += letter
        print(text)
        number += 1


commands = input("commands: ")
result = walk(ROOM, commands)
show(ROOM, result[3], result[0], result[1])
print("bumps", result[2])
walls = "".join(ROOM).count("#")
print(len(result[3]) * 100 / (len(ROOM) * len(ROOM[0]) - walls), "percent")
