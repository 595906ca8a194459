"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "exams",
        sa.Column("exam", sa.LargeBinary(length=16), nullable=False),
        sa.Column("short_name", sa.Text(), nullable=False),
        sa.Column("long_name", sa.Text(), nullable=False),
        sa.Column("course", sa.Text(), nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("room_code", sa.Text(), nullable=False),
        sa.Column("port", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("exam", name=op.f("pk_exams")),
    )
    op.create_table(
        "meta",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_meta")),
    )
    op.create_table(
        "anchors",
        sa.Column("exam", sa.LargeBinary(length=16), nullable=False),
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=False),
        sa.Column("frontier", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["exam"], ["exams.exam"], name=op.f("fk_anchors_exam")),
        sa.PrimaryKeyConstraint("exam", "size", name=op.f("pk_anchors")),
    )
    op.create_table(
        "audit",
        sa.Column("exam", sa.LargeBinary(length=16), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("chain", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(["exam"], ["exams.exam"], name=op.f("fk_audit_exam")),
        sa.PrimaryKeyConstraint("exam", "number", name=op.f("pk_audit")),
    )
    op.create_table(
        "commands",
        sa.Column("exam", sa.LargeBinary(length=16), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("command", sa.Text(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["exam"], ["exams.exam"], name=op.f("fk_commands_exam")),
        sa.PrimaryKeyConstraint("exam", "number", name=op.f("pk_commands")),
        sa.UniqueConstraint("exam", "command", name=op.f("uq_commands_exam_command")),
    )
    op.create_table(
        "exam_keys",
        sa.Column("exam", sa.LargeBinary(length=16), nullable=False),
        sa.Column("signing", sa.LargeBinary(length=32), nullable=False),
        sa.Column("box", sa.LargeBinary(length=32), nullable=False),
        sa.Column("content", sa.LargeBinary(length=32), nullable=False),
        sa.Column("certificate", sa.LargeBinary(), nullable=False),
        sa.Column("tls_key", sa.LargeBinary(), nullable=False),
        sa.Column("owner_token", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["exam"], ["exams.exam"], name=op.f("fk_exam_keys_exam")),
        sa.PrimaryKeyConstraint("exam", name=op.f("pk_exam_keys")),
    )
    op.create_table(
        "joins",
        sa.Column("ticket", sa.Text(), nullable=False),
        sa.Column("exam", sa.LargeBinary(length=16), nullable=False),
        sa.Column("student", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("seat", sa.Text(), nullable=False),
        sa.Column("device_name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("since_ms", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), server_default="", nullable=False),
        sa.Column("decided_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["exam"], ["exams.exam"], name=op.f("fk_joins_exam")),
        sa.PrimaryKeyConstraint("ticket", name=op.f("pk_joins")),
    )
    op.create_table(
        "notices",
        sa.Column("exam", sa.LargeBinary(length=16), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("sections", sa.Text(), nullable=False),
        sa.Column("sessions", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["exam"], ["exams.exam"], name=op.f("fk_notices_exam")),
        sa.PrimaryKeyConstraint("exam", "number", name=op.f("pk_notices")),
    )
    op.create_table(
        "roster",
        sa.Column("exam", sa.LargeBinary(length=16), nullable=False),
        sa.Column("student", sa.Text(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("section", sa.Text(), server_default="", nullable=False),
        sa.Column("email", sa.Text(), server_default="", nullable=False),
        sa.Column("seat", sa.Text(), server_default="", nullable=False),
        sa.Column("room", sa.Text(), server_default="", nullable=False),
        sa.Column("tags", sa.Text(), server_default="[]", nullable=False),
        sa.Column("factor", sa.Float(), server_default="1", nullable=False),
        sa.Column("extra_minutes", sa.Integer(), server_default="0", nullable=False),
        sa.Column("personal_code", sa.Text(), server_default="", nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("provisional", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["exam"], ["exams.exam"], name=op.f("fk_roster_exam")),
        sa.PrimaryKeyConstraint("exam", "student", name=op.f("pk_roster")),
        sa.UniqueConstraint("exam", "slot", name=op.f("uq_roster_exam_slot")),
    )
    op.create_table(
        "sealed",
        sa.Column("exam", sa.LargeBinary(length=16), nullable=False),
        sa.Column("part", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["exam"], ["exams.exam"], name=op.f("fk_sealed_exam")),
        sa.PrimaryKeyConstraint("exam", "part", name=op.f("pk_sealed")),
    )
    op.create_table(
        "sections",
        sa.Column("exam", sa.LargeBinary(length=16), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("room", sa.Text(), server_default="", nullable=False),
        sa.Column("starts_ms", sa.BigInteger(), nullable=True),
        sa.Column("ends_ms", sa.BigInteger(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["exam"], ["exams.exam"], name=op.f("fk_sections_exam")),
        sa.PrimaryKeyConstraint("exam", "name", name=op.f("pk_sections")),
    )
    op.create_table(
        "sessions",
        sa.Column("session", sa.LargeBinary(length=16), nullable=False),
        sa.Column("exam", sa.LargeBinary(length=16), nullable=False),
        sa.Column("student", sa.Text(), nullable=False),
        sa.Column("joined_ms", sa.BigInteger(), nullable=False),
        sa.Column("joined_by", sa.Text(), nullable=False),
        sa.Column("journal", sa.LargeBinary(length=16), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="0", nullable=False),
        sa.Column("issued_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("starts_ms", sa.BigInteger(), nullable=True),
        sa.Column("ends_ms", sa.BigInteger(), nullable=True),
        sa.Column("paused_ms", sa.BigInteger(), nullable=True),
        sa.Column("ended", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("reopened", sa.Integer(), server_default="0", nullable=False),
        sa.Column("locked", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("review", sa.Text(), server_default="Not reviewed", nullable=False),
        sa.ForeignKeyConstraint(["exam"], ["exams.exam"], name=op.f("fk_sessions_exam")),
        sa.PrimaryKeyConstraint("session", name=op.f("pk_sessions")),
        sa.UniqueConstraint("exam", "student", name=op.f("uq_sessions_exam_student")),
    )
    op.create_table(
        "hands",
        sa.Column("session", sa.LargeBinary(length=16), nullable=False),
        sa.Column("lowered_ms", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["session"], ["sessions.session"], name=op.f("fk_hands_session")),
        sa.PrimaryKeyConstraint("session", name=op.f("pk_hands")),
    )
    op.create_table(
        "journals",
        sa.Column("journal", sa.LargeBinary(length=16), nullable=False),
        sa.Column("session", sa.LargeBinary(length=16), nullable=False),
        sa.Column("exam", sa.LargeBinary(length=16), nullable=False),
        sa.Column("endorsement", sa.LargeBinary(), nullable=False),
        sa.Column("key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("parent", sa.LargeBinary(length=16), nullable=True),
        sa.Column("parent_seq", sa.BigInteger(), server_default="-1", nullable=False),
        sa.Column("parent_link", sa.LargeBinary(length=32), nullable=True),
        sa.Column("device", sa.LargeBinary(length=16), nullable=False),
        sa.Column("device_name", sa.Text(), nullable=False),
        sa.Column("seat", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("opened_ms", sa.BigInteger(), nullable=False),
        sa.Column("head_seq", sa.BigInteger(), server_default="-1", nullable=False),
        sa.Column("head_link", sa.LargeBinary(length=32), nullable=False),
        sa.Column("head_receipt", sa.BigInteger(), server_default="-1", nullable=False),
        sa.Column("last_ms", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), server_default="active", nullable=False),
        sa.ForeignKeyConstraint(["exam"], ["exams.exam"], name=op.f("fk_journals_exam")),
        sa.ForeignKeyConstraint(["session"], ["sessions.session"], name=op.f("fk_journals_session")),
        sa.PrimaryKeyConstraint("journal", name=op.f("pk_journals")),
    )
    with op.batch_alter_table("journals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_journals_session"), ["session"], unique=False)

    op.create_table(
        "projections",
        sa.Column("session", sa.LargeBinary(length=16), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("journal", sa.LargeBinary(length=16), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["session"], ["sessions.session"], name=op.f("fk_projections_session")),
        sa.PrimaryKeyConstraint("session", "name", name=op.f("pk_projections")),
    )
    op.create_table(
        "reviews",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session", sa.LargeBinary(length=16), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["session"], ["sessions.session"], name=op.f("fk_reviews_session")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
    )
    with op.batch_alter_table("reviews", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reviews_session"), ["session"], unique=False)

    op.create_table(
        "batches",
        sa.Column("journal", sa.LargeBinary(length=16), nullable=False),
        sa.Column("last", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(length=64), nullable=False),
        sa.ForeignKeyConstraint(["journal"], ["journals.journal"], name=op.f("fk_batches_journal")),
        sa.PrimaryKeyConstraint("journal", "last", name=op.f("pk_batches")),
    )
    op.create_table(
        "events",
        sa.Column("journal", sa.LargeBinary(length=16), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("header", sa.LargeBinary(length=48), nullable=False),
        sa.Column("salt", sa.LargeBinary(length=16), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=True),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=True),
        sa.ForeignKeyConstraint(["journal"], ["journals.journal"], name=op.f("fk_events_journal")),
        sa.PrimaryKeyConstraint("journal", "seq", name=op.f("pk_events")),
    )
    op.create_table(
        "evidence_kept",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("exam", sa.LargeBinary(length=16), nullable=False),
        sa.Column("journal", sa.LargeBinary(length=16), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("hub_last", sa.BigInteger(), nullable=False),
        sa.Column("desk_last", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("signature", sa.LargeBinary(length=64), nullable=True),
        sa.Column("entries", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["exam"], ["exams.exam"], name=op.f("fk_evidence_kept_exam")),
        sa.ForeignKeyConstraint(["journal"], ["journals.journal"], name=op.f("fk_evidence_kept_journal")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_kept")),
    )
    with op.batch_alter_table("evidence_kept", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evidence_kept_journal"), ["journal"], unique=False)

    op.create_table(
        "receipts",
        sa.Column("exam", sa.LargeBinary(length=16), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("journal", sa.LargeBinary(length=16), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(length=64), nullable=False),
        sa.ForeignKeyConstraint(["exam"], ["exams.exam"], name=op.f("fk_receipts_exam")),
        sa.ForeignKeyConstraint(["journal"], ["journals.journal"], name=op.f("fk_receipts_journal")),
        sa.PrimaryKeyConstraint("exam", "number", name=op.f("pk_receipts")),
    )
    with op.batch_alter_table("receipts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_receipts_journal_last"), ["journal", "last"], unique=False)
