"""Errors by blame. Each one's text is the sentence that a person reads.

A sentence says what happened, what was kept and what to do now.
"""


class Problem(Exception):
    """Anything that ends with a sentence for a person.

    Attributes:
        sentence: what the person reads; complete, in plain words.
    """

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class EnvironmentProblem(Problem):
    """The disk, the network, the clock or a missing program: the person can do something about it."""


class PeerFault(Problem):
    """Somebody sent wrong data: it is kept as evidence and refused."""


class InputProblem(Problem):
    """A file or a command of the user's is wrong: the sentence names what, where and what to do."""


class Bug(Problem):
    """Ours: logged, apologised for, and the program keeps running."""
