"""Made-up answers to a question, and what running them printed."""

STARTER = '''"""Weather station: find the warmest day."""


def warmest_day(path):
    """Return the date with the highest mean temperature, or None."""
'''

PROMPT = """# Weather station

The file `temperatures.csv` holds one line per measurement of a weather station.
Write the function `warmest_day(path)`. It returns the date with the highest *mean* temperature.
"""

FIRST = (
    STARTER
    + """    sums = {}
    counts = {}
    with open(path) as lines:
        next(lines)  # the heading
        for line in lines:
            day, hour, celsius = line.strip().split(",")
            if not celsius:
                continue  # the sensor failed
            sums[day] = sums.get(day, 0.0) + float(celsius)
            counts[day] = counts.get(day, 0) + 1
    best = None
    for day in sorted(sums):
        mean = sums[day] / counts[day]
        if best is None or mean > best[1]:
            best = (day, mean)
    return best[0] if best else None


def test_empty():
    with open("empty.csv", "w") as file:
        file.write("day,hour,celsius\\n")
    assert warmest_day("empty.csv") is None


if __name__ == "__main__":
    test_empty()
    print(warmest_day("temperatures.csv"))
"""
)

SECOND = (
    STARTER
    + """    total = {}
    number = {}
    with open(path) as rows:
        next(rows)
        for row in rows:
            date, hour, temp = row.strip().split(",")
            if temp == "":
                continue
            total[date] = total.get(date, 0.0) + float(temp)
            number[date] = number.get(date, 0) + 1
    result = None
    for date in sorted(total):
        average = total[date] / number[date]
        if result is None or average > result[1]:
            result = (date, average)
    return result[0] if result else None


print(warmest_day("temperatures.csv"))
"""
)

THIRD = (
    STARTER
    + """    import csv
    from collections import defaultdict
    from statistics import fmean

    by_day = defaultdict(list)
    with open(path, newline="") as file:
        for record in csv.DictReader(file):
            if record["celsius"]:
                by_day[record["day"]].append(float(record["celsius"]))
    if not by_day:
        return None
    return max(sorted(by_day), key=lambda day: fmean(by_day[day]))


print(warmest_day("temperatures.csv"))
"""
)

TRACEBACK = """Traceback (most recent call last):
  File "main.py", line 31, in <module>
    print(warmest_day("temperatures.csv"))
          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  File "main.py", line 11, in warmest_day
    day, hour, celsius = line.strip().split(",")
    ^^^^^^^^^^^^^^^^^^
ValueError: not enough values to unpack (expected 3, got 1)
"""


def matching(first: str, second: str, least: int = 3) -> tuple[tuple[int, int, int, int], ...]:
    """Return regions of lines that have the same shape in both programs, as offsets of characters."""
    a, b = _lines(first), _lines(second)
    regions: list[tuple[int, int, int, int]] = []
    i = j = 0
    while i < len(a) and j < len(b):
        run = 0
        while i + run < len(a) and j + run < len(b) and a[i + run][2] == b[j + run][2] != "0:0":
            run += 1
        if run >= least:
            regions.append((a[i][0], a[i + run - 1][1], b[j][0], b[j + run - 1][1]))
        i, j = i + max(1, run), j + max(1, run)
    return tuple(regions)


def _lines(text: str) -> list[tuple[int, int, str]]:
    found, at = [], 0
    for line in text.splitlines():
        words = line.split("#")[0].replace("(", " ( ").split()
        shape = f"{len(line) - len(line.lstrip())}:{len(words)}:{words[0] if words else ''}"
        found.append((at, at + len(line), shape if words and words[0] in _KEYWORDS else shape.rpartition(":")[0]))
        at += len(line) + 1
    return found


_KEYWORDS = {"with", "for", "if", "continue", "return", "def", "import", "from", "print"}
