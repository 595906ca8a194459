"""Which pages of the instructor's window are drawn, and how: used by `screenshots.py`."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Picture:
    """One picture: its file name and what the program is asked for."""

    name: str
    page: str
    theme: str = "light"
    size: str = "1280x800"
    rows: int = 24

    def arguments(self, file: str) -> list[str]:
        """Return the command line of the program."""
        return [
            "-m", "instructor_app.main", "--screenshot", file, "--page", self.page, "--theme", self.theme,
            "--size", self.size, "--rows", str(self.rows),
        ]  # fmt: skip


AUTHORING = (
    "exams-import", "author-exam", "author-question", "author-starter", "author-desk", "author-access",
    "author-packages", "author-findings", "author-empty", "author-40", "author-preview", "author-ready",
    "author-edition",
)  # fmt: skip
LIGHT = (
    *AUTHORING,
    "exams", "exams-empty", "exams-findings", "exams-new", "rosters", "unlisted", "roster-preview", "live",
    "live-empty", "live-extend", "live-message", "live-open-later", "live-look", "live-written", "live-hand-ins",
    "live-lost-time", "live-incidents", "live-pcs", "live-pcs-empty", "live-waiting", "live-take-back", "live-end",
    "live-hub-gone", "live-refused", "live-long-names", "live-proctor", "projector-empty", "projector-long",
    "session", "session-runs", "session-events", "session-signals", "session-devices",
    "playback", "playback-compare", "playback-unified", "playback-events", "playback-texts", "playback-zoom",
    "playback-search", "playback-line", "playback-empty", "playback-ugly", "playback-legend", "evidence",
    "similarity", "similarity-groups", "similarity-class", "similarity-one", "side-by-side", "side-by-side-then",
    "side-by-side-note", "review-begun", "audit-looks",
    "review", "review-empty", "review-300", "review-hidden", "review-asked",
    "review-session", "export", "export-running", "projector", "audit", "rooms", "rooms-pause",
    "settings", "keyboard",
)  # fmt: skip
DARK = (
    "exams",
    "rosters",
    "live",
    "session",
    "playback",
    "playback-compare",
    "similarity",
    "side-by-side",
    "review",
    "export",
    "projector",
    "settings",
)
SMALL = ("live", "live-300-end", "live-extend", "live-pcs", "live-lost-time", "live-long-names", "live-hub-gone")

DOCUMENTED = (
    Picture("live", "live"),
    Picture("live-dark", "live", "dark"),
    Picture("instructor-live-lost-time", "live-lost-time"),
    Picture("instructor-rooms", "rooms"),
    *(
        Picture(f"instructor-{page}", page)
        for page in ("exams", "rosters", "session", "playback", "evidence", "side-by-side", "review", "projector")
    ),
    Picture("instructor-playback-search", "playback-search"),
    Picture("instructor-author", "author-question"),
    Picture("instructor-times", "author-access"),
)
"""What the documentation shows."""

PICTURES = (
    *(Picture(f"instructor-{page}", page) for page in LIGHT),
    *(Picture(f"instructor-{page}-dark", page, "dark") for page in DARK),
    *(Picture(f"instructor-{page}-contrast", page, "contrast") for page in ("live", "session", "playback")),
    *(Picture(f"instructor-{page}-small-dark", page, "dark", "1024x700") for page in ("playback", "playback-unified")),
    *(
        Picture(f"instructor-{page}-{theme}-small", page, theme, "1024x700", 300)
        for page, theme in (
            ("similarity", "dark"),
            ("similarity-groups", "contrast"),
            ("side-by-side-note", "contrast"),
            ("review-begun", "dark"),
            ("audit-looks", "contrast"),
        )
    ),
    Picture("instructor-playback-large", "playback", size="1600x1000"),
    *(
        Picture(f"instructor-{page}-small-dark", page, "dark", "1024x700")
        for page in ("author-question", "author-access", "author-40", "author-ready")
    ),
    Picture("instructor-live-300", "live-300", size="1600x1000", rows=300),
    *(
        Picture(f"instructor-{page}-small-dark", page, "dark", "1024x700")
        for page in (
            "live",
            "live-300-end",
            "live-extend",
            "live-pcs",
            "live-lost-time",
            "live-long-names",
            "live-hub-gone",
        )
    ),
    Picture("instructor-session-300-dark", "session", "dark", "1600x1000", 300),
)
