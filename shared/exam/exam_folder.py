"""Read a whole exam folder."""

from pathlib import Path

from shared.exam.checking import check
from shared.exam.document import Exam
from shared.exam.findings import Finding, has_errors, in_order
from shared.exam.folder import Scan, read_text, scan
from shared.exam.reading import EXAM_FILE, ReadToml, read_toml
from shared.problems import InputProblem


def read_exam(folder: Path) -> tuple[Exam | None, list[Finding]]:
    """Read and check the exam in `folder`: the document, None if there is any error, and everything found."""
    exam, findings, _ = read_with_files(folder)
    return exam, findings


def read_with_files(folder: Path) -> tuple[Exam | None, list[Finding], Scan]:
    """As `read_exam`, with the files that the folder has."""
    if not folder.is_dir():
        empty = Scan(files={}, folders=frozenset(), findings=[])
        said = f"{folder} is not a folder." if folder.exists() else f"There is no folder {folder}."
        return None, [Finding(file=EXAM_FILE, sentence=f"{said} Give the folder that holds exam.toml.")], empty
    files = scan(folder)
    findings = list(files.findings)
    where = files.files.get(EXAM_FILE)
    if where is None:
        if not any(finding.file == EXAM_FILE for finding in findings):
            sentence = f"There is no {EXAM_FILE} in {folder}. `examdesk exam new` makes an exam to start from."
            findings.append(Finding(file=EXAM_FILE, sentence=sentence))
        return None, in_order(findings), files
    source, mistakes = read_text(where, EXAM_FILE)
    findings += mistakes
    if mistakes:
        return None, in_order(findings), files
    read = read_toml(source)
    findings = in_order([*findings, *_all_findings(read, files)])
    return (None if has_errors(findings) else read.partial), findings, files


def check_source(folder: Path, source: str) -> list[Finding]:
    """What would be found in `folder` if its exam.toml had this text."""
    return check_scanned(read_toml(source), scan(folder))


def check_scanned(read: ReadToml, files: Scan) -> list[Finding]:
    """Everything that is found in an exam.toml together with its folder's files."""
    return in_order([*files.findings, *_all_findings(read, files)])


def _all_findings(read: ReadToml, files: Scan) -> list[Finding]:
    return [*read.findings, *check(read, files)]


def exam_or_problem(folder: Path, called: Path | None = None) -> tuple[Exam, Scan]:
    """The exam and its files; an `InputProblem` that names the first mistake where it can't be run.

    `called` is how the person named the exam, where that is not `folder`.
    """
    exam, findings, files = read_with_files(folder)
    if exam is None:
        errors = [finding for finding in findings if finding.severity == "error"]
        rest = len(errors) - 1
        more = f" There {'is' if rest == 1 else 'are'} {rest} more; `examdesk exam check` lists them." if rest else ""
        first = errors[0]
        place = first.file if first.line is None else f"{first.file}, line {first.line}"
        raise InputProblem(f"The exam {called or folder} has a mistake ({place}): {first.sentence}{more}")
    return exam, files
