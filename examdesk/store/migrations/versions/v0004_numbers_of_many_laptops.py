"""Numbers of the audit log beyond 32 bits: laptops that took over with the same key file begin far from each other."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply; SQLite keeps every integer in 64 bits already."""
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("audit", "number", type_=sa.BigInteger(), existing_type=sa.Integer(), existing_nullable=False)
