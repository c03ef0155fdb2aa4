"""Each comment is learned once; a number that a button names is never given again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "learned",
        sa.Column("server_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("mark", sa.String(64), nullable=False),
        sa.Column("thread", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(
            ["server_id", "thread"],
            ["threads.server_id", "threads.thread"],
            name=op.f("fk_learned_threads"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("server_id", "mark", name=op.f("pk_learned")),
    )
    op.create_index(op.f("ix_learned_server_id_thread"), "learned", ["server_id", "thread"])
    if op.get_bind().dialect.name != "sqlite":
        return  # others never give a number twice
    for name in ("pending", "proposals", "questions"):
        with op.batch_alter_table(
            name, recreate="always", table_kwargs={"sqlite_autoincrement": True}
        ):
            pass
