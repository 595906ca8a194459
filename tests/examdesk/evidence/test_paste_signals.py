from hypothesis import given
from hypothesis import strategies as st

from examdesk.evidence.fold import JournalFacts
from examdesk.evidence.rules import EditionTexts, Given, Rules
from examdesk.evidence.signals import KINDS
from shared.events import kinds
from shared.exam.rules import Signals
from shared.log.entry import Entry
from tests.support.scripted import MAIN, Student

PROMPT = """# Rainfall

Write a function `rainfall(values)` that returns the average of the values up to -999.
For example `rainfall([1, 2, 3, -999, 8])` is 2.0. Negative values are left out of the average.
Return 0.0 where there is nothing to average.
"""
STARTER = "def rainfall(values):\n    '''The average of the values up to -999.'''\n    pass\n"
OWN = (
    "def keep(values):\n    kept = []\n    for value in values:\n        if value == -999:\n            break\n"
    "        if value >= 0:\n            kept.append(value)\n    return kept\n"
)
FOREIGN = (
    "class RunningMean:\n    def __init__(self):\n        self._total, self._count = 0.0, 0\n\n"
    "    def push(self, x):\n        self._total += x\n        self._count += 1\n        return self\n\n"
    "    @property\n    def mean(self):\n        return self._total / self._count if self._count else float('nan')\n"
)
RULES = Rules(given=Given(editions=(EditionTexts(prompts=(PROMPT,), starters=(STARTER,)),)))


def found(student: Student, rules: Rules = RULES) -> list[str]:
    return [signal.kind for signal in JournalFacts(student.journal, rules).take_all(student.entries).signals]


def test_a_paste_from_outside_is_pointed_out_with_its_size_and_place():
    student = Student().begin(STARTER)
    student.type("x = 1\n")
    seq = student.paste(FOREIGN)
    facts = JournalFacts(student.journal, RULES).take_all(student.entries)
    assert [signal.kind for signal in facts.signals] == ["outside_paste", "large_paste"]
    signal = facts.signals[0]
    assert (signal.seq, signal.amount, signal.unit, signal.file) == (seq, len(FOREIGN), "characters", MAIN)
    assert signal.journal == student.journal.hex()
    assert "None of it was found" in signal.explanation or "% of it was there before" in signal.explanation


def test_a_shorter_paste_from_outside_is_not_called_large():
    student = Student().begin(STARTER)
    student.paste("import statistics\nprint(statistics.fmean(list(filter(None, data))))")
    assert found(student) == ["outside_paste"]


def test_a_paste_below_the_threshold_is_nothing():
    student = Student().begin(STARTER)
    student.paste("import statistics")
    assert found(student) == []


def test_pasting_own_code_between_files_raises_nothing():
    student = Student().begin(STARTER)
    student.type(OWN)
    student.create("q1/helpers.py")
    student.paste(OWN, "q1/helpers.py", clip="own")
    assert found(student) == []


def test_own_code_counts_as_own_whatever_the_desk_says_of_the_clipboard():
    student = Student().begin(STARTER)
    student.type(OWN)
    student.paste(OWN, clip="outside")
    assert found(student) == []


def test_own_code_that_was_indented_and_changed_a_little_is_still_own():
    student = Student().begin(STARTER)
    student.type(OWN)
    changed = "class Keeper:\n" + "".join(f"    {line}\n" for line in OWN.replace("kept", "kept_").splitlines())
    student.paste(changed)
    assert found(student) == []


def test_own_code_that_was_erased_letter_by_letter_before_is_still_own():
    student = Student().begin(STARTER)
    student.type(OWN)
    student.erase(len(STARTER), len(OWN), letter_by_letter=True)
    student.paste(OWN)
    assert found(student) == []


def test_own_code_of_a_removed_file_is_still_own():
    student = Student().begin(STARTER)
    student.create("q1/old.py")
    student.type(OWN, "q1/old.py")
    student.files.remove("q1/old.py")
    student.write(kinds.FileRemoved(file="q1/old.py"))
    student.paste(OWN)
    assert found(student) == []


def test_a_student_who_retypes_raises_nothing():
    student = Student().begin(STARTER)
    student.type(OWN, per_second=9)
    student.erase(len(STARTER), len(OWN))
    student.type(OWN, per_second=9)
    assert found(student) == []


def test_a_fragment_of_the_prompt_raises_nothing():
    student = Student().begin(STARTER)
    student.paste("For example `rainfall([1, 2, 3, -999, 8])` is 2.0. Negative values are left out")
    student.paste("# For example rainfall([1, 2, 3, -999, 8]) is 2.0. Negative values are left out")
    assert found(student) == []


def test_starter_code_pasted_back_raises_nothing():
    student = Student().begin(STARTER)
    student.erase(0, len(STARTER))
    student.paste(STARTER)
    assert found(student) == []


def test_output_of_an_own_program_raises_nothing():
    student = Student().begin(STARTER)
    student.run(output="The average of the first seven values is 17.25 and of the rest 3.5\n")
    student.paste("# The average of the first seven values is 17.25 and of the rest 3.5")
    assert found(student) == []


def test_a_message_of_the_staff_raises_nothing_once_it_came():
    text = "Correction: use the formula total / max(count, 1) wherever the list could be empty."
    rules = Rules(given=Given(notices={3: text}))
    student = Student().begin(STARTER)
    student.paste(text)
    assert found(student, rules) == ["outside_paste"]
    other = Student().begin(STARTER)
    other.write(kinds.MessageSeen(number=3, how="delivered", sha256=""))
    other.paste(text)
    assert found(other, rules) == []


def test_text_from_outside_that_was_pasted_once_is_pointed_out_once():
    student = Student().begin(STARTER)
    student.paste(FOREIGN)
    student.paste(FOREIGN)
    assert found(student) == ["outside_paste", "large_paste"]


def test_the_explanation_says_how_much_was_found_where():
    student = Student().begin(STARTER)
    student.type(OWN)
    student.paste(OWN + FOREIGN)
    facts = JournalFacts(student.journal, RULES).take_all(student.entries)
    explanation = facts.signals[0].explanation
    assert "% in the student's own text" in explanation
    assert 20 <= int(explanation.split(" % of it was there before")[0].rsplit(" ", 1)[1]) < 85


def test_a_paste_in_parts_is_one_paste():
    student = Student().begin(STARTER)
    size = 400
    parts = [FOREIGN[at : at + size // 2] for at in range(0, size, size // 2)]
    for number, part in enumerate(parts, 1):
        student.write(
            kinds.Paste(
                file=MAIN, at=(number - 1) * len(parts[0]), removed=0, text=part, clip="outside", part=number, parts=2
            )
        )
    facts = JournalFacts(student.journal, RULES).take_all(student.entries)
    assert [signal.amount for signal in facts.signals] == [len("".join(parts))] * 2


def test_a_kind_that_the_exam_switched_off_is_not_derived():
    student = Student().begin(STARTER)
    student.paste(FOREIGN)
    assert found(student, Rules(signals=Signals(off=("outside_paste",)))) == ["large_paste"]
    assert found(student, Rules(signals=Signals(off=("outside_paste", "large_paste")))) == []


def test_thresholds_are_the_exams():
    student = Student().begin(STARTER)
    student.paste(FOREIGN)
    assert found(student, Rules(signals=Signals(large_paste_chars=len(FOREIGN) + 1))) == ["outside_paste"]


@given(st.integers(0, len(OWN) - 45), st.integers(45, 200))
def test_no_stretch_of_own_text_is_ever_from_outside(start, length):
    student = Student().begin(STARTER)
    student.insert(OWN, how="tool")
    student.paste(OWN[start : start + length])
    assert found(student) == []


def test_words_are_neutral_and_every_threshold_is_a_field():
    words = " ".join(f"{kind.title} {kind.meaning}" for kind in KINDS.values()).lower()
    assert not any(word in words for word in ("cheat", "suspicious", "plagiar", "fraud", "guilty", "violation"))
    fields = set(Signals.__struct_fields__)
    assert all(kind.field in fields for kind in KINDS.values() if kind.field)


def test_where_the_edition_was_erased_no_text_of_any_edition_is_from_outside():
    text = "import zlib; print(zlib.crc32(open('data.bin','rb').read()), 'of', 'data.bin')"
    rules = Rules(given=Given(editions=(EditionTexts(number=7, prompts=(text,)),)))
    student = Student().begin()
    taken = student.write(kinds.EditionTaken(number=7, envelope="{}"))
    student.paste(text)
    erased = student.entries[taken]
    student.entries[taken] = Entry(erased.header, bytes(16), None, erased.payload_digest())
    facts = JournalFacts(student.journal, rules).take_all(student.entries)
    assert (facts.erased, facts.signals) == (1, [])
