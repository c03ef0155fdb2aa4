"""What threads taught and waits for a curator; where it was said; the shipped threads' share."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    slug, link = sa.String(40), sa.String(200)
    for name in ("threads", "suggestions"):
        with op.batch_alter_table(name) as table:
            table.add_column(sa.Column("link", link, nullable=False, server_default=""))
    with op.batch_alter_table("server_settings") as table:
        table.add_column(
            sa.Column("shipped_threads", sa.Boolean(), nullable=False, server_default=sa.true())
        )
    op.create_table(
        "pending",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=True),
        sa.Column("server_id", sa.BigInteger(), nullable=False),
        sa.Column("thread", sa.String(64), nullable=False),
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("pattern", slug, nullable=False),
        sa.Column("remedy", slug, nullable=False),
        sa.Column("stance", sa.String(20), nullable=False),
        sa.Column("quote", sa.String(200), nullable=False, server_default=""),
        sa.Column("link", link, nullable=False, server_default=""),
        sa.ForeignKeyConstraint(
            ["server_id", "thread"],
            ["threads.server_id", "threads.thread"],
            name=op.f("fk_pending_threads"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pending")),
    )
    op.create_index(op.f("ix_pending_server_id_thread"), "pending", ["server_id", "thread"])
    op.create_table(
        "heard",
        sa.Column("server_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("thread", sa.String(64), nullable=False),
        sa.Column("person", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("key", sa.String(60), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("quote", sa.String(200), nullable=False, server_default=""),
        sa.Column("link", link, nullable=False, server_default=""),
        sa.ForeignKeyConstraint(
            ["server_id", "thread"],
            ["threads.server_id", "threads.thread"],
            name=op.f("fk_heard_threads"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "server_id", "thread", "person", "kind", "key", name=op.f("pk_heard")
        ),
    )
