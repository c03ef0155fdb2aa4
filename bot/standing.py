"""Reactions that stand under replies: where several are for one vote, one is left when one goes."""

from __future__ import annotations

from dataclasses import replace

from bot.store.votes import Ballot, Cast

_Where = tuple[int | None, str]  # under which reply, by which emoji


class Standing:
    """The votes by reaction since the start: of a member on a remedy, under however many replies.

    What was there before a start is not known; the start itself looks at each reply.
    """

    def __init__(self) -> None:
        self._casts: dict[Ballot, dict[_Where, Cast]] = {}

    def add(self, cast: Cast, emoji: str) -> None:
        """A reaction came; `emoji` as the member chose it, skin tone and all."""
        where = cast.ballot.message_id, emoji
        self._casts.setdefault(_vote(cast.ballot), {})[where] = cast

    def remove(self, ballot: Ballot, emoji: str) -> Cast | None:
        """A reaction went; the last vote of the same that still stands, if any."""
        casts = self._casts.get(_vote(ballot), {})
        casts.pop((ballot.message_id, emoji), None)
        if not casts:
            self._casts.pop(_vote(ballot), None)
            return None
        return next(reversed(casts.values()))

    def clear(self, message_id: int, remedy: str | None) -> None:
        """All reactions for a remedy (None: on the match) under a reply are gone."""
        for vote, casts in [*self._casts.items()]:
            if vote.remedy == remedy:
                for where in [where for where in casts if where[0] == message_id]:
                    self.remove(replace(vote, message_id=message_id), where[1])

    def forget(self, member: str) -> None:
        """All that a member has said, by the keyed hash."""
        self._casts = {vote: each for vote, each in self._casts.items() if vote.member != member}


def _vote(ballot: Ballot) -> Ballot:
    return replace(ballot, message_id=None)
