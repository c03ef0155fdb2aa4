"""A newcomer's "not my pain" counts nothing at first, as their votes do."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("wrong_matches") as table:
        table.add_column(sa.Column("counts_from", sa.DateTime(timezone=True)))
