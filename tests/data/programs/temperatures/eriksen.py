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
    for text in readings:
        colon = text.index(":")
        days[text[:colon]] = []
        for piece in text[colon + 1 :].split(","):
            piece = piece.strip()
            if piece == "-":
                continue
            days[text[:colon]] += [float(piece)]
    return days


def daily_means(days):
    """Return a dictionary from date to the mean temperature."""
    averages = {}
    for date in days:
        values = days[date]
        if not values:
            continue
        averages[date] = sum(values) / len(values)
    return averages


def longest_rise(means):
    """Return (first date, last date) of the longest rise, or None."""
    longest = None
    longest_days = 0
    first = previous = None
    count = 0
    for date in sorted(means):
        if previous is not None and means[date] > means[previous]:
            count += 1
        else:
            first, count = date, 1
        if count > longest_days:
            longest, longest_days = (first, date), count
        previous = date
    if len(means) < 2:
        return None
    return longest


def chart(means):
    """Print a bar for each day."""
    for date, average in sorted(means.items()):
        print(date, end=" ")
        if average >= 1:
            for _ in range(int(average)):
                print("#", end="")
            print()
        else:
            print("cold")


if __name__ == "__main__":
    averages = daily_means(parse(READINGS))
    chart(averages)
    warmest_mean = max(averages.values())
    for date, average in averages.items():
        if average == warmest_mean:
            print("Warmest day:", date, "mean", round(average, 1))
    print("Longest rise:", longest_rise(averages))
