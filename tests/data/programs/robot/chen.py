ROOM = [
    "....#...",
    ".##...#.",
    ".#..#.#.",
    "...##...",
]


TURNS = {"right": ("up", "down"), "down": ("right", "left"), "left": ("down", "up"), "up": ("left", "right")}
STEPS = {"right": (0, 1), "down": (1, 0), "left": (0, -1), "up": (-1, 0)}


class Robot:
    def __init__(self, room):
        self.free = {(r, c) for r, line in enumerate(room) for c, place in enumerate(line) if place == "."}
        self.place = (0, 0)
        self.direction = "right"
        self.bumps = 0
        self.visited = {self.place}

    def do(self, command):
        if command in "LR":
            self.direction = TURNS[self.direction]["LR".index(command)]
        else:
            self.forward()

    def forward(self):
        down, right = STEPS[self.direction]
        target = (self.place[0] + down, self.place[1] + right)
        if target not in self.free:
            self.bumps += 1
            return
        self.place = target
        self.visited.add(target)


def expand(commands):
    """Return the commands without numbers."""
    if commands == "":
        return ""
    digits = 0
    while digits < len(commands) and commands[digits].isdigit():
        digits += 1
    if digits == len(commands):
        return ""
    times = int(commands[:digits]) if digits else 1
    command = commands[digits] if commands[digits] in "FLR" else ""
    return times * command + expand(commands[digits + 1 :])


def walk(room, commands):
    """Return (row, column, bumps, visited) after the commands."""
    robot = Robot(room)
    for command in expand(commands):
        robot.do(command)
    return *robot.place, robot.bumps, robot.visited


def show(room, visited, row, column):
    """Print the room."""
    for r, line in enumerate(room):
        print("".join("X" if (r, c) == (row, column) else "o" if (r, c) in visited else p for c, p in enumerate(line)))


commands = input("commands: ")
*place, bumps, visited = walk(ROOM, commands)
show(ROOM, visited, *place)
print(bumps, "bumps")
print(f"{len(visited) / len(Robot(ROOM).free):.0%} visited")
