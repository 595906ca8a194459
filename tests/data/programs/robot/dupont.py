ROOM = [
    "....#...",
    ".##...#.",
    ".#..#.#.",
    "...##...",
]


def expand(commands):
    """Return the commands without numbers."""
    s = ""
    i = 0
    while i < len(commands):
        c = commands[i]
        if c in "0123456789":
            n = int(c)
            i = i + 1
            for j in range(n):
                s = s + commands[i]
        else:
            s = s + c
        i = i + 1
    return s


def walk(room, commands):
    """Return (row, column, bumps, visited) after the commands."""
    x = 0
    y = 0
    d = "E"
    bumps = 0
    visited = []
    visited.append((y, x))
    for c in expand(commands):
        if c == "R":
            if d == "E":
                d = "S"
            elif d == "S":
                d = "W"
            elif d == "W":
                d = "N"
            elif d == "N":
                d = "E"
        if c == "L":
            if d == "E":
                d = "N"
            elif d == "N":
                d = "W"
            elif d == "W":
                d = "S"
            elif d == "S":
                d = "E"
        if c == "F":
            nx = x
            ny = y
            if d == "E":
                nx = x + 1
            if d == "W":
                nx = x - 1
            if d == "N":
                ny = y - 1
            if d == "S":
                ny = y + 1
            if nx >= 0 and nx < 8 and ny >= 0 and ny < 4 and room[ny][nx] == ".":
                x = nx
                y = ny
                visited.append((y, x))
            else:
                bumps = bumps + 1
     return y, x, bumps, set(visited)


def show(room, visited, row, column):
    """Print the room."""
    for i in range(4):
        for j in range(8):
            if i == row and j == column:
                print("X", end="")
            else:
                if (i, j) in visited:
                    print("o", end="")
                else:
                    print(room[i][j], end="")
        print()


commands = input("commands: ")
y, x, b, v = walk(ROOM, commands)
show(ROOM, v, y, x)
print("bumps", b)
print("percent", len(v) / 23 * 100
