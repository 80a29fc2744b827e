"""An index by which is read who was promised a day first."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index; nothing else changes."""
    columns = ["order_id", "committed_on", "at"]
    op.create_index("ix_promise_order_id", "promise", columns, unique=False)
