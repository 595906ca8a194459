"""Reviews are steps: a status, a note, who is to review, who asks to escalate, who confirms."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply: what is there already set a status."""
    op.add_column("reviews", sa.Column("step", sa.Text(), server_default="status", nullable=False))
    op.add_column("reviews", sa.Column("whom", sa.Text(), server_default="", nullable=False))
