"""The hub's side of the staff API: signs in, checks the permission that each request names, asks the right handler.

A handler does one thing and returns its answer; what it changes is written together with its audit entry. Whatever
goes wrong in one becomes a `Failed` with a sentence, and the connection lives on.
"""

import asyncio
import hmac
import logging
from base64 import urlsafe_b64encode
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec

from examdesk.hub.changes import REVIEW, ChangeSet
from examdesk.hub.control.before_after import value_change, with_changes
from examdesk.hub.gate import Slowdown
from examdesk.hub.records.identity import Identity
from examdesk.hub.services import Services
from examdesk.hub.staff.blinding import Blinder
from examdesk.hub.staff.looking import Looks
from examdesk.hub.transport import Connection
from examdesk.readmodels.audit import SIGNED_IN
from examdesk.readmodels.session import NotThere
from examdesk.staffapi import messages as api
from examdesk.staffapi.permissions import GRANTS, Permission, Role, allows
from examdesk.store.audit import Deed
from shared.crypto.keys import sha256
from shared.problems import Problem
from shared.text import safe_text

log = logging.getLogger(__name__)

AT_ONCE = 32
_MAX_NAME = 100
_POLICY = 1008
_AUDIT_PIECE = 500
NAMES_HIDDEN = (
    "Names are hidden here, and this shows them. Show the names first (the audit log notes it). Nothing was done."
)


class Caller(msgspec.Struct, frozen=True):
    """Who asks."""

    name: str
    role: Role
    address: str
    names_hidden: bool = False

    def deed(self, what: str, detail: str = "") -> Deed:
        """Return what this person does, for the audit log."""
        return Deed(who=self.name, role=self.role.value, address=self.address, what=what, detail=detail)


class NotFound(Problem):
    """What was asked about does not exist (any more)."""


class NotPossible(Problem):
    """The request makes no sense as things stand."""


Reply = api.Answer | msgspec.Raw
"""An answer, or the bytes of one that was made elsewhere."""
Handler = Callable[[Any, Caller], Awaitable[Reply]]
Handlers = Mapping[type, Handler]


def staff_token(identity: Identity, role: Role) -> str:
    """Return the token that signs in with a role: the owner's for an instructor, derived ones for all others."""
    if role is Role.INSTRUCTOR:
        return identity.owner_token
    secret = sha256(b"EDP1-STAFF\0", identity.signing.to_bytes())
    return urlsafe_b64encode(hmac.digest(secret, role.value.encode(), "sha256")[:24]).decode()


class StaffDoor:
    """The route `/staff`."""

    def __init__(self, services: Services, handlers: Handlers, looks: Looks) -> None:
        self.services = services
        self.handlers = handlers
        self.looks = looks
        self.max_message = services.limits.staff_message
        self.slowdown = Slowdown(services.clock)
        self.blinder = Blinder(services)
        self._roles = {staff_token(services.identity, role): role for role in Role if GRANTS[role]}
        self._tasks: set[asyncio.Task[None]] = set()

    def open(self, peer: Connection) -> "Staff":
        """See `transport.Route`."""
        return Staff(self, peer)

    def role_of(self, token: str) -> Role | None:
        """Return the role that a token signs in with."""
        found = None
        for known, role in self._roles.items():
            if hmac.compare_digest(known.encode(), token.encode()):
                found = role
        return found

    def spawn(self, work: "Awaitable[None]") -> None:
        """Run a request to its end, even when its connection goes."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def finish(self) -> None:
        """Wait until everything that was begun is done."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)


class Staff:
    """One connection of one person."""

    def __init__(self, door: StaffDoor, peer: Connection) -> None:
        self._door = door
        self._peer = peer
        self._caller: Caller | None = None
        self._unsubscribe: Callable[[], None] | None = None
        self._running = 0
        self._names_hidden = False

    def message(self, data: bytes) -> None:
        """See `transport.Handler`."""
        try:
            ask = api.decode_ask(data)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError, OverflowError):
            self._peer.close(_POLICY, "not a request of the staff API")
            return
        self._running += 1
        if self._running >= AT_ONCE:
            self._peer.pause()
        self._door.spawn(self._answer(ask))

    def closed(self) -> None:
        """See `transport.Handler`."""
        if self._unsubscribe is not None:
            self._unsubscribe()

    async def _answer(self, ask: api.Ask) -> None:
        answer: Reply
        try:
            answer = await self._answer_to(ask.request)
        except (NotFound, NotThere) as problem:
            answer = api.Failed(code="not-found", sentence=problem.sentence)
        except Problem as problem:
            answer = api.Failed(code="refused", sentence=problem.sentence)
        except Exception:
            log.exception("a request of staff failed by an error of ours")
            answer = api.Failed(code="trouble", sentence="The hub made a mistake. Nothing was changed; try again.")
        if self._names_hidden:
            await self._door.blinder.learn()
            answer = self._door.blinder.shown(api.decode_answer(answer) if isinstance(answer, msgspec.Raw) else answer)
        self._running -= 1
        self._peer.resume()
        self._peer.send(api.encode(api.Told(ask.number, answer)))  # type: ignore[arg-type]

    async def _answer_to(self, request: api.AnyRequest) -> Reply:
        if isinstance(request, api.SignIn):
            return await self._sign_in(request)
        caller = self._caller
        if caller is None:
            return api.Failed(code="not-signed-in", sentence="Sign in first.")
        if isinstance(request, api.HideNames):
            return await self._hide_names(request, caller)
        refused = self._refusal(request, caller)
        if refused is not None:
            return refused
        if self._names_hidden:
            answer = await self._without_names(request, msgspec.structs.replace(caller, names_hidden=True))
        else:
            answer = await self._door.handlers[type(request)](request, caller)
        await self._door.looks.note(request, caller.deed(""))
        return answer

    async def _without_names(self, request: api.AnyRequest, caller: Caller) -> Reply:
        """Answer somebody who does not see names: a search finds only what is shown, or it would tell who is meant."""
        handler, blinder = self._door.handlers[type(request)], self._door.blinder
        await blinder.learn()
        if not isinstance(request, api.GetAudit) or not request.text:
            return await handler(blinder.named(request), caller)
        limit, found = max(1, request.limit), list[api.AuditEntry]()
        wanted = request.text.casefold().split()
        ask = msgspec.structs.replace(request, text=blinder.search(request.text), limit=_AUDIT_PIECE)
        while True:
            raw = await handler(ask, caller)
            piece = api.decode_answer(raw) if isinstance(raw, msgspec.Raw) else raw
            assert isinstance(piece, api.AuditLog)
            shown = zip(piece.entries, blinder.shown(piece).entries, strict=True)
            found += [each for each, seen in shown if all(word in _searched(seen) for word in wanted)]
            if len(found) >= limit or len(piece.entries) < _AUDIT_PIECE:
                return api.AuditLog(entries=tuple(found[:limit]), total=piece.total)
            ask = msgspec.structs.replace(ask, before=piece.entries[-1].number)

    def _refusal(self, request: api.AnyRequest, caller: Caller) -> api.Failed | None:
        """Return why this person may not ask this here; None where they may."""
        if not allows(caller.role, request.NEEDS):
            return api.Failed(
                code="not-allowed", sentence=f"As {caller.role.value} you may not do this. Ask the instructor."
            )
        if type(request) not in self._door.handlers:
            return api.Failed(code="refused", sentence="This version of the hub can't do this yet.")
        if self._names_hidden and _shows_names(request):
            return api.Failed(code="refused", sentence=NAMES_HIDDEN)
        return None

    async def _hide_names(self, request: api.HideNames, caller: Caller) -> api.Answer:
        if request.hidden != self._names_hidden:
            now = self._door.services.clock.wall_ms()
            deed = caller.deed("hid the names" if request.hidden else "showed the names again")
            deed = with_changes(deed, value_change("names hidden", self._names_hidden, request.hidden))
            await self._door.services.writer.run(lambda tx: tx.control.audit(now, deed))
            self._door.services.changes.topic("audit")
        self._names_hidden = request.hidden
        return api.Done(
            sentence="Students are shown under pseudonyms." if request.hidden else "Names are shown; this is noted."
        )

    async def _sign_in(self, request: api.SignIn) -> api.Answer:
        wait = self._door.slowdown.wait_ms(self._peer.address)
        if wait:
            return api.Failed(code="refused", sentence=f"Too many tries. Wait {-(-wait // 1000)} seconds.")
        role = self._door.role_of(request.token)
        services = self._door.services
        now = services.clock.wall_ms()
        if role is None:
            self._door.slowdown.wrong(self._peer.address)
            return api.Failed(code="not-signed-in", sentence="This hub does not know you. Nothing was shown.")
        name = safe_text(request.name.strip()[:_MAX_NAME]) or role.value
        caller = Caller(name, role, self._peer.address)
        await services.writer.run(lambda tx: tx.control.audit(now, caller.deed(SIGNED_IN)))
        self._caller = caller
        self._peer.prove()
        if self._unsubscribe is None:
            self._unsubscribe = services.changes.subscribe(self._tell)
        permissions = tuple(sorted(GRANTS[role]))
        return api.SignedIn(name=name, role=role, permissions=permissions, hub_ms=services.clock.wall_ms())

    def _tell(self, change: ChangeSet) -> None:
        sessions, topics = change.sessions | change.reviewed, change.topics
        if self._caller is None or not allows(self._caller.role, api.GetReviews.NEEDS):
            sessions, topics = change.sessions, topics - {REVIEW}
        if sessions or topics:
            told = api.Changed(tuple(sorted(session.hex() for session in sessions)), tuple(sorted(topics)))
            self._peer.send(api.encode(told))


def _searched(entry: api.AuditEntry) -> str:
    return "\n".join((entry.who, entry.role, entry.address, entry.what, entry.detail, *entry.changes)).casefold()


def _shows_names(request: api.AnyRequest) -> bool:
    """Whether what comes of a request has names that `Blinder` can't take out."""
    if isinstance(request, api.StartExport | api.PlanExport):
        return not request.options.pseudonyms
    return request.NEEDS is Permission.ROSTER
