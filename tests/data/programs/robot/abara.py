ROOM = [
    "....#...",
    ".##...#.",
    ".#..#.#.",
    "...##...",
]


def expand(commands):
    """Return the commands without numbers."""
    result = ""
    number = ""
    for character in commands:
        if character.isdigit():
            number += character
        elif character in "FLR":
            if number == "":
                result += character
            else:
                result += character * int(number)
            number = ""
    return result


def is_free(room, row, column):
    if row < 0 or row >= len(room):
        return False
    if column < 0 or column >= len(room[row]):
        return False
    return room[row][column] == "."


def walk(room, commands):
    """Return (row, column, bumps, visited) after the commands."""
    directions = [(0, 1), (1, 0), (0, -1), (-1, 0)]
    facing = 0
    row = 0
    column = 0
    bumps = 0
    visited = {(0, 0)}
    for command in expand(commands):
        if command == "L":
            facing = (facing - 1) % 4
        elif command == "R":
            facing = (facing + 1) % 4
        else:
            new_row = row + directions[facing][0]
            new_column = column + directions[facing][1]
            if is_free(room, new_row, new_column):
                row = new_row
                column = new_column
                visited.add((row, column))
            else:
                bumps += 1
    return row, column, bumps, visited


def show(room, visited, row, column):
    """Print the room."""
    for r in range(len(room)):
        line = ""
        for c in range(len(room[r])):
            if r == row and c == column:
                line += "X"
            elif (r, c) in visited:
                line += "o"
            else:
                line += room[r][c]
        print(line)


commands = input("commands: ")
row, column, bumps, visited = walk(ROOM, commands)
show(ROOM, visited, row, column)
free = 0
for line in ROOM:
    free += line.count(".")
print("bumps:", bumps)
print("visited:", round(len(visited) / free * 100), "%")
