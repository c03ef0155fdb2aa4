"""Votes that fade and know their reply, what is asked, questions for later, servers left."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    slug, when = sa.String(40), sa.DateTime(timezone=True)
    with op.batch_alter_table("votes") as table:
        table.add_column(sa.Column("weight", sa.Float(), nullable=False, server_default="1"))
        table.add_column(sa.Column("message_id", sa.BigInteger(), nullable=True))
        table.add_column(sa.Column("counts_from", when, nullable=True))
        table.create_index(op.f("ix_votes_message_id"), ["message_id"])
    with op.batch_alter_table("wrong_matches") as table:
        table.add_column(sa.Column("message_id", sa.BigInteger(), nullable=True))
        table.create_index(op.f("ix_wrong_matches_message_id"), ["message_id"])
    op.create_table(
        "asked",
        sa.Column("server_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("pattern", slug, nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("server_id", "day", "pattern", name=op.f("pk_asked")),
    )
    op.create_table(
        "questions",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=True),
        sa.Column("server_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("pattern", slug, nullable=False),
        sa.Column("remedies", sa.JSON(), nullable=False),
        sa.Column("due_at", when, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions")),
    )
    op.create_index(op.f("ix_questions_due_at"), "questions", ["due_at"])
    op.create_table(
        "left_servers",
        sa.Column("server_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("left_at", when, nullable=False),
        sa.PrimaryKeyConstraint("server_id", name=op.f("pk_left_servers")),
    )
