"""One permission table for all roles, enforced at the hub and nowhere else."""

from enum import StrEnum


class Permission(StrEnum):
    """What a request can need."""

    WATCH = "watch"
    """See who is in, their state and figures."""
    READ_CODE = "read code"
    """See what a student wrote, ran and did."""
    READ_EVIDENCE = "read evidence"
    """See signals and similarity."""
    ADMIT = "admit"
    """Let students in, approve a device."""
    MESSAGE = "message"
    """Write to students."""
    CONTROL = "control"
    """Open, end, extend, pause, reopen."""
    ROSTER = "roster"
    """Change sections, roster and codes."""
    REVIEW = "review"
    """Set a review status and notes."""
    EXPORT = "export"
    """Take records out, bring bundles in."""
    KEYS = "keys"
    """Take the exam's key out, by which another laptop becomes its hub."""
    AUDIT = "audit"
    """Read the audit log."""


class Role(StrEnum):
    """The 14 roles of an institution."""

    INSTITUTION_OWNER = "institution owner"
    INSTITUTION_ADMIN = "institution admin"
    IT_ADMIN = "IT admin"
    REGISTRAR = "registrar"
    DEPARTMENT_HEAD = "department head"
    DEPARTMENT_ADMIN = "department admin"
    COURSE_COORDINATOR = "course coordinator"
    INSTRUCTOR = "instructor"
    CO_INSTRUCTOR = "co-instructor"
    TEACHING_ASSISTANT = "teaching assistant"
    PROCTOR = "proctor"
    INTEGRITY_REVIEWER = "integrity reviewer"
    AUDITOR = "auditor"
    STUDENT = "student"


_P = Permission
_EVERYTHING = frozenset(Permission)
_ROOM = frozenset({_P.WATCH, _P.ADMIT, _P.MESSAGE, _P.CONTROL})

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.INSTITUTION_OWNER: _EVERYTHING,
    Role.INSTITUTION_ADMIN: frozenset({_P.WATCH, _P.ROSTER, _P.EXPORT, _P.AUDIT}),
    Role.IT_ADMIN: frozenset({_P.WATCH}),
    Role.REGISTRAR: frozenset({_P.WATCH, _P.ROSTER}),
    Role.DEPARTMENT_HEAD: frozenset({_P.WATCH, _P.READ_CODE, _P.READ_EVIDENCE, _P.REVIEW, _P.EXPORT, _P.AUDIT}),
    Role.DEPARTMENT_ADMIN: frozenset({_P.WATCH, _P.ROSTER, _P.EXPORT}),
    Role.COURSE_COORDINATOR: _EVERYTHING - {_P.AUDIT, _P.KEYS},
    Role.INSTRUCTOR: _EVERYTHING,
    Role.CO_INSTRUCTOR: _EVERYTHING - {_P.AUDIT},
    Role.TEACHING_ASSISTANT: _ROOM | {_P.READ_CODE},
    Role.PROCTOR: _ROOM,
    Role.INTEGRITY_REVIEWER: frozenset({_P.WATCH, _P.READ_CODE, _P.READ_EVIDENCE, _P.REVIEW, _P.EXPORT}),
    Role.AUDITOR: frozenset({_P.WATCH, _P.AUDIT}),
    Role.STUDENT: frozenset(),
}


def allows(role: Role, permission: Permission | None) -> bool:
    """Tell whether a role grants a permission; None is what everybody who is signed in may ask."""
    return permission is None or permission in GRANTS[role]
