"""Keeps one fault of the Qt binding from ending the window in the middle of an exam.

PySide6 6.12.0 gives back `True` from every `Signal.emit` without owning it. Before Python 3.12, which made `True`
immortal, each signal thus takes one reference away, and after some hundreds of signals the interpreter ends itself
("bool_dealloc"). Raising the count once does what Python 3.12 does.
"""

import ctypes
import sys

_MANY = 1 << 30


def steady_true() -> None:
    """Give `True` more references than a lifetime of signals takes away; nothing from Python 3.12 on."""
    if sys.version_info >= (3, 12) or sys.implementation.name != "cpython":
        return
    if sys.getrefcount(True) < _MANY:
        ctypes.c_ssize_t.from_address(id(True)).value += _MANY
