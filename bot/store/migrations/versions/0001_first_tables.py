"""The first tables: threads, suggestions, replies, votes, wrong matches, synced commands."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    slug, key = sa.String(40), sa.String(64)
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "threads",
        sa.Column("server_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("thread", key, nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("learned_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("server_id", "thread", name=op.f("pk_threads")),
    )
    op.create_table(
        "suggestions",
        sa.Column("server_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("thread", key, nullable=False),
        sa.Column("person", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("pattern", slug, nullable=False),
        sa.Column("remedy", slug, nullable=False),
        sa.Column("stance", sa.String(20), nullable=False),
        sa.Column("approved", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint(
            "server_id", "thread", "person", "pattern", "remedy", name=op.f("pk_suggestions")
        ),
        sa.ForeignKeyConstraint(
            ["server_id", "thread"],
            ["threads.server_id", "threads.thread"],
            name=op.f("fk_suggestions_threads"),
            ondelete="CASCADE",
        ),
    )
    op.create_table(
        "replies",
        sa.Column("message_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("server_id", sa.BigInteger(), nullable=False),
        sa.Column("pattern", slug, nullable=False),
        sa.Column("remedies", sa.JSON(), nullable=False),
        sa.Column("sent_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_replies")),
    )
    op.create_index(op.f("ix_replies_sent_at"), "replies", ["sent_at"])
    op.create_table(
        "votes",
        sa.Column("server_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("member", key, nullable=False),
        sa.Column("pattern", slug, nullable=False),
        sa.Column("remedy", slug, nullable=False),
        sa.Column("helped", sa.Boolean(), nullable=False),
        sa.Column("cast_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("server_id", "member", "pattern", "remedy", name=op.f("pk_votes")),
    )
    op.create_table(
        "wrong_matches",
        sa.Column("server_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("member", key, nullable=False),
        sa.Column("pattern", slug, nullable=False),
        sa.Column("cast_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("server_id", "member", "pattern", name=op.f("pk_wrong_matches")),
    )
    op.create_table(
        "synced_commands",
        sa.Column("application_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("fingerprint", key, nullable=False),
        sa.PrimaryKeyConstraint("application_id", name=op.f("pk_synced_commands")),
    )


def downgrade() -> None:
    op.drop_table("synced_commands")
    op.drop_table("wrong_matches")
    op.drop_table("votes")
    op.drop_table("replies")
    op.drop_table("suggestions")
    op.drop_table("threads")
