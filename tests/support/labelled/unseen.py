"""What nobody can tell from events: acted out, so that the page says of it what is so."""

from tests.support.labelled.play import Act, Play


def transcribes_from_paper(play: Play) -> None:
    """Types from paper or a phone, straight through: no signal sees that."""
    play.student.type(play.foreign, per_second=5)


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


UNSEEN: tuple[Act, ...] = (
    transcribes_from_paper,
    types_what_somebody_says,
    lets_a_tool_type_like_a_person,
    waits_before_the_notes_are_filled,
    prints_a_file_from_a_stick,
)
"""What nobody can tell from events: acted out, so that the page says of it what is so."""
