"""`students/<student>.html`: one student's part of the report as a page of its own, which names no other student."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from examdesk.exports.alike import Comparison
from examdesk.exports.gathering import Gathered, Gathering, version_offsets
from examdesk.exports.report.page import Report, within_class
from examdesk.exports.report.svg import esc
from examdesk.exports.times import Zone
from examdesk.exports.writing import Effort, file_name
from examdesk.staffapi.messages import SIMILARITY_WORDS

FOLDER = "students"
SHOWN_RUNS = 200
SHOWN_VERSIONS = 200
PAIRS = 3


def write_student_pages(
    gathering: Gathering, alike: list[Comparison], folder: Path, zone: Zone, effort: Effort
) -> list[Path]:
    """Write one page for each session into `folder`/students."""
    report = Report(gathering, alike, zone)
    target = folder / FOLDER
    target.mkdir(exist_ok=True)
    paths = []
    for one in gathering.sessions:
        effort.step(1, "writing the students' pages")
        path = target / f"{file_name(one.student)}.html"
        with path.open("w", encoding="utf-8") as out:
            out.writelines(_page(report, one, zone))
        paths.append(path)
    return paths


def _page(report: Report, one: Gathered, zone: Zone) -> Iterator[str]:
    yield report.beginning(f"{one.name}: {report.exam_name}")
    section = f" · section {esc(one.section)}" if one.section else ""
    yield (
        f'<p class="kicker">{esc(report.exam_name)} · evidence for review</p><h1>{esc(one.name)}</h1>'
        f'<p class="sub"><span class="mono">{esc(one.student)}</span>{section} · {report.when_made()}</p>'
    )
    yield report.how_to_read()
    yield report.student(one, near=False)
    yield report.legend(alone=True)
    yield _runs(one, zone)
    yield _versions(one, zone)
    yield _near(report, one)
    yield from _files(one)
    yield report.ending()


def _table(head: Iterable[tuple[str, str]], rows: list[str], most: int) -> str:
    """Return a table; each heading comes with the class of its cells."""
    cells = "".join(f'<th class="{css}">{esc(words)}</th>' for words, css in head)
    more = f'<p class="muted">{len(rows) - most:,} more are in the workbook.</p>' if len(rows) > most else ""
    body = "".join(rows[:most])
    return f'<div class="scroll"><table><thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table></div>{more}\n'


def _runs(one: Gathered, zone: Zone) -> str:
    offsets = version_offsets(one)
    rows = [
        f'<tr><td class="t">{esc(zone.clock(run.at_ms))}</td><td class="n">{run.run}</td>'
        f'<td class="mono">{esc(run.what)}</td><td class="n">{run.version + offsets[facts.journal.hex()]}</td>'
        f'<td class="n">{"" if run.seconds is None else f"{run.seconds:.2f}"}</td><td>{esc(run.reason)}</td>'
        f'<td class="words">{esc(run.error)}</td></tr>'
        for facts, run in one.facts.runs
    ]
    if not rows:
        return '<h2>Runs</h2><p class="muted">No program was run.</p>\n'
    head = (("Time", "t"), ("Run", "n"), ("What ran", ""), ("Version", "n"), ("Seconds", "n"), ("How it ended", ""))
    return "<h2>Runs</h2>" + _table((*head, ("Error", "")), rows, SHOWN_RUNS)


def _versions(one: Gathered, zone: Zone) -> str:
    offsets = version_offsets(one)
    rows = [
        f'<tr><td class="n">{version.number + offsets[facts.journal.hex()]}</td>'
        f'<td class="t">{esc(zone.clock(version.at_ms))}</td><td>{esc(version.why)}</td>'
        f'<td class="n">{version.seq}</td></tr>'
        for facts in one.facts.main
        for version in facts.versions
    ]
    words = "<h2>Versions</h2><p>The code at each run, hand-in or checkpoint where it had changed.</p>"
    head = (("Version", "n"), ("Time", "t"), ("Kept at", ""), ("Event", "n"))
    return words + _table(head, rows, SHOWN_VERSIONS) if rows else ""


def _near(report: Report, one: Gathered) -> str:
    """Say how alike the most similar programs are, and not whose they are."""
    pairs = report.pairs_of(one)[:PAIRS]
    if pairs:
        shown = "; ".join(f"{pair.jaccard:.0%} ({esc(within_class(pair))})" for pair in pairs)
        words = f"The most similar other programs of the class: {shown}. Whose they are is in the class's report."
    else:
        words = "There is no program of the class to compare with, or none that ranks among the nearest."
    return f'<h2>Code similarity</h2><div class="note"><p>{esc(SIMILARITY_WORDS)}</p></div><p>{words}</p>\n'


def _files(one: Gathered) -> Iterator[str]:
    texts = one.facts.texts() if one.handed is None else one.handed.texts
    state = "as handed in" if one.handed is not None else "as last saved"
    for file, text in sorted(texts.items()):
        yield f'<h2><span class="mono">{esc(file)}</span>, {state}</h2>'
        if text.strip():
            lines = "".join(f"<li>{esc(line) or ' '}</li>" for line in text.splitlines())
            yield f'<ol class="listing">{lines}</ol>\n'
        else:
            yield '<p class="muted">Empty.</p>\n'
