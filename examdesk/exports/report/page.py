"""The report's page, put together: what it is, the class, signals explained once, every session, the record."""

import importlib.resources
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from examdesk.evidence.signals import ENGINE, KINDS
from examdesk.evidence.words import count, duration
from examdesk.exports.alike import GROUPS_IN_WORDS, Comparison, LikeGroup, LikePair
from examdesk.exports.gathering import Gathered, Gathering
from examdesk.exports.options import Chosen
from examdesk.exports.report import charts
from examdesk.exports.report.svg import Axis, esc
from examdesk.exports.times import Zone
from examdesk.exports.writing import Effort
from examdesk.staffapi.messages import SIMILARITY_WORDS
from examdesk.store.reviews import in_words
from shared.crypto.keys import SigningKey
from shared.exam.rules import Signals
from shared.look.tokens import Status as LookStatus
from shared.look.tokens import Theme, palette

NAME = "integrity-report.html"
SHOWN_PAIRS = 25
PAIRS_A_STUDENT = 3
SHOWN_SIGNALS = 40
_PARTS = {
    "signals": "Signals",
    "similarity": "Code similarity",
    "everybody": "Everybody",
    "sessions": "Session by session",
    "record": "The record",
}
_UNITS = {"chars": "characters", "percent": "%"}
_COLOURS = (
    *("window", "sunken", "surface", "text", "muted", "line", "line_strong", "accent", "accent_text"),
    "info_soft",
)


def write_report(gathering: Gathering, alike: list[Comparison], folder: Path, zone: Zone, effort: Effort) -> Path:
    """Write the file into `folder`, piece by piece."""
    path = folder / NAME
    with path.open("w", encoding="utf-8") as out:
        for piece in Report(gathering, alike, zone).pieces():
            effort.step(1, "writing the report")
            out.write(piece)
    return path


class Report:
    """One report; `pieces` are written in order."""

    def __init__(self, gathering: Gathering, alike: list[Comparison], zone: Zone) -> None:
        self._g = gathering
        self._alike = alike
        self._zone = zone
        self._sessions = gathering.sessions
        self._axis: Axis = charts.axis_of(self._sessions, gathering.made_ms)
        self._typed = charts.most_typed(self._sessions)
        self._common = gathering.commonness
        self._anchors = {one.row.session: f"s{number}" for number, one in enumerate(self._sessions, 1)}
        self._pairs = self._by_session()

    @property
    def exam_name(self) -> str:
        """The exam's long name."""
        return self._g.pages.exam.long_name

    def beginning(self, title: str) -> str:
        """Return the beginning of a page."""
        return (
            f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{esc(title)}</title>'
            '<meta name="viewport" content="width=device-width,initial-scale=1">'
            '<meta http-equiv="Content-Security-Policy" '
            "content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">"
            f"<style>{_style()}{_colours()}</style></head><body><main>\n"
        )

    def ending(self) -> str:
        """Return what stands under everything."""
        return f"{self._record()}</main></body></html>\n"

    def when_made(self) -> str:
        """Return when it was made, of whom it is, and whose times these are."""
        zone, axis = self._zone, self._axis
        times = zone.names((axis.start_ms, axis.end_ms))
        return (
            f"{esc(self._when())} · made {esc(zone.day(self._g.made_ms))} · times are "
            f"{esc(times)} by the hub's clock{esc(_of_whom(self._g.pages.chosen))}"
        )

    def pairs_of(self, one: Gathered) -> Sequence[LikePair]:
        """Return the pairs with a student's program, the most alike first."""
        return self._pairs.get(one.row.session, [])

    def pieces(self) -> Iterator[str]:
        """Yield the page."""
        yield self.beginning(f"Integrity report: {self.exam_name}")
        yield self._head()
        yield self._class()
        yield self._signal_kinds()
        yield self._similarity()
        yield self._index()
        yield '<h2 id="sessions">Session by session</h2>\n' + self.legend()
        for one in self._sessions:
            yield self.student(one)
        yield self.ending()

    # -- the beginning

    def _head(self) -> str:
        pages, sessions = self._g.pages, self._sessions
        checks = [check for one in sessions for check in one.checks]
        figures = [
            (len(pages.roster), "students on the roster"),
            (len(sessions), "joined"),
            (sum(one.facts.handed_in is not None for one in sessions), "handed in"),
            (sum(len(one.facts.runs) for one in sessions), "runs"),
            (pages.events, "events recorded"),
            (f"{sum(check.holds for check in checks)} of {len(checks)}", "journals that verify"),
        ]
        shown = "".join(f"<div><b>{_figure(value)}</b><span>{esc(words)}</span></div>" for value, words in figures)
        rehearsed = f'<p class="sub">{esc(pages.rehearsed)}</p>' if pages.rehearsed else ""
        course = f"{esc(pages.exam.course)} · " if pages.exam.course else ""
        return (
            '<p class="kicker">Integrity report · evidence for review</p>'
            f"<h1>{esc(pages.exam.long_name)}</h1>"
            f'<p class="sub">{course}{self.when_made()}</p>'
            f"{rehearsed}"
            f'<div class="figures">{shown}</div>{self.how_to_read()}{self._contents()}'
        )

    @staticmethod
    def _contents() -> str:
        links = "".join(f'<a href="#{anchor}">{words}</a>' for anchor, words in _PARTS.items())
        return f'<nav aria-label="Contents">{links}</nav>\n'

    @staticmethod
    def how_to_read() -> str:
        """Return what this is, and what it is not."""
        return (
            '<div class="note"><p><b>How to read this.</b> This report shows what was recorded while the exam ran, so '
            "that a person can look at it. It reaches no conclusion about anybody and ranks nobody. A signal is a "
            "moment that may be worth a look; most have an ordinary explanation, and next to each stands how common it "
            "was in this class. Nothing here replaces a conversation with the student.</p></div>\n"
        )

    def _when(self) -> str:
        start, end = self._axis.start_ms, self._axis.end_ms
        return self._zone.span(start, end) if self._sessions else "nobody joined"

    def _class(self) -> str:
        if not self._sessions:
            return ""
        statuses = "".join(
            f"<li>{_swatch('area ' + charts.css_name(status))}{esc(status)}</li>" for status in charts.ORDER
        )
        return (
            '<h2 id="time">The class over time</h2>'
            '<div class="card"><h3>Sessions by status</h3>'
            f"{charts.status_chart(self._sessions, self._axis, self._zone)}"
            f'<ul class="legend">{statuses}</ul></div>'
            '<div class="card"><h3>Runs of programs</h3>'
            f"{charts.runs_chart(self._sessions, self._axis, self._zone)}"
            f'<ul class="legend"><li>{_swatch("bar ran")}ran to its end</li>'
            f"<li>{_swatch('bar failed')}ended with an error or a limit</li></ul></div>\n"
        )

    # -- signals, explained once

    def _signal_kinds(self) -> str:
        times = Counter(signal.kind for one in self._sessions for signal in one.facts.signals())
        thresholds, off = self._g.rules.signals, self._g.rules.signals.off
        rows = "".join(
            f"<tr><td><b>{esc(kind.title)}</b></td><td>{esc(kind.meaning)}</td>"
            f'<td class="t">{esc(_threshold(thresholds, kind.field))}</td>'
            f'<td class="n">{self._common.having[kind.name]} of {self._common.students}</td>'
            f'<td class="n">{times[kind.name]}</td></tr>'
            for kind in KINDS.values()
            if times[kind.name]
        )
        unseen = ", ".join(kind.title for kind in KINDS.values() if not times[kind.name] and kind.name not in off)
        switched = ", ".join(KINDS[name].title for name in off)
        return (
            '<h2 id="signals">Signals, and what each kind means</h2>'
            "<p>Each kind is explained once, here. The same events and thresholds give the same signals on every "
            f'computer (engine <span class="mono">{esc(ENGINE)}</span>).</p>'
            + (
                '<div class="scroll"><table><thead><tr><th>Signal</th><th>What it means</th><th>Pointed out from</th>'
                f'<th class="n">Students</th><th class="n">Times</th></tr></thead><tbody>{rows}</tbody></table></div>'
                if rows
                else "<p>No signal of any kind was derived for this class.</p>"
            )
            + (f'<p class="muted">Not seen in this class: {esc(unseen)}.</p>' if unseen else "")
            + (f'<p class="muted">Switched off by the exam: {esc(switched)}.</p>' if switched else "")
            + "\n"
        )

    # -- similarity

    def _by_session(self) -> dict[bytes, list[LikePair]]:
        found: dict[bytes, list[LikePair]] = {}
        for pair in self._alike[0].pairs if self._alike else ():
            for one in (pair.a, pair.b):
                found.setdefault(one.row.session, []).append(pair)
        return found

    def _similarity(self) -> str:
        comparison = self._alike[0]
        pairs = comparison.spread.pairs
        words = f'<div class="note"><p>{esc(SIMILARITY_WORDS)}</p></div>'
        if not pairs:
            return f'<h2 id="similarity">Code similarity</h2>{words}<p>There are no two programs to compare.</p>\n'
        shown = comparison.pairs[:SHOWN_PAIRS]
        return (
            f'<h2 id="similarity">Code similarity</h2>{words}'
            "<p>Jaccard similarity over normalized Python token 5-grams, starter code removed. Students who solve the "
            "same small task write similar code; what matters is where a pair lies within its own class.</p>"
            f'<div class="card"><h3>All {pairs:,} pairs of {comparison.programs} programs</h3>'
            f"{charts.likeness_chart(comparison)}</div>"
            f"{self._group_table(comparison)}{self._pair_table(shown)}"
            + (
                f'<p class="muted">The {len(shown)} pairs that rank highest are listed; the workbook has more.</p>\n'
                if pairs > len(shown)
                else "\n"
            )
        )

    def _group_table(self, comparison: Comparison) -> str:
        if not comparison.groups:
            return ""
        rows = "".join(
            f'<tr><td class="n">{len(group.members)}</td><td class="n">{group.pairs}</td>'
            f'<td class="n">{_figures_of(group)}</td><td>{", ".join(map(self._link, group.members))}</td></tr>'
            for group in comparison.groups
        )
        return (
            f"<h3>Groups</h3><p>{esc(GROUPS_IN_WORDS.format(percent=_percent(comparison.grouped_from)))}</p>"
            '<div class="scroll"><table><thead><tr><th class="n">Programs</th><th class="n">Pairs</th>'
            f'<th class="n">Similarity</th><th>Students</th></tr></thead><tbody>{rows}</tbody></table></div>'
            "<h3>Pairs</h3>"
        )

    def _pair_table(self, pairs: Sequence[LikePair]) -> str:
        rows = "".join(
            f"<tr><td>{self._link(pair.a)}</td><td>{self._link(pair.b)}</td>"
            f'<td class="t">{_meter(pair.jaccard)}</td>'
            f'<td class="n">{_percent(pair.rank)}</td><td class="t">{esc(within_class(pair))}</td></tr>'
            for pair in pairs
        )
        return (
            '<div class="scroll"><table><thead><tr><th>Student</th><th>Student</th><th>Similarity</th>'
            '<th class="n">Ranking figure</th><th>Within this class</th></tr></thead>'
            f"<tbody>{rows}</tbody></table></div>"
        )

    def _link(self, one: Gathered) -> str:
        return f'<a href="#{self._anchors[one.row.session]}">{esc(one.name)}</a>'

    # -- students

    def _index(self) -> str:
        rows = "".join(
            f'<tr><td>{self._link(one)}</td><td class="mono">{esc(one.student)}</td><td>{esc(one.section)}</td>'
            f'<td>{_pill(one.status)}</td><td class="n">{len(one.facts.runs)}</td>'
            f'<td class="n">{one.facts.versions}</td><td class="n">{len(one.facts.signals())}</td>'
            f'<td class="t">{esc(one.row.review)}</td></tr>'
            for one in self._sessions
        )
        absent = ", ".join(f"{row.name} ({row.student})" for row in self._g.absent)
        return (
            '<h2 id="everybody">Everybody</h2><p>In the order of the roster.</p>'
            '<div class="scroll"><table><thead><tr><th>Name</th><th>Student</th><th>Section</th><th>Status</th>'
            '<th class="n">Runs</th><th class="n">Versions</th><th class="n">Signals</th><th>Review</th></tr></thead>'
            f"<tbody>{rows}</tbody></table></div>"
            + (f'<p class="muted">Never joined: {esc(absent)}.</p>\n' if absent else "\n")
        )

    def legend(self, *, alone: bool = False) -> str:
        """Return what the marks of a chart mean; `alone`: of one chart."""
        items = (
            (_swatch("typed"), f"characters typed per minute (full height: {self._typed})"),
            (_triangle("paste"), "paste from elsewhere, larger for more text"),
            (_triangle("paste own"), "paste of text copied within the exam"),
            (_circle("run"), "run"),
            (_circle("run failed"), "run that ended with an error or a limit"),
            (_swatch("away"), "another window had the keyboard"),
            (_swatch("offline"), "no connection to the hub"),
            (_diamond(), "a signal, listed below the chart"),
        )
        shown = "".join(f"<li>{picture}{esc(words)}</li>" for picture, words in items)
        axes = "" if alone else "<p>Every chart has the same time axis.</p>"
        return f'{axes}<ul class="legend">{shown}</ul>\n'

    def student(self, one: Gathered, *, near: bool = True) -> str:
        """Return one student's part; `near`: with whose programs are most alike."""
        anchor = self._anchors[one.row.session]
        return (
            f'<section class="card student" id="{anchor}"><header><h3>{esc(one.name)}</h3>'
            f'<span class="id"><span class="mono">{esc(one.student)}</span>'
            f"{' · section ' + esc(one.section) if one.section else ''}</span>"
            f'<span class="right">{_pill(one.status)}</span></header>{self._facts(one)}'
            f"{charts.rhythm(one, self._axis, self._zone, self._typed)}"
            f"{self._signals(one)}{self._near(one) if near else ''}{self._reviews(one)}{self._checks(one)}</section>\n"
        )

    def _facts(self, one: Gathered) -> str:
        facts, zone = one.facts, self._zone
        handed_in = facts.handed_in
        failed = sum(run.failed for _, run in facts.runs)
        shown = [
            ("Joined", zone.clock(one.row.joined_ms)),
            ("Last event", zone.clock(one.last_ms)),
            ("Handed in", zone.clock(handed_in.at_ms) if handed_in is not None else "no"),
            ("Runs", f"{len(facts.runs)} ({failed} failed)"),
            ("Versions", str(facts.versions)),
            ("Typed", f"{sum(one.rhythm.typed.values()):,} characters"),
            ("Devices", str(len({check.row.device for check in one.checks}))),
        ]
        if one.receipt_code:
            shown.append(("Receipt code", one.receipt_code))
        return f'<div class="facts">{"".join(f"<span>{esc(k)} <b>{esc(v)}</b></span>" for k, v in shown)}</div>'

    def _signals(self, one: Gathered) -> str:
        signals = one.facts.signals()
        if not signals:
            return '<p class="muted">No signals.</p>'
        rows = "".join(
            f'<tr><td class="t">{esc(self._zone.clock(signal.at_ms))}</td><td>{esc(KINDS[signal.kind].title)}</td>'
            f'<td class="words">{esc(signal.explanation)}</td>'
            f'<td class="n">{self._common.having[signal.kind]} of {self._common.students}</td></tr>'
            for signal in signals[:SHOWN_SIGNALS]
        )
        more = len(signals) - SHOWN_SIGNALS
        return (
            '<div class="scroll"><table><thead><tr><th>Time</th><th>Signal</th><th>What was recorded</th>'
            f'<th class="n">Students with it</th></tr></thead><tbody>{rows}</tbody></table></div>'
            + (f'<p class="muted">{more} more are in the workbook.</p>' if more > 0 else "")
        )

    def _near(self, one: Gathered) -> str:
        pairs = self._pairs.get(one.row.session, [])[:PAIRS_A_STUDENT]
        if not pairs:
            return ""
        shown = "; ".join(
            f"{self._link(pair.b if pair.a is one else pair.a)} {_percent(pair.jaccard)} ({esc(within_class(pair))})"
            for pair in pairs
        )
        return f'<p class="record">Most similar programs of the class: {shown}.</p>'

    def _reviews(self, one: Gathered) -> str:
        if not one.reviews:
            return ""
        rows = "".join(
            f'<tr><td class="t">{esc(self._zone.day(step.at_ms))}</td><td>{esc(step.who)}</td>'
            f'<td>{esc(in_words(step))}</td><td class="words">{esc(step.note)}</td></tr>'
            for step in one.reviews
        )
        return (
            "<table><thead><tr><th>Reviewed</th><th>By</th><th>What was done</th><th>Note</th></tr></thead>"
            f"<tbody>{rows}</tbody></table>"
        )

    def _checks(self, one: Gathered) -> str:
        shown = "<br>".join(
            f'Journal <span class="mono">{check.row.journal.hex()[:8]}</span> on '
            f"{esc(check.row.device_name or 'a PC')}: {esc(check.sentence)}"
            for check in one.checks
        )
        problem = f"<br>{esc(one.facts.problem)}" if one.facts.problem else ""
        return f'<p class="record">{shown}{problem}</p>'

    # -- the end

    def _record(self) -> str:
        key = SigningKey.from_bytes(self._g.pages.keys.signing).public.to_bytes().hex()
        checks = [check for one in self._sessions for check in one.checks]
        broken = [check for check in checks if not check.holds]
        said = (
            "The chain and the signatures of every journal hold."
            if not broken
            else f"{count(len(broken), 'journal')} of {len(checks)} did not verify; why is said with each session."
        )
        lasted = duration(self._axis.end_ms - self._axis.start_ms)
        return (
            '<h2 id="record">The record behind this report</h2>'
            f"<p>Everything here is derived from {self._g.pages.events:,} events over {esc(lasted)}, each chained to "
            f"the one before and signed at the student's PC, and receipted by the hub. {esc(said)} The evidence bundle "
            "(.examrecord) holds these events and a small program with which anyone can check them.</p>"
            f'<p>Exam <span class="mono">{self._g.pages.exam_id.hex()}</span><br>'
            f'Public key of the exam <span class="mono">{key}</span></p>'
            "<footer>ExamDesk records and shows; it does not accuse and it does not grade. "
            "This page loads nothing from anywhere.</footer>\n"
        )


# ---------------------------------------------------------------------------------------------- small pieces


def _style() -> str:
    source = importlib.resources.files("examdesk.exports.report") / "report.css"
    return source.read_text(encoding="utf-8").replace("\n", "")


def _colours() -> str:
    """Return the apps' own palette as variables, for light, dark and paper."""
    light, dark = _variables(Theme.LIGHT), _variables(Theme.DARK)
    return f":root{{{light}}}@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}{_status_rules()}"


def _variables(theme: Theme) -> str:
    colours = palette(theme)
    pairs = [(name, getattr(colours, name)) for name in _COLOURS]
    pairs += [(f"s{number}", colour) for number, colour in enumerate(colours.series, 1)]
    for status, shown in colours.status.items():
        name = status.value.lower().replace(" ", "-")
        pairs += [(f"{name}-t", shown.text), (f"{name}-f", shown.fill)]
    return "".join(f"--{name}:{colour};" for name, colour in pairs)


def _status_rules() -> str:
    names = [status.value.lower().replace(" ", "-") for status in LookStatus]
    shades = "".join(f".area.{charts.css_name(name)}{{fill-opacity:{share}}}" for name, share in charts.SHADES.items())
    shades += f".bar.ran{{fill-opacity:{charts.RAN_SHADE}}}"
    return shades + "".join(f".st-{n}{{fill:var(--{n}-t);color:var(--{n}-t);background:var(--{n}-f)}}" for n in names)


def _figure(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else esc(value)


def _of_whom(chosen: Chosen) -> str:
    return f" · only {chosen.in_words()}; all figures are about them" if chosen else ""


def _percent(value: float | None) -> str:
    return "\u2013" if value is None else f"{value:.0%}".replace("%", "\u00a0%")


def _meter(value: float) -> str:
    return f'<span class="meter"><i style="width:{value * 100:.0f}%"></i></span>{_percent(value)}'


def _figures_of(group: LikeGroup) -> str:
    low, high = _percent(group.low), _percent(group.high)
    return high if low == high else f"{low} to {high}"


def within_class(pair: LikePair) -> str:
    """Return where a pair lies within its class."""
    if pair.too_short:
        return "a program is too short to say"
    return f"above {pair.below:.1%} of all pairs".replace("%", "\u00a0%")


def _pill(status: str) -> str:
    return f'<span class="pill st-{status.lower().replace(" ", "-")}">{esc(status)}</span>'


def _threshold(thresholds: Signals, field: str) -> str:
    """Return from which amount on a kind of signal is pointed out."""
    if not field:
        return "each time"
    unit = field.rpartition("_")[2]
    return f"{getattr(thresholds, field):,} {_UNITS.get(unit, unit)}"


def _swatch(css: str) -> str:
    return f'<svg viewBox="0 0 14 12" aria-hidden="true"><rect class="{css}" x="1" y="2" width="12" height="9"/></svg>'


def _circle(css: str) -> str:
    return f'<svg viewBox="0 0 14 12" aria-hidden="true"><circle class="{css}" cx="7" cy="6" r="4"/></svg>'


def _triangle(css: str) -> str:
    return f'<svg viewBox="0 0 14 12" aria-hidden="true"><polygon class="{css}" points="7,11 2,2 12,2"/></svg>'


def _diamond() -> str:
    return '<svg viewBox="0 0 14 12" aria-hidden="true"><polygon class="signal" points="7,1 12,6 7,11 2,6"/></svg>'
