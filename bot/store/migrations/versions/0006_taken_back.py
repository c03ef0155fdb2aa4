"""What was taken back or deleted stays so, although its reaction may still stand."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("votes", "wrong_matches"):
        with op.batch_alter_table(name) as table:
            table.add_column(
                sa.Column("taken_back", sa.Boolean(), nullable=False, server_default=sa.false())
            )
    op.create_table(
        "forgotten",
        sa.Column("server_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("member", sa.String(64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("server_id", "member", name=op.f("pk_forgotten")),
    )
