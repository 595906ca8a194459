ROOM = [
    "....#...",
    ".##...#.",
    ".#..#.#.",
    "...##...",
]


def expand(commands):
    """Return the commands without numbers."""


def walk(room, commands):
    """Return (row, column, bumps, visited) after the commands."""


def show(room, visited, row, column):
    """Print the room."""


commands = input("commands: ")
