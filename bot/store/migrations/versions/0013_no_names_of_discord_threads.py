"""What a thread or forum post on Discord is called is often a member's description of a pain.

It is no longer kept; what was kept goes.
"""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A thread's address has two numbers; three are a message's, which has a title of the bot's own.
    op.execute(
        "UPDATE threads SET title = 'A thread on Discord'"
        " WHERE link LIKE 'https://discord.com/channels/%/%'"
        " AND link NOT LIKE 'https://discord.com/channels/%/%/%'"
    )
