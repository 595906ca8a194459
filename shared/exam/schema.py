"""What the typed document declares about each field, for validation, reference and command line."""

from functools import cache, lru_cache
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta

from shared.exam.document import Exam
from shared.exam.table import Table

NOT_IN_FILE = frozenset({"unknown"})
"""Fields of the document that are no keys of exam.toml."""


class FieldSpec(msgspec.Struct, frozen=True, kw_only=True):
    """One declared field.

    Attributes:
        kind: the type without `Annotated` and without `None`.
        nullable: whether leaving it out gives None.
        metas: what is declared about it, outermost first.
    """

    name: str
    kind: Any
    nullable: bool
    required: bool
    default: Any
    metas: tuple[Meta, ...]

    @property
    def help(self) -> str:
        """One sentence for people."""
        return next((meta.description for meta in self.metas if meta.description), "")

    def limit(self, name: str) -> Any:
        """The declared `ge`, `le`, `min_length` or `max_length`, or None."""
        return next((getattr(meta, name) for meta in self.metas if getattr(meta, name) is not None), None)


def peel(declared: Any) -> tuple[Any, bool, tuple[Meta, ...]]:
    """Split a declared type into the bare type, whether None is allowed, and its metas."""
    metas: list[Meta] = []
    nullable = False
    while True:
        if hasattr(declared, "__metadata__"):
            metas = [*(each for each in declared.__metadata__ if isinstance(each, Meta)), *metas]
            declared = declared.__origin__
        elif is_union(declared) and type(None) in get_args(declared):
            nullable = True
            rest = tuple(each for each in get_args(declared) if each is not type(None))
            declared = rest[0] if len(rest) == 1 else Union[rest]  # noqa: UP007 # built at run time
        else:
            return declared, nullable, tuple(metas)


def is_union(declared: Any) -> bool:
    """Whether this is `A | B`."""
    return get_origin(declared) in (Union, UnionType)


def is_table(kind: Any) -> bool:
    """Whether this is a table of exam.toml."""
    return isinstance(kind, type) and issubclass(kind, Table)


def element_of(kind: Any) -> Any:
    """The element type of a list field, or None for any other type."""
    return get_args(kind)[0] if get_origin(kind) is tuple else None


@cache
def fields_of(table: type[Table]) -> dict[str, FieldSpec]:
    """The declared fields of a table, in order."""
    hints = get_type_hints(table, include_extras=True)
    specs = {}
    for field in msgspec.structs.fields(table):
        if field.name in NOT_IN_FILE:
            continue
        kind, nullable, metas = peel(hints[field.name])
        specs[field.name] = FieldSpec(
            name=field.name,
            kind=kind,
            nullable=nullable,
            required=field.required,
            default=None if field.required else field.default,
            metas=metas,
        )
    return specs


def variants_of(kind: Any) -> tuple[type[Table], ...]:
    """The tables that may stand here: one, or those of a union; none for a plain value."""
    if is_table(kind):
        return (kind,)
    return tuple(get_args(kind)) if is_union(kind) else ()


@lru_cache(maxsize=4096)
def snake(key: str) -> str:
    """`maxPoints` as `max_points`: a key may be written either way."""
    return "".join(f"_{char.lower()}" if char.isascii() and char.isupper() else char for char in key)


def all_fields() -> list[tuple[str, FieldSpec]]:
    """Every plain field with its path, `[]` marking a list of tables: `zones[].title`."""
    return _walk(Exam, "")


def _walk(table: type[Table], prefix: str) -> list[tuple[str, FieldSpec]]:
    found: list[tuple[str, FieldSpec]] = []
    for spec in fields_of(table).values():
        element = element_of(spec.kind)
        inner = variants_of(spec.kind if element is None else peel(element)[0])
        path = f"{prefix}{spec.name}" + ("[]" if element is not None and inner else "")
        if not inner:
            found.append((path, spec))
        for variant in inner:
            found += [each for each in _walk(variant, f"{path}.") if each[0] not in {name for name, _ in found}]
    return found


def type_words(spec: FieldSpec) -> str:
    """The type and range in words: `whole number, 1 to 3600`."""
    element = element_of(spec.kind)
    if element is None:
        return _words(spec.kind) + _range_words(spec)
    kind, _, metas = peel(element)
    inner = FieldSpec(name="", kind=kind, nullable=False, required=True, default=None, metas=metas)
    return f"list of {_words(kind)}{_range_words(inner)}"


def _words(kind: Any) -> str:
    if get_origin(kind) is Literal:
        return " | ".join(f"`{each}`" for each in get_args(kind))
    names = {bool: "true or false", int: "whole number", float: "number", str: "text"}
    return names.get(kind, {"UUID": "uuid", "datetime": "date and time"}.get(getattr(kind, "__name__", ""), "table"))


def _range_words(spec: FieldSpec) -> str:
    if spec.kind not in (int, float):
        return ""
    low, high = spec.limit("ge"), spec.limit("le")
    if low is None or high is None:
        return "" if low is None else f", at least {low}"
    return f", {low} to {high}"
