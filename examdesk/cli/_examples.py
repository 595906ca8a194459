"""Examples that the help of each command ends with; each is a line that the command takes as it stands."""

import argparse
from collections.abc import Mapping

EXAMPLES: Mapping[str, tuple[str, ...]] = {
    "exam": ("exam new quiz-2", "exam check quiz-2", "exam pack quiz-2"),
    "exam new": ("exam new quiz-2 --title 'Coordinates and Vectors' --questions 3",),
    "exam set": ("exam set quiz-2 --duration 60", "exam set quiz-2 --start-after '2026-11-24 08:00' --dry-run"),
    "exam check": ("exam check quiz-2", "exam check quiz-2.exam --json"),
    "exam show": ("exam show quiz-2", "exam show quiz-2 --json"),
    "exam pack": ("exam pack quiz-2", "exam pack quiz-2 --output stick/quiz-2.exam"),
    "exam unpack": ("exam unpack quiz-2.exam --output quiz-2",),
    "exam times": ("exam times quiz-2 --roster roster.csv",),
    "exam import": ("exam import course/infoAssessment.json --output quiz-2",),
    "exam packages": ("exam packages quiz-2", "exam packages quiz-2 --platform windows --python 3.12"),
    "exam copy": ("exam copy quiz-2 --output quiz-3 --number 3",),
    "exam for-students": ("exam for-students quiz-2 --data records --output stick/quiz-2.exam",),
    "exam ready": ("exam ready quiz-2 --roster roster.csv", "exam ready quiz-2 --data records"),
    "exam fields": ("exam fields",),
    "roster": ("roster preview roster.csv", "roster apply --data records roster.csv"),
    "roster preview": ("roster preview roster.csv", "roster preview class.xlsx --json"),
    "roster list": ("roster list --data records",),
    "roster apply": ("roster apply --data records roster.csv",),
    "roster add": ("roster add --data records s042 'Ada Lovelace' --section A --factor 1.5",),
    "roster codes": ("roster codes --data records --to slips.pdf",),
    "roster new-code": ("roster new-code --data records s042",),
    "roster identify": ("roster identify --data records 'Ada L.' s042",),
    "hub": ("hub --exam quiz-2 --data records", "hub --exam quiz-2.exam --data records --roster roster.csv --open"),
    "key": ("key --data records --to stick/quiz-2.examkey",),
    "control": ("control --data records open", "control --data records extend 10 --section B --preview"),
    "control open": ("control --data records open --section A",),
    "control end": ("control --data records end --preview",),
    "control extend": ("control --data records extend 10 --reason 'fire alarm'",),
    "control pause": ("control --data records pause",),
    "control resume": ("control --data records resume",),
    "control reopen": ("control --data records reopen --student s042",),
    "control lock": ("control --data records lock --section B",),
    "control unlock": ("control --data records unlock --section B",),
    "control collect": ("control --data records collect --section A",),
    "control say": (
        "control --data records say '15 minutes left'",
        "control --data records say 'n is at least 1' --kind correction --question q2",
    ),
    "control admit": ("control --data records admit", "control --data records admit s042"),
    "control incident": ("control --data records incident 'The lights went out for 2 minutes'",),
    "control credit": ("control --data records credit s042 --minutes 5 --reason 'the PC was restarted'",),
    "control door": ("control --data records door unlisted",),
    "control take-back-opening": ("control --data records take-back-opening --preview",),
    "control remove": ("control --data records remove s042",),
    "control review": ("control --data records review list", "control --data records review set s042 Reviewed"),
    "control review list": ("control --data records review list --status 'Needs follow-up' --json",),
    "control review set": (
        "control --data records review set s042 Cleared --note 'spoke with the student'",
        'control --data records review set s042 s117 s120 "Needs follow-up"',
    ),
    "control review note": ("control --data records review note s042 'see the run at 10:14'",),
    "control review assign": ("control --data records review assign Lin s042 s043",),
    "control review history": ("control --data records review history s042",),
    "control review who": ("control --data records review who p3k7q9w2rtm",),
    "control review second-person": ("control --data records review second-person on",),
    "control audit": ("control --data records audit --about s042", "control --data records audit --looked --json"),
    "control export": (
        "control --data records export",
        "control --data records export --out files --what workbook --what report",
    ),
    "control alike": ("control --data records alike --question q1 --top 10",),
    "control pair": ("control --data records pair s042 s043 --html pair.html",),
    "control compared-with": ("control --data records compared-with",),
    "control compare-with": (
        "control --data records compare-with last-year.examrecord --name 'Fall 2025'",
        "control --data records compare-with found-online --days 30",
    ),
    "control keep-compared": ("control --data records keep-compared 3f9a --days 90",),
    "control compare-without": ("control --data records compare-without 3f9a",),
    "control start-code": ("control --data records start-code",),
    "control desk-file": ("control --data records desk-file stick/quiz-2.exam",),
    "control draw": ("control --data records draw s042",),
    "control redraw": ("control --data records redraw --student s042 --because 'question 3 was withdrawn'",),
    "control edition": ("control --data records edition", "control --data records edition --apply --because 'a typo'"),
    "control joining": ("control --data records joining", "control --data records joining --file quiz-2.examjoin"),
    "control times": ("control --data records times", "control --data records times --json"),
    "control missing": ("control --data records missing", "control --data records missing --all --json"),
    "control said": ("control --data records said", "control --data records said 3"),
    "control signals": ("control --data records signals --kind large_paste --question q1",),
    "control preflights": ("control --data records preflights", "control --data records preflights --all --json"),
    "control ledger": ("control --data records ledger",),
    "control incidents": ("control --data records incidents",),
    "watch": ("watch --data records", "watch --hub-file hub.json --hub 192.168.1.20 --json"),
    "session": ("session s042 --data records --runs", "session s042 --data records --diff run:1 end"),
    "import": ("import --data records stick/s042.examwork",),
    "verify": (
        "verify quiz-2.examrecord",
        "verify quiz-2.examrecord --kept ada.jsonl",
        "verify records",
        "verify exports --json",
    ),
    "signals": (
        "signals quiz-2.examrecord",
        "signals --data records --json",
        "signals quiz-2.examrecord --against theirs.json",
    ),
    "similarity": (
        "similarity submissions --starter starter",
        "similarity submissions --groups 80 --csv pairs.csv",
        "similarity --data records --forget due",
    ),
    "export": (
        "export --data records --out files",
        "export --data records --out files --what workbook,report --section A",
        "export --data records --out files --pseudonyms key.txt --dry-run",
        "export --data records --out files --what canvas --points points.csv --points-possible 20",
    ),
    "cat": (
        "cat quiz-2.examrecord",
        "cat --data records --student s042",
        "cat files --runs --errors --json",
    ),
    "outline": ("outline --data records --out files", "outline --data records --out files --paper letter"),
    "sheet": ("sheet --data records --out files",),
    "rebuild": ("rebuild --data records",),
    "rehearse": ("rehearse --desks 40 --seconds 60", "rehearse --exam quiz-2 --data rehearsal --json"),
    "completion": ("completion bash",),
    "demo": ("demo", "demo --headless --desks 12 --out demo-files"),
}


class _Help(argparse.HelpFormatter):
    """Wraps texts as ever, and leaves the lines of examples as they are."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        before, heading, lines = text.partition("examples:\n")
        wrapped = super()._fill_text(before, width, indent)
        return f"{wrapped}\n\n{heading}{lines}".lstrip("\n") if heading else wrapped


def add_examples(parser: argparse.ArgumentParser, name: str) -> None:
    """End the help of a command, and of each of its own commands, with examples."""
    lines = "".join(f"  examdesk {line}\n" for line in EXAMPLES.get(name, ()))
    if lines:
        parser.formatter_class = _Help
        parser.epilog = f"{parser.epilog or ''}examples:\n{lines}"
    for action in parser._actions:  # noqa: SLF001 - argparse has no other way to what it was given
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - the same
            for inner, each in action.choices.items():
                add_examples(each, f"{name} {inner}")
