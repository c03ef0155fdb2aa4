"""What was decided keeps the number under which it waited, so that it can be taken back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("suggestions", sa.Column("number", sa.Integer()))
    op.add_column("suggestions", sa.Column("decision", sa.Integer()))
    op.create_index(
        op.f("ix_suggestions_server_id_decision"), "suggestions", ["server_id", "decision"]
    )
