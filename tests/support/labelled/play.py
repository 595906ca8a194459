"""One session while it is acted out: what a student is given, and what students do again and again."""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from examdesk.evidence.rules import EditionTexts, Given, Rules
from examdesk.evidence.session import Kept
from shared.events import kinds
from tests.support.scripted import MAIN, Student

PROGRAMS = Path(__file__).parents[2] / "data" / "programs"
OTHER = "q1/helpers.py"
MINUTE = 60_000
WORDS = tuple(
    (  # noqa: SIM905
        "name number list total price day temperature line file word letter shift command place student value result "
        "first last count table input answer week month smallest largest average between until before after empty wrong"
    ).split()
)


@dataclass(frozen=True)
class Task:
    """What a student is given, and what several students wrote for it."""

    name: str
    prompt: str
    starter: str
    programs: tuple[str, ...]

    @property
    def rules(self) -> Rules:
        """How an exam with this task reads events."""
        notices = {1: "Correction: when nothing was entered yet, the program has to print the words no entries yet."}
        texts = EditionTexts(prompts=(self.prompt,), starters=(self.starter,))
        return Rules(given=Given(editions=(texts,), notices=notices))


@dataclass
class Play:
    """One session while it is acted out."""

    task: Task
    chance: random.Random
    student: Student
    own: str
    foreign: str
    truth: set[str] = field(default_factory=set)
    second: Student | None = None
    left_at: int | None = None
    second_opened_ms: int = 0
    kept: list[Kept] = field(default_factory=list)
    longest_paste: int = 0

    @property
    def text(self) -> str:
        """Return the main file as it stands."""
        return self.student.files.texts[MAIN]

    def write_program(self, program: str = "", *, speed: float = 0.0, share: float = 1.0) -> None:
        """Type a program line by line, with thinking, mistakes that are mended, and runs."""
        lines = (program or self.own).splitlines(keepends=True)
        lines = lines[: max(int(len(lines) * share), 1)]
        for number, line in enumerate(lines):
            pace = speed or self.chance.uniform(3.0, 8.0)
            if self.chance.random() < 0.25 and len(line.strip()) > 4:
                wrong = "".join(self.chance.choices("abcdefgh", k=self.chance.randint(1, 4)))
                self.student.type(wrong, per_second=pace)
                self.student.erase(len(self.text) - len(wrong), len(wrong), letter_by_letter=True)
            self.student.type(line, per_second=pace)
            self.student.clock.advance(ms=self.chance.randint(200, 9000))
            if number % 12 == 11:
                self.student.run("ok\n")

    def paste(self, text: str, *, clip: str = "outside", file: str = MAIN, how: str = "paste") -> None:
        """Paste at the end of a file."""
        self.student.clock.advance(ms=self.chance.randint(600, 5000))
        at = len(self.student.files.texts[file])
        self.longest_paste = max(self.longest_paste, len(text))
        self.student.files.replace(file, at, 0, text)
        self.student.write(kinds.Paste(file=file, at=at, removed=0, text=text, clip=clip, how=how), ms=400)

    def write_notes(self, text: str, *, pasted: bool = False) -> None:
        """Write notes, which the desk records whenever the hands rest; or paste them."""
        size = len(text) if pasted else 30
        before = self.student.notes
        for end in range(size, len(text) + size, size):
            typed = 0 if pasted else round(size / self.chance.uniform(3.0, 8.0) * 1000)
            self.student.notes = before + text[:end]
            self.student.write(kinds.NoteWritten(text=self.student.notes), ms=typed + 1_500)

    def block(self, program: str, least: int, most: int) -> str:
        """Return whole lines of a program, so many characters at least and not many more than at most."""
        lines = program.splitlines(keepends=True)
        for _ in range(200):
            at = self.chance.randrange(len(lines))
            end = at
            while end < len(lines) and len("".join(lines[at:end]).strip()) < least:
                end += 1
            found = "".join(lines[at:end])
            if least <= len(found.strip()) and len(found) <= most:
                return found
        return program[:most]

    def foreign_block(self, least: int, most: int) -> str:
        """Return such lines of the other program that are neither the task's own nor written here as well."""
        known = {line.strip() for text in (self.task.starter, self.own, self.text) for line in text.splitlines()}
        best, most_new = "", -1.0
        for _ in range(40):
            piece = self.block(self.foreign, least, most)
            lines = [line.strip() for line in piece.splitlines()]
            new = sum(len(line) for line in lines if line not in known) / max(sum(map(len, lines)), 1)
            if new > most_new:
                best, most_new = piece, new
        return best


Act = Callable[[Play], None]
"""What happens in a session."""


def tasks() -> list[Task]:
    """Return the tasks of tests/data/programs, each with a prompt as an author would write it."""
    found = []
    for folder in sorted(path for path in PROGRAMS.iterdir() if path.is_dir()):
        starter = (folder / "starter.py").read_text("utf-8")
        programs = [path.read_text("utf-8") for path in sorted(folder.glob("*.py")) if path.stem != "starter"]
        found.append(Task(folder.name, _prompt(folder.name, starter), starter, tuple(programs)))
    return found


def _prompt(name: str, starter: str) -> str:
    said = re.findall(r'def (\w+)\((.*?)\):\n +"""(.*?)"""', starter)
    lines = [
        f"# {name.title()}",
        "",
        f"Write a program for **{name}** that a person uses at the keyboard. It asks for a",
        "",
    ]
    lines += ["command, does it, and asks again until the person types `quit`.", ""]
    for function, arguments, text in said:
        lines += [f"- `{function}({arguments})`: {text} Test it with an empty value as well.", ""]
    example = "".join(f"    >>> {function}({arguments})\n" for function, arguments, _ in said)
    return (
        "\n".join(lines)
        + f"\nFor example, in this order and with values of your own:\n\n{example}\nNothing else is printed.\n"
    )


def next_desk(play: Play, user: str = "eve") -> Student:
    """Go on at another PC, and return the student there."""
    second = Student(f"{play.student.name} 2", boot=11)
    play.student.clock.advance(ms=MINUTE)
    second.clock.advance(ms=play.student.clock.wall_ms() - second.clock.wall_ms())
    play.left_at, play.second_opened_ms = len(play.student.entries) - 1, second.clock.wall_ms()
    second.write(
        kinds.Started(how="moved", app="0.1", platform="Linux", python="3.11", device=second.device.hex(), user=user)
    )
    second.write(kinds.StandingApplied(revision=1, phase="active"))
    second.create(MAIN, play.text, "restored")
    return second
