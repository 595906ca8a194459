"""A correction may carry how its question reads from now on."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply: what was said before changed no prompt."""
    op.add_column("notices", sa.Column("prompt", sa.Text(), server_default="", nullable=False))
