"""Which hub of its exam this one is: the first, or one that took over; and where its own audit log begins."""

import msgspec

from examdesk.store import Tx
from examdesk.store.audit import START, TOOK_OVER, Deed, audit_chain
from examdesk.store.rows import AuditRow
from examdesk.store.staff_rows import Rows, of_table
from shared.clock import Chance
from shared.ids import ExamId
from shared.wire.parcel import HUB_BYTES

NOTED = "staff records"
TOOK_IN = "took in staff records"
NUMBERS_EACH = 1_000_000
_LOTS = 2**16
"""Places for the logs of laptops that take over with the same key file, without knowing of each other."""
MOST_GENERATIONS = 2**53 // NUMBERS_EACH // _LOTS - 1
NOTICES_APART = 1000


class Succession(msgspec.Struct, frozen=True, kw_only=True):
    """`hub` names these records among all hubs of the exam; `generation` counts takeovers, 0 for the first hub.

    `first_notice`: this hub gives its notices numbers from here on, beyond those that the former one may have given.
    """

    hub: str
    generation: int = 0
    first_notice: int = 0

    @property
    def took_over(self) -> bool:
        """Whether another hub had the exam before."""
        return self.generation > 0


def take_succession(tx: Tx, chance: Chance) -> Succession:
    """Return which hub these records belong to; the first time it is drawn."""
    noted = tx.get_meta(NOTED)
    if noted is not None:
        return msgspec.json.decode(noted, type=Succession)
    first = Succession(hub=chance.bytes(HUB_BYTES).hex())
    tx.put_meta(NOTED, msgspec.json.encode(first).decode())
    return first


def succeed(tx: Tx, exam: ExamId, generation: int, rows: Rows, saved_ms: int, *, now_ms: int, chance: Chance) -> None:
    """Note that these records go on where a key file of an earlier `generation` was saved.

    The audit log of the new hub begins with a number of its own, so that the rest of the former one's still fits
    before it, and with a chain of its own; its first entry names the end of the former chain as the key file has it.
    """
    after = min(generation + 1, MOST_GENERATIONS)
    known = max((row["number"] for _, row in of_table(rows, "notices")), default=0)
    mine = Succession(hub=chance.bytes(HUB_BYTES).hex(), generation=after, first_notice=known + NOTICES_APART)
    tx.put_meta(NOTED, msgspec.json.encode(mine).decode())
    entries = sorted(of_table(rows, "audit"), key=lambda each: int(each[0]))
    end = ""
    if entries:
        last = entries[-1][1]
        end = f"; its audit log then ended with entry {last['number']}, chain {last['chain'].hex()}"
    number = NUMBERS_EACH * (_LOTS * after + int.from_bytes(chance.bytes(2)) % _LOTS)
    deed = Deed(who="", role="hub", address="", what=TOOK_OVER, detail=f"with a key file saved at {saved_ms}{end}")
    tx.control.put_audit(
        AuditRow(
            exam=exam,
            number=number,
            at_ms=now_ms,
            who=deed.who,
            role=deed.role,
            address=deed.address,
            what=deed.what,
            detail=deed.detail,
            chain=audit_chain(START, exam, number, now_ms, deed),
        )
    )
