"""What admins set for their server, and remedies that members propose."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("server_settings") as table:
        table.add_column(sa.Column("channel_id", sa.BigInteger(), nullable=True))
        table.add_column(
            sa.Column("private", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        table.add_column(
            sa.Column("emergency_number", sa.String(20), nullable=False, server_default="")
        )
        table.add_column(sa.Column("club_line", sa.String(200), nullable=False, server_default=""))
    op.create_table(
        "proposals",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=True),
        sa.Column("server_id", sa.BigInteger(), nullable=False),
        sa.Column("member", sa.String(64), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
    )
    op.create_index(op.f("ix_proposals_server_id"), "proposals", ["server_id"])
