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
    table = dict()
    for line in readings:
        day = line[:5]
        numbers = line[6:].replace(" ", "").split(",")
        table[day] = [float(n) for n in numbers if n != "-"]
    return table


def mean(numbers):
    total = 0
    for number in numbers:
        total += number
    return total / len(numbers)


def daily_means(days):
    """Return a dictionary from date to the mean temperature."""
    return {day: mean(numbers) for day, numbers in days.items() if numbers}


def longest_rise(means):
    """Return (first date, last date) of the longest rise, or None."""
    if len(means) < 2:
        return None
    # collect all the runs, then take the longest
    runs = []
    run = []
    for day, value in means.items():
        if run and value > run[-1][1]:
            run.append((day, value))
        else:
            run = [(day, value)]
            runs.append(run)
    longest = max(runs, key=len)
    return longest[0][0], longest[-1][0]


def chart(means):
    """Print a bar for each day."""
    for day, value in means.items():
        bar = "cold" if value < 1 else "#" * int(value // 1)
        print(f"{day} {bar}")


def main():
    means = daily_means(parse(READINGS))
    chart(means)
    top = max(means, key=means.get)
    print(f"The warmest day was {top} with {means[top]:.1f} degrees")
    rise = longest_rise(means)
    print(f"It got warmer from {rise[0]} to {rise[1]}")


main()
