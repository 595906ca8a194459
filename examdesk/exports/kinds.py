"""Which exports there are, and which of them go with which options."""

from collections.abc import Collection
from typing import get_args

from examdesk.exports.options import Options
from examdesk.exports.redaction import Redaction
from examdesk.staffapi.messages import ExportKind
from shared.problems import InputProblem

KINDS: tuple[ExportKind, ...] = get_args(ExportKind)
UNFOLDED = frozenset({"events", "bundle", "progsnap"})
"""Exports that pass over the events by themselves; all others share one pass."""
REDACTABLE = frozenset({"events", "bundle"})


def check(what: Collection[str], options: Options) -> None:
    """Refuse what is not an export, and options that it can't follow, with an InputProblem."""
    unknown = sorted(set(what) - set(KINDS))
    if unknown or not what:
        said = f"There is no export {unknown[0]}." if unknown else "Nothing to export was named."
        raise InputProblem(f"{said} There are: {', '.join(KINDS)}.")
    Redaction(options.redact)
    others = [kind for kind in KINDS if kind in what and kind not in REDACTABLE]
    if options.redact and others:
        raise InputProblem(
            f"Only {' and '.join(sorted(REDACTABLE))} can be redacted, {others[0]} can't: it is made of the texts "
            "themselves. Name what to redact with --what; nothing was written."
        )
    refused = why_no_bundle(options)
    if refused and "bundle" in what:
        raise InputProblem(f"{refused} Leave it out with --what; nothing was written.")


def why_no_bundle(options: Options) -> str:
    """Return why there can be no bundle with these options; empty where there can."""
    if options.chosen:
        return "A bundle holds the whole exam, so that nobody can leave anything out unseen."
    return ""
