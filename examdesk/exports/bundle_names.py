"""Who stands in a bundle: students as the exam's key vouched for them, or under pseudonyms (A-10)."""

import tomllib

import tomlkit

from examdesk.exports.pages import Pages
from examdesk.store.rows import JournalRow
from shared.admission.endorsement import read
from shared.admission.pseudonym import issue_pseudonym, under_pseudonym
from shared.crypto.keys import SigningKey
from shared.log.entry import start_link

EXAM_FILE = "exam.toml"
_OF_PEOPLE = ("access", "accommodations")


def vouched(pages: Pages, row: JournalRow) -> tuple[bytes, bytes]:
    """Return the document that opens a journal's record, and the link with which its chain begins."""
    start = start_link(row.endorsement)
    if pages.names is None:
        return row.endorsement, start
    key = SigningKey.from_bytes(pages.keys.signing)
    student = next(each.student for each in pages.sessions if each.session == row.session)
    word = under_pseudonym(read(row.endorsement, key.public), student, start)
    return issue_pseudonym(word, key), start


def without_people(data: bytes) -> bytes:
    """Return an exam's file without its rules for single students and without comments; nothing where it is damaged."""
    try:
        found = tomllib.loads(data.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError):
        return b""
    return tomlkit.dumps({name: value for name, value in found.items() if name not in _OF_PEOPLE}).encode()
