"""What students do who bring work of others, and which signals that deserves."""

from examdesk.evidence.session import Kept
from shared.events import kinds
from tests.support.labelled.play import Act, Play, next_desk
from tests.support.scripted import MAIN, Student


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


def hands_the_session_to_another_pc(play: Play) -> None:
    """The session goes on at another PC, under another user."""
    play.write_program(share=0.4)
    play.second = next_desk(play)
    play.second.type(play.foreign[:400], per_second=6)
    play.truth.add("device_change")


def works_at_two_pcs(play: Play) -> None:
    """Somebody goes on at a second PC, while the first one is still used."""
    play.write_program(share=0.4)
    play.second = next_desk(play)
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
