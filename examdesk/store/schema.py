"""The tables. Ids are 16 bytes, times ms since 1970 UTC by the hub's clock, texts UTF-8; what is derived says so.

Migrations (examdesk.store.migrations) make these tables; a test keeps both the same.
"""

import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)


class Raw(sa.LargeBinary):
    """Bytes as they are: both drivers take them, and a conversion per value would slow down every receipt."""

    cache_ok = True

    def bind_processor(self, _dialect: sa.Dialect) -> None:
        """Convert nothing on the way in."""
        return

    def result_processor(self, _dialect: sa.Dialect, _coltype: object) -> None:
        """Convert nothing on the way out: sqlite3 and psycopg give bytes."""
        return


Id = Raw(16)
Ms = sa.BigInteger
Count = sa.BigInteger().with_variant(sa.Integer, "sqlite")
"""A number of 64 bits, which SQLite's integers have anyway."""


def _exam(*, primary: bool = False) -> "sa.Column[bytes]":
    return sa.Column("exam", Id, sa.ForeignKey("exams.exam"), nullable=False, primary_key=primary)


meta = sa.Table(
    "meta",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)

exams = sa.Table(
    "exams",
    metadata,
    sa.Column("exam", Id, primary_key=True),
    sa.Column("short_name", sa.Text, nullable=False),
    sa.Column("long_name", sa.Text, nullable=False),
    sa.Column("course", sa.Text, nullable=False),
    sa.Column("packed", Raw, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("room_code", sa.Text, nullable=False),
    sa.Column("port", sa.Integer, nullable=False, server_default="0"),
    sa.Column("created_ms", Ms, nullable=False),
)
"""The exam as it was last served: `packed` is the whole `.exam` file, `source` where it came from."""

exam_keys = sa.Table(
    "exam_keys",
    metadata,
    _exam(primary=True),
    sa.Column("signing", Raw(32), nullable=False),
    sa.Column("box", Raw(32), nullable=False),
    sa.Column("content", Raw(32), nullable=False),
    sa.Column("certificate", Raw, nullable=False),
    sa.Column("tls_key", Raw, nullable=False),
    sa.Column("owner_token", sa.Text, nullable=False),
)
"""Secrets: Ed25519 seed, X25519 key, content key, the certificate's DER and its key as PEM."""

sealed = sa.Table(
    "sealed",
    metadata,
    _exam(primary=True),
    sa.Column("part", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("data", Raw, nullable=False),
)
"""The sealed content that desks are offered: part -2 its manifest, -1 the signature, 0… the pieces.

Former editions follow, from part `store.FORMER` on."""

sections = sa.Table(
    "sections",
    metadata,
    _exam(primary=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("room", sa.Text, nullable=False, server_default=""),
    sa.Column("starts_ms", Ms),
    sa.Column("ends_ms", Ms),
    sa.Column("minutes", sa.Integer),
)
"""Sections that staff made or changed; those of exam.toml that staff never touched are not here."""

roster = sa.Table(
    "roster",
    metadata,
    _exam(primary=True),
    sa.Column("student", sa.Text, primary_key=True),
    sa.Column("slot", sa.Integer, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("section", sa.Text, nullable=False, server_default=""),
    sa.Column("email", sa.Text, nullable=False, server_default=""),
    sa.Column("seat", sa.Text, nullable=False, server_default=""),
    sa.Column("room", sa.Text, nullable=False, server_default=""),
    sa.Column("tags", sa.Text, nullable=False, server_default="[]"),
    sa.Column("factor", sa.Float, nullable=False, server_default="1"),
    sa.Column("extra_minutes", sa.Integer, nullable=False, server_default="0"),
    sa.Column("personal_code", sa.Text, nullable=False, server_default=""),
    sa.Column("failures", sa.Integer, nullable=False, server_default="0"),
    sa.Column("provisional", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.UniqueConstraint("exam", "slot"),
)
"""People who may sit the exam; `slot` is the number in front of a personal code, `tags` a JSON list."""

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("session", Id, primary_key=True),
    _exam(),
    sa.Column("student", sa.Text, nullable=False),
    sa.Column("joined_ms", Ms, nullable=False),
    sa.Column("joined_by", sa.Text, nullable=False),
    sa.Column("journal", Id),
    sa.Column("revision", sa.Integer, nullable=False, server_default="0"),
    sa.Column("issued_ms", Ms, nullable=False, server_default="0"),
    sa.Column("starts_ms", Ms),
    sa.Column("ends_ms", Ms),
    sa.Column("paused_ms", Ms),
    sa.Column("ended", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("reopened", sa.Integer, nullable=False, server_default="0"),
    sa.Column("locked", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("note", sa.Text, nullable=False, server_default=""),
    sa.Column("review", sa.Text, nullable=False, server_default="Not reviewed"),
    sa.UniqueConstraint("exam", "student"),
)
"""One student sitting one exam. `journal` is the one that the session goes on in; from `revision` to `note` stands
what the newest standing says (derived from the commands)."""

journals = sa.Table(
    "journals",
    metadata,
    sa.Column("journal", Id, primary_key=True),
    sa.Column("session", Id, sa.ForeignKey("sessions.session"), nullable=False, index=True),
    _exam(),
    sa.Column("endorsement", Raw, nullable=False),
    sa.Column("key", Raw(32), nullable=False),
    sa.Column("parent", Id),
    sa.Column("parent_seq", sa.BigInteger, nullable=False, server_default="-1"),
    sa.Column("parent_link", Raw(32)),
    sa.Column("device", Id, nullable=False),
    sa.Column("device_name", sa.Text, nullable=False),
    sa.Column("seat", sa.Text, nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("opened_ms", Ms, nullable=False),
    sa.Column("head_seq", sa.BigInteger, nullable=False, server_default="-1"),
    sa.Column("head_link", Raw(32), nullable=False),
    sa.Column("head_receipt", sa.BigInteger, nullable=False, server_default="-1"),
    sa.Column("last_ms", Ms),
    sa.Column("state", sa.Text, nullable=False, server_default="active"),
)
"""One chain on one device. `head_*` is what is durable; `head_receipt` is its receipt's number. `state`: active, moved
(the session goes on elsewhere; a late tail is a side branch), rollback, fork, damaged."""

events = sa.Table(
    "events",
    metadata,
    sa.Column("journal", Id, sa.ForeignKey("journals.journal"), primary_key=True),
    sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("header", Raw(48), nullable=False),
    sa.Column("salt", Raw(16), nullable=False),
    sa.Column("payload", Raw),
    sa.Column("digest", Raw(32)),
)
"""Events as they came, never changed; `digest` stands for a payload that was erased."""

batches = sa.Table(
    "batches",
    metadata,
    sa.Column("journal", Id, sa.ForeignKey("journals.journal"), primary_key=True),
    sa.Column("last", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("body", Raw, nullable=False),
    sa.Column("signature", Raw(64), nullable=False),
)

receipts = sa.Table(
    "receipts",
    metadata,
    _exam(primary=True),
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("journal", Id, sa.ForeignKey("journals.journal"), nullable=False),
    sa.Column("last", sa.BigInteger, nullable=False),
    sa.Column("body", Raw, nullable=False),
    sa.Column("signature", Raw(64), nullable=False),
    sa.Index(None, "journal", "last"),
)

evidence_kept = sa.Table(
    "evidence_kept",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    _exam(),
    sa.Column("journal", Id, sa.ForeignKey("journals.journal"), nullable=False, index=True),
    sa.Column("at_ms", Ms, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("hub_last", sa.BigInteger, nullable=False),
    sa.Column("desk_last", sa.BigInteger, nullable=False),
    sa.Column("body", Raw),
    sa.Column("signature", Raw(64)),
    sa.Column("entries", Raw),
)
"""What a desk showed that does not go together with what the hub has; `entries` is msgpack of log entries."""

commands = sa.Table(
    "commands",
    metadata,
    _exam(primary=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("command", sa.Text, nullable=False),
    sa.Column("at_ms", Ms, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("body", Raw, nullable=False),
    sa.UniqueConstraint("exam", "command"),
)
"""Every command that was applied, in order; standings are derived from them. `body` is JSON."""

notices = sa.Table(
    "notices",
    metadata,
    _exam(primary=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at_ms", Ms, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("sender", sa.Text, nullable=False),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("sections", sa.Text, nullable=False),
    sa.Column("sessions", sa.Text, nullable=False),
    sa.Column("prompt", sa.Text, nullable=False, server_default=""),
)
"""Messages of the staff; `sections` and `sessions` are JSON lists, both empty means everybody, late joiners too."""

joins = sa.Table(
    "joins",
    metadata,
    sa.Column("ticket", sa.Text, primary_key=True),
    _exam(),
    sa.Column("student", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("section", sa.Text, nullable=False),
    sa.Column("seat", sa.Text, nullable=False),
    sa.Column("device_name", sa.Text, nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("since_ms", Ms, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("decided_by", sa.Text, nullable=False, server_default=""),
    sa.Column("decided_ms", Ms),
)
"""Joins that wait or waited for a person; the ticket is the journal's id. `state`: waiting, admitted, refused."""

anchors = sa.Table(
    "anchors",
    metadata,
    _exam(primary=True),
    sa.Column("size", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at_ms", Ms, nullable=False),
    sa.Column("note", Raw, nullable=False),
    sa.Column("frontier", Raw, nullable=False),
)
"""Signed checkpoints of the tree over the first `size` receipts; `frontier` is what the tree needs to grow on."""

audit = sa.Table(
    "audit",
    metadata,
    _exam(primary=True),
    sa.Column("number", Count, primary_key=True, autoincrement=False),
    sa.Column("at_ms", Ms, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("address", sa.Text, nullable=False),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("chain", Raw(32), nullable=False),
)
"""Who did what, when, from where; `chain` is SHA-256 over the entry before and this one (`audit_chain`)."""

reviews = sa.Table(
    "reviews",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("session", Id, sa.ForeignKey("sessions.session"), nullable=False, index=True),
    sa.Column("at_ms", Ms, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("step", sa.Text, nullable=False, server_default="status"),
    sa.Column("whom", sa.Text, nullable=False, server_default=""),
)
"""What reviewers did, only ever appended (`examdesk.store.reviews`): `status` is the one that holds after the step."""

hands = sa.Table(
    "hands",
    metadata,
    sa.Column("session", Id, sa.ForeignKey("sessions.session"), primary_key=True),
    sa.Column("lowered_ms", Ms, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
)
"""When staff last took a session's raised hand off the queue."""

projections = sa.Table(
    "projections",
    metadata,
    sa.Column("session", Id, sa.ForeignKey("sessions.session"), primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("journal", Id, nullable=False),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("data", Raw, nullable=False),
)
"""Derived: what was worked out of a session's events up to `seq` of `journal`; dropped and made again by rebuild."""
