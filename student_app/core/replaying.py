"""Reading a journal back: the fold of its events and where it stands, checked event by event."""

from shared.events import decode
from shared.log.batch import unpack_batch
from shared.log.entry import Entry, start_link, unpack_header
from shared.problems import PeerFault
from student_app.core.journal import Head
from student_app.core.journal_file import BrokenChain, JournalFile
from student_app.core.memory import Memory


def replay(file: JournalFile) -> tuple[Memory, Head]:
    """Fold the whole log.

    Raises:
        BrokenChain: names the first event that does not hold; everything before it does.
        PeerFault: the journal does not say what it is for.
    """
    identity = file.identity()
    memory, start = Memory(), start_link(identity.endorsement)
    last, link, sealed = -1, start, (-1, start)
    ends = {end: unpack_batch(body).link for end, body in file.batch_ends()}
    loose: list[tuple[int, Entry, bytes]] = []
    for seq, entry, after in file.events(identity):
        header = unpack_header(entry.header)
        try:
            memory.apply(seq, decode(header.kind, entry.payload or b""), header.wall_ms)
        except PeerFault as error:
            raise BrokenChain(seq, "it does not fit the files") from error
        last, link = seq, after
        loose.append((seq, entry, after))
        if ends.get(seq) == after:
            sealed = (seq, after)
            loose.clear()
    if ends and max(ends) > sealed[0]:
        raise BrokenChain(last + 1, "events are missing at the end")
    return memory, Head(last, link, *sealed, file.newest_receipt(), tuple(loose), ends)
