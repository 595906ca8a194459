"""Simulated sessions that say of themselves what happened in them: to measure signals by, honest ones and others.

Each is a real journal of real events, written as the desk would write them. The `truth` of a session is the kinds of
signal that what happened deserves, no more and no fewer; it is written down from what the student does, not from what
the signals find. People are more inventive than this.
"""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from examdesk.evidence.rules import EditionTexts, Given, Rules
from examdesk.evidence.session import Kept, SessionFacts
from examdesk.evidence.signals import Signal
from examdesk.store.rows import JournalRow
from shared.events import kinds
from tests.support.scripted import EXAM, MAIN, Student

PROGRAMS = Path(__file__).parents[1] / "data" / "programs"
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
class Labelled:
    """A session, whether the student was honest, and which kinds of signal it deserves."""

    name: str
    honest: bool
    truth: frozenset[str]
    facts: SessionFacts
    longest_paste: int = 0

    @property
    def raised(self) -> frozenset[str]:
        """Return the kinds of signal that were raised."""
        return frozenset(signal.kind for signal in self.signals)

    @property
    def signals(self) -> list[Signal]:
        """Return the signals."""
        return list(self.facts.signals())


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


# ---------------------------------------------------------------------------------------------- honest


def writes(play: Play) -> None:
    """Writes from beginning to end."""
    play.write_program()


def moves_own_code(play: Play) -> None:
    """Cuts pieces and pastes them elsewhere, now and then by way of another program."""
    play.write_program()
    for _ in range(6):
        piece = play.block(play.own, 50, 400)
        at = play.text.find(piece)
        if at < 0:
            continue
        play.student.erase(at, len(piece))
        play.student.run("oops\n", exit_code=1)
        play.paste(piece, clip=play.chance.choice(["own", "outside"]))


def reindents_and_renames(play: Play) -> None:
    """Takes own code to another editor, indents it, renames a variable, pastes it back."""
    play.write_program()
    for _ in range(3):
        piece = play.block(play.own, 120, 500)
        words = [word for word in re.findall(r"\b[a-z_]{3,}\b", piece) if word not in {"def", "return", "for", "while"}]
        changed = piece.replace(words[0], f"{words[0]}s") if words else piece
        play.paste("".join(f"    {line}\n" if line.strip() else "\n" for line in changed.splitlines()))


def retypes(play: Play) -> None:
    """Throws a part away and types it again, undoes and redoes."""
    play.write_program()
    piece = play.block(play.own, 150, 500)
    at = play.text.find(piece)
    play.student.erase(at, len(piece))
    play.student.type(piece, at=at, per_second=9)
    play.student.erase(at, len(piece))
    play.student.insert(piece, at=at, how="undo")


def pastes_from_the_prompt(play: Play) -> None:
    """Pastes names and examples from the prompt, as they look on the screen and not as they stand in the file."""
    seen = re.sub(r"[`*#]|^- ", "", play.task.prompt, flags=re.MULTILINE)
    sentences = [part for part in seen.split("\n\n") if len(part.strip()) > 60]
    play.write_program(share=0.4)
    for part in play.chance.sample(sentences, min(3, len(sentences))):
        commented = play.chance.random() < 0.5
        play.paste("".join(f"# {line}\n" for line in part.splitlines()) if commented else f'"""{part}"""\n')
    play.write_program(share=0.3)


def pastes_names(play: Play) -> None:
    """Pastes one name after the other, all of them from the own text or the prompt."""
    play.write_program(share=0.8)
    names = re.findall(r"\b[a-z_]{4,}\b", play.text + play.task.prompt)
    for name in play.chance.choices(names, k=40):
        play.paste(name)
        play.student.type(" = 0\n")


def pastes_the_starter_back(play: Play) -> None:
    """Erases the starter code and takes it from the page again."""
    play.student.erase(0, len(play.task.starter))
    play.paste(play.task.starter)
    play.write_program(share=0.7)


def types_slowly(play: Play) -> None:
    """Types one character a second and thinks for minutes."""
    for line in play.own.splitlines(keepends=True)[:25]:
        play.student.type(line, per_second=play.chance.uniform(0.6, 1.5))
        play.student.clock.advance(seconds=play.chance.randint(5, 200))


def types_fast(play: Play) -> None:
    """Types as fast as anybody does."""
    play.write_program(speed=play.chance.uniform(11, 16))


def crashes(play: Play) -> None:
    """Loses power in the middle, starts again and goes on."""
    play.write_program(share=0.5)
    away = play.chance.randint(20_000, 300_000)
    play.student.write(
        kinds.Started(
            how="crash",
            app="0.1",
            platform="Linux",
            python="3.11",
            device=play.student.device.hex(),
            away_ms=away,
        ),
        ms=away,
    )
    play.student.write(kinds.StandingApplied(revision=1, phase="active"))
    play.write_program(share=0.5)
    play.truth.add("restart")


def works_in_two_files(play: Play) -> None:
    """Copies functions from one file into another, and an older form of one of them back."""
    play.write_program()
    play.student.create(OTHER)
    for _ in range(3):
        play.paste(play.block(play.own, 60, 500), file=OTHER, clip=play.chance.choice(["own", "outside"]))
    both = play.block(play.own, 80, 300) + play.block(play.own, 80, 300)
    play.paste(both)


def pastes_its_own_output(play: Play) -> None:
    """Puts what the program printed into a comment, and a message of the staff as well."""
    play.write_program(share=0.6)
    printed = "".join(
        f"day {n}: {play.chance.uniform(-10, 30):.1f} degrees, {play.chance.randint(1, 9)} rain\n" for n in range(8)
    )
    play.student.run(printed)
    play.paste("".join(f"# {line}\n" for line in printed.splitlines()))
    play.student.write(kinds.MessageSeen(number=1, how="read", sha256=""))
    play.paste("# when nothing was entered yet, the program has to print the words no entries yet\n")
    play.write_program(share=0.3)


def uses_the_editors_tools(play: Play) -> None:
    """Indents and comments out whole blocks, holds a key down, reverts to an earlier version."""
    play.write_program()
    starts = [match.start() for match in re.finditer("^", play.text, re.MULTILINE)]
    for sign in ("    ", "# "):
        changes = tuple(kinds.Change(0, at + n * len(sign), 0, sign) for n, at in enumerate(starts[:60]))
        edit = kinds.Edit(file=MAIN, changes=changes)
        play.student.files.edit(edit)
        play.student.write(edit)
        starts = [match.start() for match in re.finditer("^", play.text, re.MULTILINE)]
    play.student.type("#" + "-" * 160 + "\n", per_second=30)


def loses_the_network(play: Play) -> None:
    """Works on without a connection."""
    play.write_program(share=0.5)
    lost = play.chance.randint(40_000, 600_000)
    play.student.write(kinds.Contact(online=False))
    play.student.type("x = 1\n")
    play.student.clock.advance(ms=lost // 2)
    play.student.type("x = 2\n")
    play.student.write(kinds.Contact(online=True, unsent=9, offline_ms=lost), ms=lost // 2)
    play.write_program(share=0.4)
    play.truth.add("offline")


def thinks_long(play: Play) -> None:
    """Looks at the wall for a quarter of an hour."""
    play.write_program(share=0.5)
    play.student.clock.advance(seconds=play.chance.randint(700, 1500))
    play.write_program(share=0.4)
    play.truth.add("inactivity")


def is_called_away_by_the_system(play: Play) -> None:
    """Closes a few messages of the system."""
    play.write_program(share=0.5)
    for _ in range(3):
        play.student.look_away(play.chance.randint(1_000, 8_000))
        play.student.clock.advance(seconds=play.chance.randint(20, 90))
        play.student.type("x = 3\n")
    play.write_program(share=0.4)


def tries_a_module(play: Play) -> None:
    """Asks for a module that is not there; the program is told so."""
    play.write_program(share=0.5)
    play.student.write(kinds.Refused(what="import", detail="numpy"))
    play.truth.add("refused_import")


def pastes_where_it_is_not_allowed(play: Play) -> None:
    """Tries to paste where the exam lets nobody; nothing comes in."""
    play.write_program(share=0.5)
    play.student.write(kinds.Refused(what="paste", detail="120 characters"))
    play.truth.add("refused_paste")


def undoes_and_redoes_in_storms(play: Play) -> None:
    """Cuts a part, undoes it, redoes it, over and over, and ends with what was there."""
    play.write_program()
    for _ in range(12):
        piece = play.block(play.own, 80, 400)
        at = play.text.find(piece)
        if at < 0:
            continue
        for _ in range(play.chance.randint(2, 6)):
            play.student.erase(at, len(piece))
            play.student.insert(piece, at=at, how="undo")
            edit = kinds.Edit(file=MAIN, changes=(kinds.Change(0, at, len(piece), ""),), how="redo")
            play.student.files.edit(edit)
            play.student.write(edit, ms=90)
            play.student.insert(piece, at=at, how="undo")


def drags_blocks_about(play: Play) -> None:
    """Drags own blocks with the mouse, within the file and into another one: they come in before they go out."""
    play.write_program()
    play.student.create(OTHER)
    for _ in range(6):
        piece = play.block(play.own, 45, 400)
        at = play.text.find(piece)
        if at >= 0:
            play.paste(piece, clip=play.chance.choice(["own", "outside"]), file=OTHER, how="drop")
            play.student.erase(at, len(piece))
            play.paste(piece, clip=play.chance.choice(["own", "outside"]), how="drop")


def moves_lines_with_keys(play: Play) -> None:
    """Holds the key that moves a block of lines up, then down again."""
    play.write_program()
    block = play.block(play.own, 150, 500)
    at = play.text.find(block)
    for _ in range(40):
        above = play.text.rfind("\n", 0, max(at - 1, 0)) + 1
        if at <= 0 or above >= at:
            break
        changes = (kinds.Change(0, at, len(block), ""), kinds.Change(0, above, 0, block))
        edit = kinds.Edit(file=MAIN, changes=changes)
        play.student.files.edit(edit)
        play.student.write(edit, ms=35)
        at = above


def pastes_own_notes(play: Play) -> None:
    """Plans in the notes and pastes parts of the plan, then works them out."""
    notes = "".join(
        f"{n}. {play.chance.choice(['read', 'check'])} the {name} and {play.chance.choice(['print', 'sort'])} it\n"
        for n, name in enumerate(play.chance.sample(WORDS, 12), 1)
    )
    play.write_notes(notes)
    play.write_program(share=0.3)
    plan = notes.splitlines()
    play.paste("".join(f"# {line}\n" for line in plan[:6]))
    play.paste("\n".join(plan[5:]))
    play.write_program(share=0.5)


def types_again_after_a_crash(play: Play) -> None:
    """Loses what was typed last in a crash and types it again, quickly, because it is known by now."""
    play.write_program(share=0.6)
    lost = play.text[-600:]
    play.student.erase(len(play.text) - len(lost), len(lost))
    started = {"app": "0.1", "platform": "Linux", "python": "3.11", "device": play.student.device.hex()}
    play.student.write(kinds.Started(how="crash", away_ms=40_000, **started), ms=40_000)
    play.student.write(kinds.StandingApplied(revision=1, phase="active"))
    play.student.type(lost, per_second=play.chance.uniform(9, 14))
    play.truth.add("restart")


def types_at_150_words_a_minute(play: Play) -> None:
    """Types 150 words a minute on average, in rolls of keys that come faster."""
    for line in play.own.splitlines(keepends=True):
        for word in re.findall(r"\S+\s*|\s+", line):
            play.student.type(word, per_second=play.chance.uniform(11, 22))
            play.student.clock.advance(ms=play.chance.randint(60, 260))


def uses_macro_keys(play: Play) -> None:
    """Has keys that type a few words at once."""
    macros = ["for i in range(len(", 'if __name__ == "__main__":\n    main()\n', 'print(f"{value:.2f}")', "self."]
    for number, line in enumerate(play.own.splitlines(keepends=True)):
        play.student.type(line, per_second=6)
        if number % 4 == 0:
            play.student.insert(play.chance.choice(macros))
            play.student.clock.advance(ms=play.chance.randint(150, 900))


def dictates(play: Play) -> None:
    """Speaks the program: a phrase or a whole line comes at once when it was understood, some twice."""
    for line in play.own.splitlines():
        indent = len(line) - len(line.lstrip())
        play.student.insert(f"\n{line[:indent]}")
        words = line.split()
        while words:
            count = play.chance.randint(3, 25)
            phrase, words = " ".join(words[:count]) + " ", words[count:]
            play.student.clock.advance(ms=round(len(phrase) / play.chance.uniform(11, 17) * 1000))
            play.student.insert(phrase)
            if play.chance.random() < 0.2:
                play.student.erase(len(play.text) - len(phrase), len(phrase))
                play.student.clock.advance(ms=round(len(phrase) / 15 * 1000))
                play.student.insert(phrase)


def dictates_long_comments(play: Play) -> None:
    """Speaks sentences of a comment, each of which comes at once."""
    play.write_program(share=0.5)
    for _ in range(6):
        said = "# " + " ".join(play.chance.choices(WORDS, k=play.chance.randint(12, 28)))
        play.student.clock.advance(ms=round(len(said) / play.chance.uniform(12, 16) * 1000))
        play.student.insert(said)
        play.student.type("\n")


def reads_by_braille(play: Play) -> None:
    """Types on a braille keyboard, which hands over a line when it is complete."""
    for line in play.own.splitlines(keepends=True):
        play.student.clock.advance(ms=round(len(line.strip()) / play.chance.uniform(3, 7) * 1000) + 300)
        play.student.insert(line)


def composes_with_an_input_method(play: Play) -> None:
    """Writes comments in another script: an input method puts a few signs in at each choice."""
    signs = "\u8ba1\u7b97\u6bcf\u5929\u7684\u5e73\u5747\u6e29\u5ea6\u5e76\u6253\u5370\u7ed3\u679c"
    for line in play.own.splitlines(keepends=True):
        play.student.type("# ")
        for _ in range(play.chance.randint(4, 12)):
            play.student.clock.advance(ms=play.chance.randint(250, 900))
            play.student.insert("".join(play.chance.choices(signs, k=play.chance.randint(1, 6))))
        play.student.type("\n" + line)


def takes_own_code_through_notes(play: Play) -> None:
    """Parks own code and a part of the prompt in the notes, throws the code away, and takes both back from there."""
    play.write_program()
    piece = play.block(play.own, 120, 400)
    sentence = max(play.task.prompt.split("\n\n"), key=len)
    play.write_notes(piece, pasted=True)
    play.write_notes("\nto do:\n")
    play.write_notes(sentence, pasted=True)
    at = play.text.find(piece)
    play.student.erase(at, len(piece))
    play.paste(piece)
    play.paste(f'"""{sentence}"""\n')


def types_data_into_a_program(play: Play) -> None:
    """Types a table of data line by line into the running program and pastes what it printed into a comment."""
    play.write_program(share=0.6)
    table = [f"{play.chance.choice(WORDS)} {play.chance.randint(1, 99)}\n" for _ in range(12)]
    play.student.runs += 1
    run = play.student.runs
    play.student.write(kinds.RunStarted(run=run, question="q1", file=MAIN, files={}))
    for line in table:
        play.student.write(kinds.RunInput(run=run, text=line), ms=round(len(line) / 5 * 1000))
        play.student.write(kinds.RunOutput(run=run, stream="out", text=f"> {line}"))
    play.student.write(kinds.RunEnded(run=run, reason="exit", seconds=30.0, exit_code=0))
    play.paste("".join(f"# > {line}" for line in table))
    play.write_program(share=0.3)


def renames_with_find_and_replace(play: Play) -> None:
    """Gives a name that stands in many places a long one, and takes it back."""
    play.write_program()
    name = play.chance.choice([word for word in re.findall(r"\b[a-z_]{3,}\b", play.own) if word not in {"def", "for"}])
    longer = f"{name}_of_everything_that_was_entered_until_now"
    play.student.clock.advance(seconds=12)
    play.student.replace_all(name, longer)
    play.student.clock.advance(seconds=5)
    play.student.replace_all(longer, name)


def types_with_a_switch(play: Play) -> None:
    """Chooses one letter after the other from a board on the screen, several seconds for each."""
    for line in play.own.splitlines(keepends=True)[:4]:
        play.student.type(line, per_second=play.chance.uniform(0.12, 0.4))


def chooses_words_that_are_offered(play: Play) -> None:
    """Types the beginning of a word and takes the word that a tool of the system offers."""
    for line in play.own.splitlines(keepends=True):
        for word in re.findall(r"\w+|\W", line):
            play.student.type(word[:2], per_second=play.chance.uniform(2.0, 5.0))
            if word[2:]:
                play.student.clock.advance(ms=play.chance.randint(350, 1200))
                play.student.insert(word[2:])


def holds_keys_for_accents(play: Play) -> None:
    """Holds a key, and the letter becomes the one with the accent that was chosen, as on a Mac."""
    for line in play.own.splitlines(keepends=True):
        play.student.type(f"# {line}")
        for accented in play.chance.choices("\u00e9\u00e8\u00fc\u00f1", k=3):
            play.student.type("e", per_second=4)
            play.student.clock.advance(ms=600)
            play.student.erase(len(play.text) - 1, 1)
            play.student.insert(accented)
        play.student.type("\n")


def sits_in_a_lab_of_virtual_machines(play: Play) -> None:
    """Works at a virtual machine, as the whole lab does, in an exam that records this."""
    play.student.write(kinds.SurroundingsSeen(machine="virtual", session="local"))
    play.write_program(share=0.6)
    play.truth.add("surroundings")


def goes_on_at_another_pc_with_notes(play: Play) -> None:
    """Is moved to another PC, where the notes are, and works them out there."""
    notes = "".join(f"{n}. {name} is read, then checked, then printed\n" for n, name in enumerate(WORDS[:8], 1))
    play.write_notes(notes)
    play.write_program(share=0.5)
    play.second = _next_desk(play, user="")
    play.second.write(kinds.NoteWritten(text=notes))
    play.second.type("\n" + play.own[:200], per_second=5)
    play.second.clock.advance(seconds=2)
    play.second.paste("".join(f"# {line}\n" for line in notes.splitlines()))
    play.truth.add("device_change")


# ---------------------------------------------------------------------------------------------- not honest


def pastes_a_program(play: Play) -> None:
    """Pastes somebody else's whole program."""
    play.write_program(share=play.chance.uniform(0, 0.5))
    play.paste(play.foreign, clip=play.chance.choice(["own", "outside"]))
    play.truth |= {"outside_paste", "large_paste"}


def pastes_a_piece(play: Play) -> None:
    """Pastes a piece of somebody else's program into the own one."""
    play.write_program(share=play.chance.uniform(0.2, 0.9))
    piece = play.foreign_block(60, 190)
    play.paste(piece, how=play.chance.choice(["paste", "drop", "selection"]))
    play.truth.add("outside_paste")


def pastes_a_function(play: Play) -> None:
    """Pastes a longer piece and goes on with own work."""
    play.write_program(share=0.4)
    play.paste(play.foreign_block(230, 700))
    play.write_program(share=0.4)
    play.truth |= {"outside_paste", "large_paste"}


def pastes_line_by_line(play: Play) -> None:
    """Pastes somebody else's program in pieces that are each too short to be noticed."""
    play.write_program(share=0.3)
    for line in play.foreign.splitlines(keepends=True):
        for start in range(0, len(line), 36):
            if line[start : start + 36].strip():
                play.paste(line[start : start + 36])
    play.truth.add("outside_paste")


def pastes_and_hides_it_among_own(play: Play) -> None:
    """Pastes own and foreign lines together."""
    play.write_program(share=0.6)
    play.paste(play.block(play.own, 60, 150) + play.foreign_block(200, 500))
    play.truth |= {"outside_paste", "large_paste"}


def lets_a_tool_type(play: Play) -> None:
    """A program types for the student."""
    play.write_program(share=0.2)
    play.student.clock.advance(seconds=3)
    play.student.type(play.foreign, per_second=play.chance.choice([20, 28, 40, 90, 400]))
    play.truth.add("fast_text")


def drops_text_in_at_once(play: Play) -> None:
    """Text appears at once without a paste."""
    play.write_program(share=0.4)
    play.student.insert(play.foreign_block(200, 600))
    play.truth.add("fast_text")


def lets_a_tool_insert_lines(play: Play) -> None:
    """A program puts in line after line, with little pauses as if somebody wrote."""
    play.write_program(share=0.2)
    for line in play.foreign.splitlines(keepends=True):
        play.student.clock.advance(ms=play.chance.randint(80, 600))
        play.student.insert(line)
    play.truth.add("fast_text")


def transcribes_from_another_window(play: Play) -> None:
    """Looks something up in another window every few lines and types it."""
    lines = play.foreign.splitlines(keepends=True)
    for start in range(0, len(lines), 3):
        play.student.look_away(play.chance.randint(4_000, 14_000))
        play.student.type("".join(lines[start : start + 3]), per_second=play.chance.uniform(4, 7))
    play.truth.add("focus_away")


def transcribes_from_paper(play: Play) -> None:
    """Types from paper or a phone, straight through: no signal sees that."""
    play.student.type(play.foreign, per_second=5)


def hands_the_session_to_another_pc(play: Play) -> None:
    """The session goes on at another PC, under another user."""
    play.write_program(share=0.4)
    play.second = _next_desk(play)
    play.second.type(play.foreign[:400], per_second=6)
    play.truth.add("device_change")


def works_at_two_pcs(play: Play) -> None:
    """Somebody goes on at a second PC, while the first one is still used."""
    play.write_program(share=0.4)
    play.second = _next_desk(play)
    play.second.type(play.foreign[:400], per_second=6)
    play.student.type("x = 4\n" * 20)
    play.truth |= {"device_change", "two_devices"}


def opens_a_second_record(play: Play) -> None:
    """A copy of the desk on another PC writes a record of its own at the same time."""
    play.second = Student(f"{play.student.name} copy", boot=12)
    play.second.clock.advance(ms=play.student.clock.wall_ms() - play.second.clock.wall_ms())
    play.second_opened_ms = play.second.clock.wall_ms()
    play.second.begin(play.task.starter)
    play.second.type(play.foreign[:300], per_second=6)
    play.write_program(share=0.5)
    play.truth.add("two_devices")


def sets_the_record_back(play: Play) -> None:
    """Puts an earlier copy of the disk back."""
    play.write_program(share=0.5)
    at = play.student.clock.wall_ms()
    play.kept.append(Kept(play.student.journal, at, "rollback", len(play.student.entries), 20))
    play.truth.add("log_break")


def changes_the_file_outside(play: Play) -> None:
    """Another program writes into the file."""
    play.write_program(share=0.5)
    play.student.write(kinds.FileChangedOutside(file=MAIN))
    play.truth.add("outside_file_change")


def sets_the_clock(play: Play) -> None:
    """Sets the PC's clock back."""
    play.write_program(share=0.5)
    play.student.write(kinds.ClockJumped(by_ms=-play.chance.randint(60_000, 3_600_000)))
    play.truth.add("clock_change")


def reaches_for_the_network(play: Play) -> None:
    """Runs a program that asks another computer."""
    play.write_program(share=0.5)
    play.student.write(kinds.Refused(what="network", detail="10.0.0.9:80"))
    play.truth.add("refused_network")


def pastes_by_way_of_the_notes(play: Play) -> None:
    """Pastes foreign code into the notes, waits, and takes it from there."""
    play.write_program(share=0.4)
    foreign = play.foreign_block(230, 600)
    play.write_notes("plan\n")
    play.student.type("x = 5\n")
    play.write_notes(foreign, pasted=True)
    play.student.type("x = 6\n" * 4)
    play.paste(foreign)
    play.truth |= {"outside_paste", "large_paste"}


def pastes_by_way_of_a_program(play: Play) -> None:
    """Pastes foreign lines at input() of a program that prints them, and takes them from its output."""
    play.student.type("while True:\n    print(input())\n")
    foreign = play.foreign_block(230, 600)
    play.student.runs += 1
    run = play.student.runs
    play.student.write(kinds.RunStarted(run=run, question="q1", file=MAIN, files={}))
    play.student.write(kinds.RunInput(run=run, text=foreign), ms=900)
    play.student.write(kinds.RunOutput(run=run, stream="out", text=foreign))
    play.student.write(kinds.RunEnded(run=run, reason="stopped", seconds=9.0))
    play.student.type("# done\n")
    play.paste(foreign)
    play.truth |= {"outside_paste", "large_paste"}


def pastes_by_way_of_a_message(play: Play) -> None:
    """Pastes foreign code into a message to the staff, and takes it from there."""
    play.write_program(share=0.4)
    foreign = play.foreign_block(230, 600)
    play.student.type("x = 7\n")
    play.student.write(kinds.MessageSent(text=foreign), ms=2_000)
    play.student.type("# asked\n")
    play.paste(foreign)
    play.truth |= {"outside_paste", "large_paste"}


def replaces_a_word_by_a_program(play: Play) -> None:
    """Has find and replace put in what was pasted into its field."""
    play.write_program(share=0.4)
    play.student.type("HERE\n")
    play.student.clock.advance(seconds=3)
    play.student.replace_all("HERE", play.foreign_block(200, 600).replace("\n", ";"))
    play.truth.add("fast_text")


def pastes_into_a_comment_and_edits_it(play: Play) -> None:
    """Pastes foreign code as a comment, undoes and redoes it, and edits it until it runs."""
    play.write_program(share=0.4)
    piece = "".join(f"# {line}\n" for line in play.foreign_block(210, 500).splitlines())
    at = len(play.text)
    play.paste(piece)
    edit = kinds.Edit(file=MAIN, changes=(kinds.Change(0, at, len(piece), ""),), how="undo")
    play.student.files.edit(edit)
    play.student.write(edit)
    play.student.insert(piece, at=at, how="redo")
    play.student.replace_all("\n# ", "\n")
    play.truth |= {"outside_paste", "large_paste"}


# ---------------------------------------------------------------------------------------------- seen by no signal


def lets_a_tool_type_like_a_person(play: Play) -> None:
    """A program types as a person does, with pauses."""
    for line in play.foreign.splitlines(keepends=True):
        play.student.type(line, per_second=play.chance.uniform(4, 9))
        play.student.clock.advance(ms=play.chance.randint(300, 4000))


def types_what_somebody_says(play: Play) -> None:
    """Types what is heard from somebody, as with an earphone."""
    play.student.type(play.foreign, per_second=4)


def waits_before_the_notes_are_filled(play: Play) -> None:
    """Does nothing for two minutes, pastes foreign code into the notes, as if it had been typed there, and takes it."""
    play.write_program(share=0.4)
    play.student.clock.advance(seconds=120)
    foreign = play.foreign_block(230, 600)
    play.write_notes(foreign, pasted=True)
    play.paste(foreign)


def prints_a_file_from_a_stick(play: Play) -> None:
    """A program prints a file that was not given, where no sandbox keeps it away; its output is pasted."""
    play.student.type("print(open('/mnt/notes.txt').read())\n")
    foreign = play.foreign_block(230, 600)
    play.student.run(foreign)
    play.paste(foreign)


Act = Callable[[Play], None]
HONEST: tuple[Act, ...] = (
    writes,
    moves_own_code,
    reindents_and_renames,
    retypes,
    pastes_from_the_prompt,
    pastes_names,
    pastes_the_starter_back,
    types_slowly,
    types_fast,
    crashes,
    works_in_two_files,
    pastes_its_own_output,
    uses_the_editors_tools,
    loses_the_network,
    thinks_long,
    is_called_away_by_the_system,
    tries_a_module,
    pastes_where_it_is_not_allowed,
    undoes_and_redoes_in_storms,
    drags_blocks_about,
    moves_lines_with_keys,
    pastes_own_notes,
    types_again_after_a_crash,
    types_at_150_words_a_minute,
    uses_macro_keys,
    dictates,
    dictates_long_comments,
    reads_by_braille,
    composes_with_an_input_method,
    takes_own_code_through_notes,
    types_data_into_a_program,
    renames_with_find_and_replace,
    types_with_a_switch,
    chooses_words_that_are_offered,
    holds_keys_for_accents,
    sits_in_a_lab_of_virtual_machines,
    goes_on_at_another_pc_with_notes,
)
NOT_HONEST: tuple[Act, ...] = (
    pastes_a_program,
    pastes_a_piece,
    pastes_a_function,
    pastes_line_by_line,
    pastes_and_hides_it_among_own,
    lets_a_tool_type,
    drops_text_in_at_once,
    lets_a_tool_insert_lines,
    transcribes_from_another_window,
    hands_the_session_to_another_pc,
    works_at_two_pcs,
    opens_a_second_record,
    sets_the_record_back,
    changes_the_file_outside,
    sets_the_clock,
    reaches_for_the_network,
    pastes_by_way_of_the_notes,
    pastes_by_way_of_a_program,
    pastes_by_way_of_a_message,
    replaces_a_word_by_a_program,
    pastes_into_a_comment_and_edits_it,
)
UNSEEN: tuple[Act, ...] = (
    transcribes_from_paper,
    types_what_somebody_says,
    lets_a_tool_type_like_a_person,
    waits_before_the_notes_are_filled,
    prints_a_file_from_a_stick,
)
"""What nobody can tell from events: acted out, so that the page says of it what is so."""


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


def labelled(acts: tuple[Act, ...], variants: int, seed: str = "1") -> Iterator[Labelled]:
    """Yield so many sessions of each kind, each of another student, task and hand."""
    material = tasks()
    for act in acts:
        for number in range(variants):
            yield _acted(act, material[number % len(material)], f"{act.__name__} {number} {seed}")


def _acted(act: Act, task: Task, name: str) -> Labelled:
    chance = random.Random(name)
    own, foreign = chance.sample(task.programs, 2)
    play = Play(task, chance, Student(name), own, foreign)
    play.student.begin(task.starter)
    act(play)
    if play.second is None:
        play.student.submit()
    return Labelled(name, act in HONEST, frozenset(play.truth), _facts(play), play.longest_paste)


def _facts(play: Play) -> SessionFacts:
    facts = SessionFacts(play.task.rules)
    rows = [_row(play.student, play)]
    students = [play.student]
    if play.second is not None:
        rows.append(_row(play.second, play))
        students.append(play.second)
    goes_on = play.left_at is not None
    facts.put_journals(rows, rows[-1].journal if goes_on else rows[0].journal)
    facts.keep(play.kept)
    for student in students:
        for entry in student.entries:
            facts.take(student.journal, entry.header, entry.payload)
    return facts


def _next_desk(play: Play, user: str = "eve") -> Student:
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


def _row(student: Student, play: Play) -> JournalRow:
    child = student is play.second and play.left_at is not None
    return JournalRow(
        journal=student.journal,
        session=play.student.session,
        exam=EXAM,
        endorsement=student.endorsement,
        key=student.key.public.to_bytes(),
        parent=play.student.journal if child else None,
        parent_seq=play.left_at if child and play.left_at is not None else -1,
        device=student.device,
        device_name="pc-2" if student is play.second else "pc-1",
        seat="",
        address="10.0.0.1",
        opened_ms=play.second_opened_ms if student is play.second else 0,
        head_link=bytes(32),
    )
