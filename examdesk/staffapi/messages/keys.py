"""The exam's key as a file to carry."""

from typing import ClassVar

from examdesk.staffapi.messages.base import Answer, Request
from examdesk.staffapi.permissions import Permission


class KeyFileMade(Answer, frozen=True, kw_only=True):
    """The key file's beginning, and the passphrase that opens it: the hub keeps neither for long.

    Attributes:
        data: its first piece, all of it where `size` is as much; empty where nothing is different from `stamp`.
        ticket: names it for `GetKeyPart`, until the next one is made.
        packages: how many bytes of the exam's packages are in it; `left_out` how many are not.
        again: the stretched passphrase; whoever holds it in memory can have the file made anew without asking.
        stamp: names what staff did so far.
    """

    data: bytes
    passphrase: str
    size: int = 0
    ticket: str = ""
    packages: int = 0
    left_out: int = 0
    again: bytes = b""
    stamp: str = ""

    def __repr__(self) -> str:
        return f"KeyFileMade(size={self.size})"


class GetKeyFile(Request[KeyFileMade], frozen=True, kw_only=True):
    """Take the exam's key out, under a passphrase; an empty one lets the hub draw it.

    Attributes:
        packages: with the exam's packages, where they are small enough.
        again: in place of a passphrase, what an earlier answer had.
        stamp: of the file that the person has; where nothing was done since, the answer has no data.
    """

    NEEDS: ClassVar[Permission | None] = Permission.KEYS
    passphrase: str = ""
    packages: bool = True
    again: bytes = b""
    stamp: str = ""

    def __repr__(self) -> str:
        return f"GetKeyFile(packages={self.packages})"


class KeyPart(Answer, frozen=True, kw_only=True):
    """A further piece of a key file."""

    data: bytes


class GetKeyPart(Request[KeyPart], frozen=True, kw_only=True):
    """Fetch the piece that begins at byte `at`."""

    NEEDS: ClassVar[Permission | None] = Permission.KEYS
    ticket: str
    at: int
