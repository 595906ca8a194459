ROOM = [
    "....#...",
    ".##...#.",
    ".#..#.#.",
    "...##...",
]


import re


def expand(commands):
    """Return the commands without numbers."""
    steps = []
    for number, letter in re.findall(r"(\d*)([FLR])", commands):
        steps.append(letter * int(number or 1))
    return "".join(steps)


def walk(room, commands):
    """Return (row, column, bumps, visited) after the commands."""
    height, width = len(room), len(room[0])
    y, x, dy, dx = 0, 0, 0, 1
    bumps, visited = 0, {(0, 0)}
    for step in expand(commands):
        if step == "L":
            dy, dx = -dx, dy
            continue
        if step == "R":
            dy, dx = dx, -dy
            continue
        if 0 <= y + dy < height and 0 <= x + dx < width and room[y + dy][x + dx] != "#":
            y, x = y + dy, x + dx
            visited.add((y, x))
        else:
            bumps += 1
    return y, x, bumps, visited


def show(room, visited, row, column):
    """Print the room."""
    picture = [list(line) for line in room]
    for y, x in visited:
        picture[y][x] = "o"
    picture[row][column] = "X"
    for line in picture:
        print("".join(line))


commands = input("commands: ")
y, x, bumps, visited = walk(ROOM, commands)
show(ROOM, visited, y, x)
places = sum(line.count(".") for line in ROOM)
print(f"{bumps} bumps, {100 * len(visited) / places:.1f} % of the room seen")
