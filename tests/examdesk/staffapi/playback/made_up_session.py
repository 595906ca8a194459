"""A session as its events come from the hub, made up event by event."""

import random

from examdesk.staffapi.messages import PlayedEvent
from examdesk.staffapi.playback.tape import Tape
from shared.events import Payload, encode, kinds

MAIN = "q1/main.py"


class Session:
    """Events of a made-up track."""

    def __init__(self) -> None:
        self.events: list[PlayedEvent] = []
        self.at_ms = 1_000_000
        self.place = 0

    def write(self, payload: Payload, ms: int = 1_000) -> None:
        """Add an event after a while."""
        self.at_ms += ms
        seq = sum(event.place == self.place for event in self.events)
        self.events.append(PlayedEvent(self.place, seq, payload.KIND, self.at_ms, encode(payload), "It happened."))

    def type(self, text: str, at: int, ms: int = 1_000, step: int = 100) -> None:
        """Type a text letter by letter, in one burst."""
        changes = tuple(kinds.Change(n * step, at + n, 0, letter) for n, letter in enumerate(text))
        self.write(kinds.Edit(file=MAIN, changes=changes), ms)

    def tape(self) -> Tape:
        """Return the tape of these events."""
        tape = Tape()
        tape.take_all(self.events)
        return tape


def started() -> Session:
    session = Session()
    session.write(kinds.Started(how="new", app="1", platform="Linux", python="3.12", device="pc"))
    session.write(kinds.FileCreated(file=MAIN, origin="starter", text="# start\n"))
    return session


def long_session(seed: int = 5, many: int = 400) -> Session:
    session, chance = started(), random.Random(seed)
    length = 8
    for number in range(many):
        if number == many // 2:
            text = session.tape().at(len(session.events)).text(MAIN)
            session.place = 1
            session.write(kinds.Started(how="moved", app="1", platform="Linux", python="3.12", device="pc2"))
            session.write(kinds.FileCreated(file=MAIN, origin="restored", text=text))
        turn = chance.randrange(10)
        if turn < 6:
            part = "".join(chance.choice("ab🙂\n ") for _ in range(chance.randrange(1, 12)))
            session.type(part, chance.randrange(length + 1))
            length += len(part)
        elif turn < 8 and length > 4:
            at = chance.randrange(length - 3)
            session.write(kinds.Edit(file=MAIN, changes=(kinds.Change(0, at, 3, ""),)))
            length -= 3
        else:
            text = "x = 1\r\n" * chance.randrange(1, 4)
            clip = chance.choice(("own", "outside"))
            session.write(kinds.Paste(file=MAIN, at=0, removed=0, text=text, clip=clip))
            length += len(text)
    return session
