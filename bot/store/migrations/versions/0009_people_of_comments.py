"""Beside each comment that was learned, who wrote it: a number that counts within its thread."""

from __future__ import annotations

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "learned", sa.Column("person", sa.Integer(), nullable=False, server_default=sa.text("0"))
    )
    _remember_linked()


def _remember_linked() -> None:
    """The messages that taught something before single comments were remembered, by their links."""
    learned = _table("learned", "server_id", "thread", "person", "mark")
    database = op.get_bind()
    known = {(row.server_id, row.mark) for row in database.execute(sa.select(learned))}
    new = {}
    for name in ("suggestions", "pending", "heard"):
        table = _table(name, "server_id", "thread", "person", "link")
        for row in database.execute(sa.select(table).where(table.c.link != "")):
            mark = hashlib.sha256(row.link.encode()).hexdigest()[:32]
            if (row.server_id, mark) not in known:
                new[row.server_id, mark] = {
                    "server_id": row.server_id,
                    "thread": row.thread,
                    "person": row.person,
                    "mark": mark,
                }
    if new:
        database.execute(learned.insert(), list(new.values()))


def _table(name: str, *columns: str) -> sa.TableClause:
    return sa.table(name, *(sa.column(column) for column in columns))
