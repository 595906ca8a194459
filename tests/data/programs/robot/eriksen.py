ROOM = [
    "....#...",
    ".##...#.",
    ".#..#.#.",
    "...##...",
]


ARROWS = ">v<^"
DOWN = [0, 1, 0, -1]
RIGHT = [1, 0, -1, 0]


def expand(commands):
    """Return the commands without numbers."""
    out = []
    repeat = 0
    for ch in commands:
        if "0" <= ch <= "9":
            repeat = 10 * repeat + int(ch)
            continue
        if ch in ("F", "L", "R"):
            out.extend([ch] * (repeat if repeat > 0 else 1))
        repeat = 0
    return "".join(out)


def walk(room, commands):
    """Return (row, column, bumps, visited) after the commands."""
    position = [0, 0]
    heading = 0
    crashes = 0
    seen = set([(0, 0)])
    todo = list(expand(commands))
    while todo:
        now = todo.pop(0)
        if now == "F":
            r = position[0] + DOWN[heading]
            c = position[1] + RIGHT[heading]
            inside = r in range(len(room)) and c in range(len(room[0]))
            if not inside or room[r][c] == "#":
                crashes += 1
            else:
                position = [r, c]
                seen.add((r, c))
        else:
            heading += {"L": 3, "R": 1}[now]
            heading %= 4
    walk.arrow = ARROWS[heading]
    return position[0], position[1], crashes, seen


def show(room, visited, row, column):
    """Print the room."""
    for r, line in enumerate(room):
        text = list(line)
        for c in range(len(text)):
            if (r, c) in visited:
                text[c] = "o"
            if [r, c] == [row, column]:
                text[c] = walk.arrow
        print(*text, sep="")


def percentage(room, visited):
    free = 0
    for line in room:
        for place in line:
            free += place == "."
    return 100 * len(visited) / free


commands = input("commands: ")
r, c, crashes, seen = walk(ROOM, commands)
show(ROOM, seen, r, c)
print("Bumps: %d" % crashes)
print("Visited: %.1f %%" % percentage(ROOM, seen))
