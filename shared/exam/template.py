"""A ready-to-run exam to start from: what `examdesk exam new` writes."""

import json
from uuid import UUID

from shared.problems import InputProblem

MAX_NEW_QUESTIONS = 50

_EXAM = """\
# An ExamDesk exam. `examdesk exam check` finds mistakes, `examdesk exam fields` lists everything that can stand here.
format = 1
uuid = "{uuid}"
course = {course}
set = "Exam"
number = "1"
title = {title}

instructions = '''
Answer all questions. Press *Run* as often as you like: your work is saved while you type.
You may use the documentation that is shown with the exam and nothing else.
'''

[interpreter]
python = ">=3.11"
packages = []                # such as ["numpy>=2"]

[desk]
paste = "allow"              # "own": only text from this exam; "block": never

[desk.run]
seconds = 10
memory_mb = 512
network = false

[schedule]
# start = "2026-10-05T09:00" # without a start, the exam is opened by hand
duration = 60                # minutes
early_join = 30

[admission]
codes = "room"               # "personal": one code per student of the roster

[[sections]]
name = "A"
room = ""
"""

_ZONE = """
[[zones]]
title = {title}
questions = [
{entries}]
"""

_TEMPERATURES_PROMPT = """\
# Weather station

The file `temperatures.csv` holds one line per measurement of a weather station:

| column | meaning | example |
|---|---|---|
| `day` | date | `2026-03-02` |
| `hour` | hour of the day, 0 to 23 | `14` |
| `celsius` | temperature, or empty when the sensor failed | `7.5` |

Write the function `warmest_day(path)` in `main.py`. It returns the date of the day with the highest *mean* temperature.

- Leave out measurements without a temperature.
- If two days are equally warm, return the earlier one.
- If there is no measurement at all, return `None`.

With the file given here, your program prints:

```
2026-03-03
```
"""

_TEMPERATURES_STARTER = '''\
"""Weather station: find the warmest day."""

import csv


def read_measurements(path):
    """Return a list of (day, hour, celsius); celsius is a float, or None when the sensor failed."""
    measurements = []
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            celsius = float(row["celsius"]) if row["celsius"] else None
            measurements.append((row["day"], int(row["hour"]), celsius))
    return measurements


def warmest_day(path):
    """Return the date of the day with the highest mean temperature."""
    # your code


if __name__ == "__main__":
    print(warmest_day("temperatures.csv"))
'''

_TEMPERATURES_DATA = """\
day,hour,celsius
2026-03-01,6,1.5
2026-03-01,12,6.0
2026-03-01,18,4.5
2026-03-02,6,3.0
2026-03-02,12,
2026-03-02,18,6.0
2026-03-03,6,2.5
2026-03-03,12,9.0
2026-03-03,18,7.5
"""

_PARKING_PROMPT = """\
# Parking meter

A car park charges by the time that a car stays:

| stay | price |
|---|---|
| up to 30 minutes | free |
| each hour begun after that | 2.50 |
| most per day (24 hours) | 20.00 |

1. Write `price(minutes)`, which returns the price of a stay as a number. A stay of several days pays for each day
   by itself: 25 hours are one whole day and one hour of the next day, which has its 30 free minutes again.
2. Write a program that asks for the minutes with `input()` until the person types nothing, and then prints how many
   cars there were and what they paid together, with two decimals.

A dialogue looks like this:

```
Minutes? 20
Minutes? 95
Minutes?
2 cars, 5.00
```

| minutes | `price(minutes)` |
|---|---|
| 30 | 0 |
| 31 | 2.5 |
| 95 | 5.0 |
| 1440 | 20.0 |
| 1500 | 22.5 |
"""

_PARKING_STARTER = '''\
"""Parking meter: what does a stay cost?"""


def price(minutes):
    """Return the price of a stay of this many minutes."""
    # your code


def main():
    """Ask for stays until nothing is typed, then print the number of cars and the sum."""
    # your code


if __name__ == "__main__":
    main()
'''

_BLANK_PROMPT = """\
# Question {number}

Write the function `solve(values)`. It gets a list of whole numbers and returns their sum without the largest one.

| `values` | result |
|---|---|
| `[3, 1, 2]` | `3` |
| `[5]` | `0` |
| `[]` | `0` |
"""

_BLANK_STARTER = '''\
def solve(values):
    """Return the sum of the values without the largest one."""
    # your code


if __name__ == "__main__":
    print(solve([3, 1, 2]))
'''


def new_exam(uuid: UUID, *, title: str, course: str = "", questions: int = 2) -> dict[str, str]:
    """The files of a new exam by path: two worked-out questions, and plain ones to overwrite beyond that."""
    if not 1 <= questions <= MAX_NEW_QUESTIONS:
        raise InputProblem(f"A new exam can have 1 to {MAX_NEW_QUESTIONS} questions, not {questions}.")
    files: dict[str, str] = {}
    ids = []
    for number in range(1, questions + 1):
        name, material = _question(number)
        ids.append(name)
        files |= {f"questions/{name}/{path}": text for path, text in material.items()}
    entries = "".join(f'  {{ id = "{name}" }},\n' for name in ids)
    zone = _ZONE.format(title=_quoted("Programs"), entries=entries)
    files["exam.toml"] = _EXAM.format(uuid=uuid, title=_quoted(title), course=_quoted(course)) + zone
    return files


def _question(number: int) -> tuple[str, dict[str, str]]:
    if number == 1:
        return "weather-station", {
            "question.md": _TEMPERATURES_PROMPT,
            "starter/main.py": _TEMPERATURES_STARTER,
            "data/temperatures.csv": _TEMPERATURES_DATA,
        }
    if number == 2:
        return "parking-meter", {"question.md": _PARKING_PROMPT, "starter/main.py": _PARKING_STARTER}
    return f"question-{number}", {
        "question.md": _BLANK_PROMPT.format(number=number),
        "starter/main.py": _BLANK_STARTER,
    }


def _quoted(text: str) -> str:
    """The text as a TOML string."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
