"""The short code that a student gets for a hand-in, which proves afterwards what was handed in.

    XXXX-XXXX-C     the first 40 bits of the chain's link after the hand-in's event, and a check symbol

Nobody types it into a program: it is compared by eye with what the hub's records, or anyone's copy of them, give.
"""

from typing import Final

from shared.admission import crockford

_TAG: Final = 5
_SYMBOLS: Final = 8
_BYTES: Final = 5


def receipt_code(link: bytes) -> str:
    """Return the code of a hand-in, from the link after its event."""
    symbols = crockford.encode(int.from_bytes(link[:_BYTES]), _SYMBOLS)
    return f"{symbols[:4]}-{symbols[4:]}-{crockford.check_symbol(symbols, _TAG)}"
