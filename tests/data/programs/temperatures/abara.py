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
    days = {}
    for reading in readings:
        date, values = reading.split(":")
        temperatures = []
        for value in values.split(","):
            value = value.strip()
            if value != "-":
                temperatures.append(float(value))
        days[date] = temperatures
    return days


def daily_means(days):
    """Return a dictionary from date to the mean temperature."""
    means = {}
    for date, temperatures in days.items():
        if len(temperatures) > 0:
            means[date] = sum(temperatures) / len(temperatures)
    return means


def longest_rise(means):
    """Return (first date, last date) of the longest rise, or None."""
    dates = list(means)
    if len(dates) < 2:
        return None
    best = (dates[0], dates[0])
    best_length = 1
    start = 0
    for i in range(1, len(dates)):
        if means[dates[i]] <= means[dates[i - 1]]:
            start = i
        length = i - start + 1
        if length > best_length:
            best_length = length
            best = (dates[start], dates[i])
    return best


def chart(means):
    """Print a bar for each day."""
    for date in means:
        if means[date] < 1:
            print(date, "cold")
        else:
            print(date, "#" * int(means[date]))


days = parse(READINGS)
means = daily_means(days)
chart(means)
warmest = None
for date in means:
    if warmest is None or means[date] > means[warmest]:
        warmest = date
print("warmest:", warmest, round(means[warmest], 1))
print("longest rise:", longest_rise(means))
