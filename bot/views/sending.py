"""What is sent to a member, and for whose eyes."""

from __future__ import annotations

from dataclasses import dataclass

import discord

from bot.advice import Advice
from bot.views.errors import AidView


@dataclass(frozen=True, slots=True)
class Audience:
    """Who asked, and who is to read the answer.

    `private`: the member alone. `in_server`: False in a direct message, which has no votes.
    `public_in`: the channel for answers, where that alone is why this one is private.
    `discreet`: what is intimate the member alone is told, for they did not say otherwise.
    `of_another`: the words are somebody else's, who does not see the answer. `hears_reactions`:
    the bot does, in this channel.
    """

    member_id: int
    private: bool
    in_server: bool = True
    public_in: int | None = None
    discreet: bool = False
    of_another: bool = False
    hears_reactions: bool = True

    @property
    def by_buttons(self) -> bool:
        """Whether members say by buttons what helped."""
        return self.private or not self.hears_reactions


@dataclass(frozen=True, slots=True)
class Reply:
    """A message ready to send. `advice` is what it shows, None when it shows no remedies."""

    layout: AidView
    files: tuple[discord.File, ...]
    private: bool
    advice: Advice | None
