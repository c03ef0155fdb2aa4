"""What a club asks about and what helped there: counts for its curators, small ones hidden."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.store.asked import load_asked
from bot.store.votes import Pair, count_helped, count_wrong_matches

K = TypeVar("K")
SHOWN_FROM = 5  # smaller counts could point at a member
MOST = 8


@dataclass(frozen=True, slots=True)
class Insights:
    """Counts of one server over `days`; each part the largest first.

    `asked` and `wrong` by pattern slug, `helped` by pattern and remedy slug; `unhelped`: patterns
    that are asked about and that nothing is said to have helped with. `hidden`: how many counts
    were too small to show.
    """

    days: int
    asked: tuple[tuple[str, int], ...]
    helped: tuple[tuple[Pair, int], ...]
    wrong: tuple[tuple[str, int], ...]
    unhelped: tuple[str, ...]
    hidden: int


async def load_insights(engine: AsyncEngine, server_id: int, days: int, now: datetime) -> Insights:
    """The counts of the last `days`."""
    since = now - timedelta(days=days)
    asked = await load_asked(engine, server_id, since.date())
    helped = await count_helped(engine, server_id, since, now)
    wrong = await count_wrong_matches(engine, server_id, since, now)
    counts = [*asked.values(), *helped.values(), *wrong.values()]
    some_help = {pattern for pattern, _ in helped}
    shown = _largest(asked)
    return Insights(
        days=days,
        asked=shown,
        helped=_largest(helped),
        wrong=_largest(wrong),
        unhelped=tuple(pattern for pattern, _ in shown if pattern not in some_help),
        hidden=sum(1 for count in counts if count < SHOWN_FROM),
    )


def _largest(counts: Mapping[K, int]) -> tuple[tuple[K, int], ...]:
    ordered = sorted(counts.items(), key=lambda one: -one[1])
    return tuple(one for one in ordered if one[1] >= SHOWN_FROM)[:MOST]
