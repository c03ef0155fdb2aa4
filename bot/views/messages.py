"""Discord messages by their links, as far as a member may read them there.

What a curator learned in one channel is shown in others, so whoever looks must be allowed to read
it where it stands.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import discord

if TYPE_CHECKING:
    from bot.client import AidStation

_PLACE = re.compile(r"https://discord\.com/channels/(\d+)/(\d+)(?:/(\d+))?")


class Viewer:
    """A member of a server who wants to see messages; looks each channel up once."""

    def __init__(self, bot: AidStation, member: discord.Member) -> None:
        self.bot = bot
        self.server = member.guild.id
        self._member = member
        self._places: dict[int, Any] = {}

    async def may_follow(self, link: str) -> bool:
        """Whether a link leads somewhere that the member may read; the open web is for all."""
        found = _PLACE.fullmatch(link)
        return found is None or await self._place(found) is not None

    async def message(self, link: str) -> str | None:
        """A message's words; "" where Discord withholds them from the bot.

        None where it is gone, elsewhere, or not for the member or the bot to read.
        """
        found = _PLACE.fullmatch(link)
        if found is None or found[3] is None:
            return None
        place = await self._place(found)
        if not isinstance(place, discord.abc.Messageable):
            return None
        try:
            return str((await place.fetch_message(int(found[3]))).content)
        except discord.HTTPException:
            return None

    async def _place(self, found: re.Match[str]) -> Any:
        """The channel or thread of a link, None where the member may not read it."""
        server, place = int(found[1]), int(found[2])
        if server != self.server:
            return None
        if place not in self._places:
            channel = await self._channel(place)
            readable = channel is not None and await self._may_read(channel)
            self._places[place] = channel if readable else None
        return self._places[place]

    async def _channel(self, number: int) -> Any:
        known = self._member.guild.get_channel_or_thread(number)
        if known is not None:
            return known
        try:  # an archived thread
            return await self._member.guild.fetch_channel(number)
        except (discord.HTTPException, discord.InvalidData):
            return None

    async def _may_read(self, channel: Any) -> bool:
        may = channel.permissions_for(self._member)
        if not (may.view_channel and may.read_message_history):
            return False
        if not isinstance(channel, discord.Thread) or not channel.is_private():
            return True
        if may.manage_threads:
            return True
        try:
            await channel.fetch_member(self._member.id)
        except discord.HTTPException:
            return False
        return True


def viewer_of(interaction: discord.Interaction[Any]) -> Viewer:
    """Whoever pressed or typed, in a server; DMs have no members."""
    assert isinstance(interaction.user, discord.Member)
    return Viewer(interaction.client, interaction.user)
