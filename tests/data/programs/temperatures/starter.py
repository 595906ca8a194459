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


def daily_means(days):
    """Return a dictionary from date to the mean temperature."""


def longest_rise(means):
    """Return (first date, last date) of the longest rise, or None."""


def chart(means):
    """Print a bar for each day."""
