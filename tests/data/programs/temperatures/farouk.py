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


def parse(readings):
    """Return a dictionary from date to a list of temperatures."""
    everything = {}
    for day in readings:
        words = day.replace(":", "").replace(",", "").split()
        date = words[0]
        words.remove(date)
        while "-" in words:
            words.remove("-")
        everything[date] = list(map(float, words))
    return everything


def daily_means(days):
    """Return a dictionary from date to the mean temperature."""
    answer = {}
    for date, temps in days.items():
        answer[date] = sum(temps) / max(len(temps), 1)
    return answer


def longest_rise(means):
    """Return (first date, last date) of the longest rise, or None."""
    if len(means) < 2:
        return
    start = None
    old = 1000
    best = 0
    length = 0
    for date in means:
        if means[date] > old:
            length += 1
        else:
            start = date
            length = 0
        if length >= best:
            best = length
            answer = (start, date)
        old = means[date]
    return answer


def chart(means):
    """Print a bar for each day."""
    for date, mean in means.items():
        print(date, end=" ")
        print("#" * int(mean) if mean >= 1 else "cold")


means = daily_means(parse(READINGS))
chart(means)
hottest = list(means.keys())[0]
for date in means:
    if means[date] >= means[hottest]:
        hottest = date
print(hottest, round(means[hottest], 1))
print(longest_rise(means))
