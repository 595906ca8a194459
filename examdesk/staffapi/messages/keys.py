"""The exam's key as a file to carry."""

from typing import ClassVar

from examdesk.staffapi.messages.base import Answer, Request
from examdesk.staffapi.permissions import Permission


class KeyFileMade(Answer, frozen=True, kw_only=True):
    """The key file, and the passphrase that opens it: the hub keeps neither."""

    data: bytes
    passphrase: str


class GetKeyFile(Request[KeyFileMade], frozen=True, kw_only=True):
    """Take the exam's key out, under a passphrase; an empty one lets the hub draw it."""

    NEEDS: ClassVar[Permission | None] = Permission.KEYS
    passphrase: str = ""
