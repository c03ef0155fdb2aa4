"""A server's own remedies and patterns, with every change of them; and its settings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    slug, kind, key = sa.String(40), sa.String(10), sa.String(64)
    op.create_table(
        "entries",
        sa.Column("server_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("kind", kind, nullable=False),
        sa.Column("slug", slug, nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("server_id", "kind", "slug", name=op.f("pk_entries")),
    )
    op.create_table(
        "changes",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=True),
        sa.Column("server_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", kind, nullable=False),
        sa.Column("slug", slug, nullable=False),
        sa.Column("by", key, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_changes")),
    )
    op.create_index(
        op.f("ix_changes_server_id_kind_slug"), "changes", ["server_id", "kind", "slug"]
    )
    op.create_table(
        "server_settings",
        sa.Column("server_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("curator_role_id", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("server_id", name=op.f("pk_server_settings")),
    )
