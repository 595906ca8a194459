"""Signing in."""

from examdesk.staffapi.messages.base import Answer, Request
from examdesk.staffapi.permissions import Permission, Role


class SignedIn(Answer, frozen=True, kw_only=True):
    """Who you are to this hub, and what you may do."""

    name: str
    role: Role
    permissions: tuple[Permission, ...]
    hub_ms: int


class SignIn(Request[SignedIn], frozen=True, kw_only=True):
    """Show the token that the hub gave out; `name` is who sits there, for the audit log."""

    token: str
    name: str
