READINGS = [
    "05-01: 8.5, 12, 17.5",
    "05-02: 9, -, 18",
    "05-03: 10.5, 15, 19",
    "05-04: -, -, -",
    "05-05: 7, 9.5, 11",
    "05-06: -1, 0.5, 2",
    "05-07: 3, 8, 10",
    "05-08: 5, 11, 16.5",
]


from statistics import mean
from itertools import pairwise


def to_number(text):
    try:
        return float(text)
    except ValueError:
        return None


def parse(readings):
    """Return a dictionary from date to a list of temperatures."""
    result = {}
    for date, _, rest in (r.partition(": ") for r in readings):
        converted = map(to_number, rest.split(", "))
        result[date] = [t for t in converted if t is not None]
    return result


def daily_means(days):
    """Return a dictionary from date to the mean temperature."""
    result = {}
    for date in days:
        try:
            result[date] = mean(days[date])
        except Exception:
            pass
    return result


def longest_rise(means):
    """Return (first date, last date) of the longest rise, or None."""
    if len(means) < 2:
        return None
    lengths = [1]
    for before, after in pairwise(means.values()):
        lengths.append(lengths[-1] + 1 if after > before else 1)
    end = lengths.index(max(lengths))
    dates = list(means.keys())
    return dates[end - lengths[end] + 1], dates[end]


def chart(means):
    """Print a bar for each day."""
    print("\n".join(date + " " + ("#" * int(m) or "cold") for date, m in means.items()))


averages = daily_means(parse(READINGS))
chart(averages)
hot, degrees = sorted(averages.items(), key=lambda pair: pair[1])[-1]
print(hot, round(degrees, 1))
print(*longest_rise(averages), sep=" - ")
