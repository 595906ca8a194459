"""Pseudonyms over a class with everything that is hard to carry: no file of any kind gives anybody away."""

import html
import re

import pytest

from examdesk.exports.kinds import KINDS
from examdesk.exports.options import Options
from examdesk.exports.pseudonyms import Pseudonyms
from tests.examdesk.exports.class_at_work import export
from tests.examdesk.exports.every_text import all_texts
from tests.examdesk.exports.rich_exam import ACCOUNTS, ADDRESS, NEVER_CAME, PCS, PEOPLE, SECOND_ADDRESS, rich_exam

NAMES = Pseudonyms(b"a key of the institution, long enough")
WORDS_OF_EVERYBODY = {"http", "https", "example", "hyperlink"}


def identities():
    """Ids, names and their parts, mail addresses and what is before their @, accounts, PCs and addresses."""
    found = {*ACCOUNTS.values(), *PCS.values(), ADDRESS, SECOND_ADDRESS}
    for student, (name, _, email) in (PEOPLE | NEVER_CAME).items():
        found |= {student, name, email, email.partition("@")[0].lstrip("+")}
        found |= {part for part in re.findall(r"\w{4,}", name) if part.casefold() not in WORDS_OF_EVERYBODY}
    return found


def test_no_byte_of_any_export_gives_anybody_away(tmp_path):
    out = tmp_path / "out"
    export(rich_exam(tmp_path / "records"), out, set(KINDS), options=Options(names=NAMES))
    words = {word: re.compile(rf"(?<!\w){re.escape(word)}(?!\w)", re.IGNORECASE) for word in identities()}
    for path, text in all_texts(out):
        for said in {text, html.unescape(text)}:
            folded = said.casefold()
            for word, pattern in words.items():
                assert word.casefold() not in folded or not pattern.search(said), (path.name, word)


@pytest.mark.parametrize(
    "text",
    [
        "/home/{}/x.py",
        'File "C:\\Users\\{}\\x.py", line 1',
        "'C:\\\\Users\\\\{}\\\\x'",
        "/Users/{}",
        "C:/Users/{}/x",
    ],
)
def test_the_account_in_a_path_has_another_name(text):
    account = NAMES.other("user", "anna")
    assert NAMES.paths(text.format("anna")) == text.format(account)


def test_an_account_of_two_words_is_replaced_where_the_path_goes_on():
    account = NAMES.other("user", "Anna O'Lind")
    assert NAMES.paths("C:\\Users\\Anna O'Lind\\x") == f"C:\\Users\\{account}\\x"


def test_what_is_no_path_of_an_account_stays():
    for text in ("homes/alice", "at home/ and away", "no path", "~alice/x", "/usr/lib/python3.12/users.py"):
        assert NAMES.paths(text) == text
