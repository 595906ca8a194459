"""The base of every table of exam.toml, and the short names for what its fields may hold.

A field's type, default, range and help are declared once, in its annotation; validation, the reference in
docs/exam-format.md and `examdesk exam set` are all made from it (see `shared.exam.schema`).
"""

from typing import Annotated

import msgspec
from msgspec import Meta


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """One table of exam.toml."""


Points = Annotated[float, Meta(ge=0, le=10_000)]
ShortText = Annotated[str, Meta(max_length=200)]
