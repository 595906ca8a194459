"""A roster file and exports of the sample class."""

from examdesk.staffapi.messages import (
    ExportKind,
    ExportPlan,
    Job,
    LiveRow,
    PlanExport,
    PlannedKind,
    RosterPreview,
    RosterRow,
)

BROUGHT = (
    "Tomás Novák: 412 events, complete and verified; 0 were here before.",
    "Uma Chaudhary: all 1,038 events were here already; nothing changed.",
)
_FILES: dict[ExportKind, tuple[str, int]] = {
    "sessions": ("sessions/s4000.json", 1_210_334),
    "events": ("events.csv", 4_882_120),
    "workbook": ("records.xlsx", 318_200),
    "report": ("integrity-report.html", 642_008),
    "bundle": ("quiz-2.examrecord", 6_020_441),
    "report-pdf": ("integrity-report.pdf", 380_120),
    "student-pdfs": ("students/s4000.pdf", 1_120_000),
    "student-pages": ("students/s4000.html", 580_000),
    "summary": ("summary.ods", 18_400),
    "submissions": ("submissions/_manifest.csv", 64_000),
    "canvas": ("gradebook-canvas.csv", 2_100),
    "moodle": ("gradebook-moodle.csv", 2_400),
    "progsnap": ("progsnap2/MainTable.csv", 8_800_000),
}
_EACH = frozenset({"sessions", "student-pdfs", "student-pages", "submissions"})


def plan(ask: PlanExport, rows: list[LiveRow]) -> ExportPlan:
    """Return what exports would hold."""
    options = ask.options
    rows = [row for row in rows if not options.sections or row.section in options.sections]
    rows = [row for row in rows if not options.sessions or row.session in options.sessions]
    events = sum(row.events for row in rows)

    def kind(name: ExportKind) -> PlannedKind:
        file, size = _FILES[name]
        refused = ""
        if name == "bundle" and (options.sections or options.sessions):
            refused = "A bundle holds the whole exam, so that nobody can leave anything out unseen."
        elif options.redact and name not in ("bundle", "events"):
            refused = "It is made of the texts themselves and can't be redacted."
        files = len(rows) if name in _EACH else 1 if rows else 0
        about = f"{events:,} events" if name == "events" else f"{len(rows)} sessions"
        share = size * len(rows) // 24
        return PlannedKind(kind=name, files=files, names=(file,), about=about, bytes=share, refused=refused)

    kinds = tuple(kind(name) for name in _FILES)
    return ExportPlan(kinds=kinds, students=len(rows), sessions=len(rows), events=events)


class SampleJob:
    """An export that is done after a few looks."""

    def __init__(self, name: str, what: tuple[ExportKind, ...]) -> None:
        self.name, self._what, self._looks = name, what, 0

    def step(self) -> Job:
        """Return how far it is; each look brings it further."""
        self._looks += 1
        share = min(1.0, self._looks / 4)
        done = share >= 1
        return Job(
            job=self.name,
            done=done,
            share=share,
            sentence="5 files are ready." if done else "Writing events.csv: 41,200 of 98,400 events",
            files=tuple(_FILES[kind] for kind in self._what) if done else (),
        )


def preview(file_name: str, rows: list[LiveRow]) -> RosterPreview:
    """Return what an import of `file_name` would do."""
    lines = [
        RosterRow(line=2, student="s7001", name="Ada Byron", section="A", outcome="added", email="s7001@uni.example"),
        RosterRow(line=3, student="s7002", name="Chinedu Eze", section="A", outcome="added"),
        RosterRow(
            line=4,
            student="s7003",
            name="Tomas Novak",
            section="B",
            outcome="doubtful",
            sentence="Looks like Tomás Novák (s4703), who is on the roster. Import only if this is another person.",
        ),
        RosterRow(
            line=5,
            student=rows[1].student if rows else "s4037",
            name="Ben Lindqvist-Maier",
            section="B",
            outcome="changed",
            sentence="Name: Ben Lindqvist → Ben Lindqvist-Maier; section: A → B.",
        ),
        RosterRow(
            line=6,
            student="",
            name="Total: 27",
            section="",
            outcome="refused",
            sentence="There is no student id in this line. Add one, or remove the line.",
        ),
    ]
    lines += [
        RosterRow(line=7 + at, student=row.student, name=row.name, section=row.section, outcome="unchanged")
        for at, row in enumerate(rows[2:])
    ]
    counts: dict[str, int] = {}
    for line in lines:
        counts[line.outcome] = counts.get(line.outcome, 0) + 1
    return RosterPreview(
        preview="p1",
        rows=tuple(lines),
        columns=(("student", "SIS User ID"), ("name", "Student"), ("section", "Section"), ("email", "SIS Login ID")),
        warnings=(f"{file_name} is separated by semicolons and was read that way.",),
        counts=counts,
    )
