"""The rules of the desk, the signals' thresholds, the recording policy, the interpreter and admission."""

from typing import Annotated, Literal

from msgspec import Meta

from shared.exam.table import ShortText, Table

SignalName = Literal[
    "large_paste",
    "outside_paste",
    "fast_text",
    "focus_away",
    "inactivity",
    "restart",
    "device_change",
    "two_devices",
    "offline",
    "clock_change",
    "log_break",
    "outside_file_change",
    "refused_import",
    "refused_network",
    "refused_paste",
    "surroundings",
]
PastePolicy = Literal["allow", "own", "block"]


class EditorAids(Table, frozen=True, kw_only=True):
    """`[desk.editor]`: what the editor does for the student; autocomplete, AI and snippets never exist."""

    line_numbers: Annotated[bool, Meta(description="Show line numbers.")] = True
    highlighting: Annotated[bool, Meta(description="Colour Python's words.")] = True
    auto_indent: Annotated[bool, Meta(description="Indent a new line like the one before.")] = True
    brace_match: Annotated[bool, Meta(description="Mark the matching bracket.")] = True
    tab_width: Annotated[int, Meta(ge=1, le=8, description="Spaces that the Tab key stands for.")] = 4


class RunLimits(Table, frozen=True, kw_only=True):
    """`[desk.run]`: what one run of a student's program may use."""

    seconds: Annotated[int, Meta(ge=1, le=3600, description="Seconds that one run may take.")] = 10
    memory_mb: Annotated[int, Meta(ge=32, le=65536, description="Memory of one run, in MiB.")] = 512
    output_kb: Annotated[int, Meta(ge=1, le=65536, description="Output of one run, in KiB; the rest is cut.")] = 1024
    files_mb: Annotated[int, Meta(ge=1, le=4096, description="Size of a file that a run writes, in MiB.")] = 64
    processes: Annotated[
        int, Meta(ge=1, le=4096, description="Processes and threads that one run may have at once.")
    ] = 64
    network: Annotated[bool, Meta(description="Let students' programs use the network.")] = False


class DeskRules(Table, frozen=True, kw_only=True):
    """`[desk]`: what the student's desk allows."""

    paste: Annotated[
        PastePolicy,
        Meta(description="`allow` any paste, only the student's `own` text from this exam, or `block` every paste."),
    ] = "allow"
    idle_minutes: Annotated[
        int, Meta(ge=1, le=600, description="Minutes without activity until the live table says Idle.")
    ] = 3
    auto_close: Annotated[bool, Meta(description="Close a session by itself that nobody works on any more.")] = True
    auto_close_minutes: Annotated[
        int, Meta(ge=10, le=10080, description="Minutes without activity until such a session is closed.")
    ] = 360
    take_back: Annotated[bool, Meta(description="Let students take a hand-in back while there is time.")] = True
    issue_reporting: Annotated[bool, Meta(description="Let students report a problem with a question.")] = True
    notes: Annotated[bool, Meta(description="Give students a page for notes of their own.")] = True
    editor: EditorAids = EditorAids()
    run: RunLimits = RunLimits()


class Signals(Table, frozen=True, kw_only=True):
    """`[signals]`: from which size on something is pointed out to a person, and which signals are off."""

    off: Annotated[tuple[SignalName, ...], Meta(description="Signals that are not derived for this exam.")] = ()
    large_paste_chars: Annotated[
        int, Meta(ge=10, le=1_000_000, description="Characters from which a paste counts as large.")
    ] = 200
    outside_paste_chars: Annotated[
        int, Meta(ge=5, le=1_000_000, description="Characters from which a paste from outside is pointed out.")
    ] = 40
    own_text_percent: Annotated[
        int,
        Meta(ge=50, le=100, description="Likeness to own text, starter or prompt from which a paste is not outside."),
    ] = 85
    fast_text_chars: Annotated[
        int, Meta(ge=20, le=100_000, description="Characters in one stretch from which its speed is looked at.")
    ] = 120
    fast_text_per_second: Annotated[
        int, Meta(ge=5, le=1000, description="Characters per second from which text arrives faster than typing.")
    ] = 25
    focus_away_seconds: Annotated[
        int, Meta(ge=1, le=36_000, description="Seconds in another window from which it is pointed out.")
    ] = 15
    inactivity_minutes: Annotated[
        int, Meta(ge=1, le=600, description="Minutes without activity from which it is pointed out.")
    ] = 10
    offline_seconds: Annotated[
        int, Meta(ge=5, le=36_000, description="Seconds without the hub from which it is pointed out.")
    ] = 30
    clock_jump_seconds: Annotated[
        int, Meta(ge=1, le=3600, description="Seconds by which the PC's clock may jump unnoticed.")
    ] = 2
    similarity_percent: Annotated[
        int, Meta(ge=1, le=100, description="Similarity from which a pair of programs is listed.")
    ] = 50
    similarity_tokens: Annotated[
        int, Meta(ge=5, le=10_000, description="Tokens that a program needs before it is compared.")
    ] = 30


class RecordingPolicy(Table, frozen=True, kw_only=True):
    """`[recording]`: what may be recorded at all; the text itself, as it is edited, always is."""

    keystrokes: Annotated[bool, Meta(description="Record when each key was pressed, not only what changed.")] = True
    pastes: Annotated[bool, Meta(description="Record that something was pasted, when, and how much.")] = True
    paste_text: Annotated[bool, Meta(description="Record the pasted text as it was on the clipboard.")] = True
    runs: Annotated[bool, Meta(description="Record each run, with the code as it stood and how it ended.")] = True
    output: Annotated[bool, Meta(description="Record what programs print and what is typed into them.")] = True
    focus: Annotated[bool, Meta(description="Record when the exam window is left and entered.")] = True
    device: Annotated[bool, Meta(description="Record the PC's name, address, system and user name.")] = True
    surroundings: Annotated[
        bool, Meta(description="Record whether the PC is a virtual machine or worked at from another PC.")
    ] = False


class Interpreter(Table, frozen=True, kw_only=True):
    """`[interpreter]`: the Python that students' programs run on."""

    python: Annotated[
        str, Meta(max_length=100, description="Python versions that will do, such as `>=3.11,<3.14`.")
    ] = ">=3.11"
    packages: Annotated[
        tuple[ShortText, ...],
        Meta(max_length=200, description="Packages that students may import, such as `numpy>=2`."),
    ] = ()


class Admission(Table, frozen=True, kw_only=True):
    """`[admission]`: how students get in."""

    codes: Annotated[
        Literal["room", "personal"], Meta(description="One code for the `room`, or a `personal` one per student.")
    ] = "room"
    approval: Annotated[
        Literal["off", "unlisted", "all"],
        Meta(description="Whom a proctor lets in by hand: nobody, students who are not on the roster, or everyone."),
    ] = "off"
    unlisted: Annotated[
        Literal["provisional", "refuse"],
        Meta(description="A student who is not on the roster gets a `provisional` place, or is refused (`refuse`)."),
    ] = "provisional"


class HonorCode(Table, frozen=True, kw_only=True):
    """`[honor_code]`: what the student affirms before the exam."""

    mode: Annotated[
        Literal["default", "own", "off"], Meta(description="ExamDesk's `default` text, your `own`, or `off`.")
    ] = "default"
    text: Annotated[str, Meta(max_length=20_000, description="The own text, in Markdown.")] = ""
