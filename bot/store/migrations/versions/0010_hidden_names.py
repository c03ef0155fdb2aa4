"""Names out of Discord messages are kept as hashes only; a remedy's suggestions have an index."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    heard = sa.table("heard", sa.column("link", sa.String))
    # They stood there in clear, and may be of somebody's health.
    op.execute(heard.delete().where(heard.c.link.startswith("https://discord.com/channels/")))
    op.create_index(
        op.f("ix_suggestions_server_id_pattern_remedy"),
        "suggestions",
        ["server_id", "pattern", "remedy"],
    )
