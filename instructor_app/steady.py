"""Keeps one fault of the Qt binding from ending the window in the middle of an exam.

PySide6 6.12.0 gives back `True` and `None` from calls, such as every `Signal.emit`, without owning them. Before
Python 3.12, which made both immortal, each such call thus takes one reference away, and after some hundreds of them
the interpreter ends itself ("bool_dealloc", "none_dealloc"). Raising the counts once does what Python 3.12 does.
"""

import ctypes
import sys

_MANY = 1 << 30


def steady_constants() -> None:
    """Give True, False and None more references than a lifetime of calls takes away; nothing from Python 3.12 on."""
    if sys.version_info >= (3, 12) or sys.implementation.name != "cpython":
        return
    for constant in (True, False, None):
        if sys.getrefcount(constant) < _MANY // 2:
            ctypes.c_ssize_t.from_address(id(constant)).value += _MANY
