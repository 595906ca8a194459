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
    d = {}
    for i in range(len(readings)):
        r = readings[i].split(": ")
        t = r[1].split(", ")
        l = []
        for j in range(len(t)):
            if t[j] == "-":
                pass
            else:
                l.append(float(t[j]))
        d[r[0]] = l
    return d


def daily_means(days):
    """Return a dictionary from date to the mean temperature."""
    m = {}
    for k in days.keys():
        s = 0
        c = 0
        for t in days[k]:
            s = s + t
            c = c + 1
        if c != 0:
            m[k] = s / c
    return m


def longest_rise(means):
    """Return (first date, last date) of the longest rise, or None."""
    k = list(means.keys())
    v = list(means.values())
    first = 0
    last = 0
    i = 0
    while i < len(v) - 1:
        j = i
        while j < len(v) - 1 and v[j + 1] > v[j]:
            j = j + 1
        if j - i > last - first:
            first = i
            last = j
        i = i + 1
    return k[first], k[last]


def chart(means):
    """Print a bar for each day."""
    for k in means.keys():
        line = k + " "
        x = means[k]
        while x >= 1:
            line = line + "#"
            x = x - 1
        print(line)


p = parse(READINGS)
m = daily_means(p)
chart(m)
w = 0
for k in m.keys():
    if m[k] > w:
        w = m[k]
        day = k
print(day, round(w, 1))
print(longest_rise(m))
