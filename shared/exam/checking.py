"""What only shows when exam.toml and its folder are looked at together."""

import re
from collections.abc import Iterator
from datetime import datetime

from shared.exam.document import Alternatives, Exam, Question, Zone, schedule_of
from shared.exam.findings import Finding, Severity, has_errors
from shared.exam.folder import Scan, read_text
from shared.exam.interpreter import package_mistake, python_mistake
from shared.exam.packages import LIST_NAME, WHEELS
from shared.exam.paths import clashing, path_mistake
from shared.exam.positions import Path, line_at
from shared.exam.reading import EXAM_FILE, ReadToml, dotted
from shared.exam.table import Table

INSTRUCTIONS_FILE = "instructions.md"
PROMPT_FILE = "question.md"
QUESTIONS = "questions"
QUESTION_FOLDERS = ("starter", "data", "checks", "hidden-checks", "images")

_YEARS = range(1971, 9001)
_ID = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_-]*$")
_LANGUAGE = re.compile(r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
_PICTURE = re.compile(r"!\[[^\]]*\]\(\s*<?([^)>\s]+)")


def check(read: ReadToml, scan: Scan) -> list[Finding]:
    """Every mistake that the document and its folder have together.

    Where parts of exam.toml could not be read, warnings are left out: they would speak of defaults.
    """
    if read.partial is None:
        return []
    checker = _Checker(read.partial, scan, read)
    checker.run()
    broken = has_errors(read.findings)
    return [finding for finding in checker.findings if finding.severity == "error" or not broken]


def questions_with_paths(exam: Exam) -> Iterator[tuple[Path, Question]]:
    """Every question with its place in exam.toml."""
    for z, zone in enumerate(exam.zones):
        for q, entry in enumerate(zone.questions):
            path: Path = ("zones", z, "questions", q)
            if isinstance(entry, Alternatives):
                yield from (((*path, "alternatives", a), each) for a, each in enumerate(entry.alternatives))
            else:
                yield path, entry


class _Checker:
    """Looks at one part after the other; `findings` grows."""

    def __init__(self, exam: Exam, scan: Scan, read: ReadToml) -> None:
        self.findings: list[Finding] = []
        self._exam = exam
        self._scan = scan
        self._lines = read.lines
        self._kept = read.kept

    def run(self) -> None:
        """Look at everything."""
        self._check_ids()
        for path, question in questions_with_paths(self._exam):
            self._check_question(path, question)
        self._check_orphans()
        for z, zone in enumerate(self._exam.zones):
            self._check_zone(("zones", z), zone)
        self._check_texts()
        self._check_schedules()
        self._check_people()
        self._check_interpreter()
        self._check_recording()

    def _say(self, path: Path, sentence: str, severity: Severity = "error") -> None:
        path = self._in_file(path)
        line = line_at(self._lines, path)
        self.findings.append(
            Finding(file=EXAM_FILE, line=line, field=dotted(path), sentence=sentence, severity=severity)
        )

    def _in_file(self, path: Path) -> Path:
        """The path in exam.toml of a path in the document, which lacks elements that could not be read."""
        real: Path = ()
        for part in path:
            moved = isinstance(part, int) and real in self._kept
            real = (*real, self._kept[real][int(part)] if moved else part)
        return real

    def _say_file(self, file: str, sentence: str, severity: Severity = "error", line: int | None = None) -> None:
        self.findings.append(Finding(file=file, line=line, sentence=sentence, severity=severity))

    def _check_ids(self) -> None:
        seen: dict[str, tuple[Path, str]] = {}
        for path, question in questions_with_paths(self._exam):
            if not _ID.match(question.id):
                self._say(
                    (*path, "id"),
                    f'The question id "{question.id}" may have letters, digits, - and _ only, beginning with a letter '
                    "or digit, as it is the name of a folder.",
                )
            first = seen.setdefault(question.id.casefold(), (path, question.id))
            if first[0] != path:
                line = line_at(self._lines, self._in_file((*first[0], "id")))
                self._say(
                    (*path, "id"),
                    f'The question "{question.id}" stands in the exam twice (first as "{first[1]}" in line {line}). '
                    "Each question can be there once.",
                )

    def _check_question(self, path: Path, question: Question) -> None:
        if not _ID.match(question.id):
            return
        folder = f"{QUESTIONS}/{question.id}"
        if folder not in self._scan.folders:
            near = next((each for each in self._scan.folders if each.casefold() == folder.casefold()), None)
            hint = f"There is {near}: write it the same way." if near else "Create it, or take the question out."
            self._say((*path, "id"), f'The folder {folder} of the question "{question.id}" is missing. {hint}')
            return
        self._check_prompt(folder)
        self._check_material(folder, path, question)
        for name in sorted({each.split("/", 1)[0] for each in self._scan.below(folder)}):
            if name != PROMPT_FILE and name not in QUESTION_FOLDERS:
                known = ", ".join(f"{each}/" for each in QUESTION_FOLDERS)
                self._say_file(
                    f"{folder}/{name}",
                    f"{folder}/{name} is not used: a question has {PROMPT_FILE}, {known}.",
                    "warning",
                )

    def _check_prompt(self, folder: str) -> None:
        path = f"{folder}/{PROMPT_FILE}"
        where = self._scan.files.get(path)
        if where is None:
            if not any(finding.file == path for finding in self._scan.findings):
                self._say_file(path, f"{path} is missing: the question has no text.")
            return
        text, mistakes = read_text(where, path)
        self.findings += mistakes
        if not mistakes and not text.strip():
            self._say_file(path, f"{path} is empty: the question has no text.", line=1)
        for number, row in enumerate(text.split("\n"), 1):
            for target in _PICTURE.findall(row):
                self._check_picture(folder, path, number, target)

    def _check_picture(self, folder: str, path: str, line: int, target: str) -> None:
        if re.match(r"^[a-z]+:", target):
            self._say_file(
                path, f"The picture {target} would need the internet. Put it in {folder}/images/.", "warning", line
            )
        elif path_mistake(target) or f"{folder}/{target}" not in self._scan.files:
            self._say_file(path, f"The picture {target} is not in {folder}.", "warning", line)

    def _check_material(self, folder: str, path: Path, question: Question) -> None:
        starter, data = self._scan.below(f"{folder}/starter"), self._scan.below(f"{folder}/data")
        for name, where in starter.items():
            _, mistakes = read_text(where, f"{folder}/starter/{name}")
            for each in mistakes:
                self._say_file(each.file, f"{each.sentence} Other files belong in {folder}/data.", line=each.line)
        for first, second in clashing([*starter, *(f"{name}" for name in data if name not in starter)]):
            self._say_file(f"{folder}/data/{second}", f"starter and data both bring {first}. Rename one of them.")
        for name in data:
            if name in starter:
                self._say_file(f"{folder}/data/{name}", f"starter and data both bring {name}. Rename one of them.")
        if question.main and question.main not in starter and starter:
            self._say((*path, "main"), f"{question.main} is not among the starter files of {question.id}.")
        if question.main and (path_mistake(question.main) or not question.main.endswith(".py")):
            self._say((*path, "main"), f'main is "{question.main}", but Run starts a Python file such as main.py.')

    def _check_orphans(self) -> None:
        used = {f"{QUESTIONS}/{question.id}".casefold() for question in self._exam.questions()}
        for folder in sorted(self._scan.folders):
            if folder.count("/") == 1 and folder.startswith(f"{QUESTIONS}/") and folder.casefold() not in used:
                name = folder.split("/", 1)[1]
                self._say_file(folder, f'{folder} is in no zone of exam.toml, so nobody gets "{name}".', "warning")
        for path in sorted(self._scan.files):
            if path.count("/") == 1 and path.startswith(f"{QUESTIONS}/"):
                self._say_file(path, f"{path} lies beside the questions' folders and is not used.", "warning")

    def _check_zone(self, path: Path, zone: Zone) -> None:
        if any(each[:2] == self._in_file(path) for each in self._kept):
            return  # questions that could not be read would be missing in the count
        count = 0
        for q, entry in enumerate(zone.questions):
            place = (*path, "questions", q)
            count += entry.number_choose if isinstance(entry, Alternatives) else 1
            if isinstance(entry, Alternatives) and entry.number_choose > len(entry.alternatives):
                self._say(
                    self._spelled(place, "number_choose"),
                    f"number_choose is {entry.number_choose}; there are {len(entry.alternatives)} alternatives.",
                )
        if zone.best_questions is not None and zone.best_questions > count:
            self._say(
                self._spelled(path, "best_questions"),
                f"best_questions is {zone.best_questions}, but a student gets only {count} questions in this zone.",
            )

    def _spelled(self, path: Path, name: str) -> Path:
        """The path of a field as the file spells it."""
        first, *rest = name.split("_")
        camel = first + "".join(part.title() for part in rest)
        return (*path, camel) if (*self._in_file(path), camel) in self._lines else (*path, name)

    def _check_texts(self) -> None:
        exam = self._exam
        if exam.honor_code.mode == "own" and not exam.honor_code.text.strip():
            self._say(("honor_code", "text"), "The honor code is your own, but its text is empty.")
        if exam.honor_code.mode != "own" and exam.honor_code.text.strip():
            self._say(("honor_code", "text"), 'This honor code is not shown: set honor_code.mode to "own".', "warning")
        for position, language in enumerate(exam.languages):
            if not _LANGUAGE.match(language):
                self._say(("languages", position), f'"{language}" is no language; write it as "en" or "de-CH".')
        if INSTRUCTIONS_FILE in self._scan.files:
            self.findings += read_text(self._scan.files[INSTRUCTIONS_FILE], INSTRUCTIONS_FILE)[1]
            if exam.instructions:
                self._say(("instructions",), f"There are two instructions, here and in {INSTRUCTIONS_FILE}. Keep one.")
        for position, path in enumerate(exam.attachments):
            self._check_attachment(("attachments", position), path)

    def _check_attachment(self, place: Path, path: str) -> None:
        mistake = path_mistake(path)
        if mistake:
            self._say(place, f'The attachment "{path}" {mistake}.')
        elif path == EXAM_FILE or path.startswith(f"{QUESTIONS}/"):
            self._say(
                place, f"{path} can't be an attachment, as students read attachments. Put a copy beside exam.toml."
            )
        elif path not in self._scan.files:
            self._say(place, f"The attachment {path} is not in the exam folder.")
        elif self._exam.attachments.index(path) != place[-1]:
            self._say(place, f"The attachment {path} is listed twice.", "warning")

    def _check_schedules(self) -> None:
        exam = self._exam
        self._check_moments()
        self._check_span(
            ("schedule",), ("start", "end"), exam.schedule.start, exam.schedule.end, exam.schedule.duration
        )
        if exam.schedule.duration is None and exam.schedule.end is None:
            self._say(
                ("schedule",),
                "The exam has neither a duration nor an end: it runs until it is ended by hand.",
                "warning",
            )
        for position, section in enumerate(exam.sections):
            own = section.schedule
            if own.start or own.end or own.duration:
                whole = schedule_of(exam, section.name)
                place = ("sections", position, "schedule")
                self._check_span(place, ("start", "end"), whole.start, whole.end, whole.duration)
        for position, rule in enumerate(exam.access):
            self._check_span(("access", position), ("opens", "closes"), rule.opens, rule.closes, rule.minutes)

    def _check_moments(self) -> None:
        """Every date within what all systems can count."""
        exam = self._exam
        tables: list[tuple[Path, Table]] = [(("schedule",), exam.schedule)]
        tables += [(("sections", at, "schedule"), each.schedule) for at, each in enumerate(exam.sections)]
        tables += [(("access", at), each) for at, each in enumerate(exam.access)]
        tables += [(("accommodations", at), each) for at, each in enumerate(exam.accommodations)]
        for path, table in tables:
            for name in table.__struct_fields__:
                moment = getattr(table, name)
                if isinstance(moment, datetime) and moment.year not in _YEARS:
                    said = dotted(self._in_file((*path, name)))
                    self._say(
                        (*path, name), f"{said} lies in the year {moment.year}; {_YEARS[0]} to {_YEARS[-1]} work."
                    )

    def _check_span(
        self, path: Path, names: tuple[str, str], start: datetime | None, end: datetime | None, minutes: int | None
    ) -> None:
        first, last = names
        if start is None or end is None:
            return
        try:
            length = (end.timestamp() - start.timestamp()) / 60
        except (OverflowError, OSError, ValueError):
            return  # said of the date itself
        if length <= 0:
            self._say((*path, last), f"{last} ({end:%Y-%m-%d %H:%M}) is not after {first} ({start:%Y-%m-%d %H:%M}).")
        elif minutes is not None and length < minutes:
            self._say(
                (*path, last),
                f"From {first} to {last} are {length:g} minutes, so nobody gets the {minutes} minutes of the duration.",
                "warning",
            )

    def _check_people(self) -> None:
        exam = self._exam
        names = [section.name for section in exam.sections]
        for position, name in enumerate(names):
            if name in names[:position]:
                self._say(("sections", position, "name"), f'There are two sections "{name}". Rename one of them.')
        for position, rule in enumerate(exam.access):
            for s, name in enumerate(rule.sections):
                if name not in names:
                    self._say(("access", position, "sections", s), f'There is no section "{name}" in this exam.')
        for position, each in enumerate(exam.accommodations):
            if not each.students and not each.tags:
                self._say(
                    ("accommodations", position), "This accommodation is for nobody: name students or tags.", "warning"
                )
        self._check_groups()

    def _check_groups(self) -> None:
        groups = self._exam.groups
        if groups.max_size is not None and groups.max_size < groups.min_size:
            self._say(("groups", "max_size"), f"max_size {groups.max_size} is smaller than min_size {groups.min_size}.")
        roles = [role.name for role in groups.roles]
        for position, role in enumerate(groups.roles):
            if role.name in roles[:position]:
                self._say(("groups", "roles", position, "name"), f'There are two roles "{role.name}". Rename one.')
            if role.maximum is not None and role.maximum < role.minimum:
                self._say(
                    ("groups", "roles", position, "maximum"), f'The role "{role.name}" needs more than it may have.'
                )

    def _check_interpreter(self) -> None:
        mistake = python_mistake(self._exam.interpreter.python)
        if mistake:
            self._say(("interpreter", "python"), mistake)
        for position, package in enumerate(self._exam.interpreter.packages):
            mistake = package_mistake(package)
            if mistake:
                self._say(("interpreter", "packages", position), mistake)
        if self._exam.interpreter.packages and f"{WHEELS}/{LIST_NAME}" not in self._scan.wheels:
            names = ", ".join(self._exam.interpreter.packages)
            sentence = (
                f"{names}: not collected yet, so programs on lab PCs will not have them. "
                "Collect them under Python and packages, or with `examdesk exam packages`."
            )
            self._say(("interpreter", "packages"), sentence, "warning")

    def _check_recording(self) -> None:
        policy = self._exam.recording
        if policy.paste_text and not policy.pastes:
            self._say(("recording", "pastes"), "Without pastes, paste_text has no effect.", "warning")
        if policy.output and not policy.runs:
            self._say(("recording", "runs"), "Without runs, output has no effect.", "warning")
