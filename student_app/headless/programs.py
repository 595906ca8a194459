"""What simulated students type: programs from a folder with one folder a question, or a few of our own."""

from pathlib import Path

from shared.problems import InputProblem

STARTER = "starter.py"
BUILT_IN = (
    (
        'def mean(values):\n    """Return the mean of some numbers."""\n    return sum(values) / len(values)\n\n\n'
        "def spread(values):\n    middle = mean(values)\n    return sum((one - middle) ** 2 for one in values)\n\n\n"
        "print(mean([1, 2, 3]), spread([1, 2, 3]))\n"
    ),
    (
        "words = {}\nfor line in ['to be or', 'not to be']:\n    for word in line.split():\n"
        "        words[word] = words.get(word, 0) + 1\nfor word in sorted(words):\n    print(word, words[word])\n"
    ),
    (
        "def primes(limit):\n    found = []\n    for number in range(2, limit):\n"
        "        if all(number % prime for prime in found):\n            found.append(number)\n    return found\n\n\n"
        "print(primes(50))\n"
    ),
)


def read_programs(folder: Path | None) -> dict[str, list[str]]:
    """Return the programs of each question, by the question's folder name; under the empty name those for any question.

    Raises:
        InputProblem: there is no program in the folder.
    """
    if folder is None:
        return {"": list(BUILT_IN)}
    found: dict[str, list[str]] = {}
    for path in sorted(folder.glob("*/*.py")):
        if path.name != STARTER:
            found.setdefault(path.parent.name, []).append(path.read_text("utf-8", "replace"))
    if not found:
        raise InputProblem(f"There are no programs in {folder}: it needs a folder for each question, with .py files.")
    return found | {"": [text for texts in found.values() for text in texts]}


def programs_of(number: int, programs: dict[str, list[str]]) -> dict[str, str]:
    """Return what student `number` types for each question; neighbours type different programs."""
    return {question: texts[number % len(texts)] for question, texts in programs.items()}
