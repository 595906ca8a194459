"""What honest students do, and which signals it deserves all the same: never one of a paste."""

import re

from shared.events import kinds
from tests.support.labelled.play import OTHER, WORDS, Act, Play, next_desk
from tests.support.scripted import MAIN


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
    play.second = next_desk(play, user="")
    play.second.write(kinds.NoteWritten(text=notes))
    play.second.type("\n" + play.own[:200], per_second=5)
    play.second.clock.advance(seconds=2)
    play.second.paste("".join(f"# {line}\n" for line in notes.splitlines()))
    play.truth.add("device_change")


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
