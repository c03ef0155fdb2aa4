"""Discord messages by their links, as far as a member may read them there.

What a curator learned in one channel is shown in others, so whoever looks must be allowed to read
it where it stands.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import discord

from bot.station import Station

_PLACE = re.compile(r"https://discord\.com/channels/(\d+)/(\d+)(?:/(\d+))?")


MOST_LOOKS = 25  # at Discord for one press: it answers only so many a second


def place_of(link: str) -> str:
    """The address of the channel or thread that a Discord link leads into, "" for other links."""
    found = _PLACE.fullmatch(link)
    return f"https://discord.com/channels/{found[1]}/{found[2]}" if found else ""


class Words(NamedTuple):
    """What a message says now; "" where Discord withholds it from the bot."""

    text: str
    edited: bool


class Viewer:
    """A member of a server who wants to see messages; looks each channel up once.

    After `MOST_LOOKS` all that would have to be looked up is as if it were gone.
    """

    def __init__(self, station: Station, member: discord.Member) -> None:
        self.station = station
        self.server = member.guild.id
        self._member = member
        self._places: dict[int, Any] = {}
        self._gone: set[int] = set()
        self._lost: set[str] = set()  # links to messages that were deleted
        self._looks = 0

    def called(self, place: str) -> str:
        """A place's name, without asking Discord; "" where it is not certain that they may read it.

        Of private threads only those are certain who may see them all.
        """
        found = _PLACE.fullmatch(place)
        channel = self._member.guild.get_channel_or_thread(int(found[2])) if found else None
        if channel is None or not self._is_open(channel):
            return ""
        hidden = isinstance(channel, discord.Thread) and channel.is_private()
        managed = channel.permissions_for(self._member).manage_threads
        return "" if hidden and not managed else f"#{channel.name}"

    async def may_follow(self, link: str) -> bool:
        """Whether a link leads somewhere that the member may read; the open web is for all."""
        found = _PLACE.fullmatch(link)
        return found is None or await self._place(found) is not None

    async def is_hidden(self, link: str) -> bool:
        """Whether a link leads into a channel of this server that the member may not read.

        What stands elsewhere, or where a channel is gone, nobody can be kept from any more.
        """
        found = _PLACE.fullmatch(link)
        if found is None or int(found[1]) != self.server or await self._place(found) is not None:
            return False
        return int(found[2]) not in self._gone

    def is_gone(self, link: str) -> bool:
        """Whether a message that was looked up is deleted, or its channel is."""
        found = _PLACE.fullmatch(link)
        return link in self._lost or (found is not None and int(found[2]) in self._gone)

    @property
    def has_looked_enough(self) -> bool:
        """Whether there may be more than what was looked up."""
        return self._looks > MOST_LOOKS

    async def message(self, link: str) -> Words | None:
        """A message's words; None where it is gone, elsewhere, or not for the member or the bot."""
        found = _PLACE.fullmatch(link)
        if found is None or found[3] is None:
            return None
        place = await self._place(found)
        if not isinstance(place, discord.abc.Messageable) or not self._may_look():
            return None
        try:
            message = await place.fetch_message(int(found[3]))
        except discord.NotFound:
            self._lost.add(link)
            return None
        except discord.HTTPException:
            return None
        return Words(message.content, message.edited_at is not None)

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
        if known is not None or not self._may_look():
            return known
        try:  # an archived thread
            return await self._member.guild.fetch_channel(number)
        except discord.NotFound:
            self._gone.add(number)
            return None
        except (discord.HTTPException, discord.InvalidData):
            return None

    async def _may_read(self, channel: Any) -> bool:
        if not self._is_open(channel):
            return False
        if not isinstance(channel, discord.Thread) or not channel.is_private():
            return True
        if channel.permissions_for(self._member).manage_threads:
            return True
        if not self._may_look():
            return False
        try:
            await channel.fetch_member(self._member.id)
        except discord.HTTPException:
            return False
        return True

    def _is_open(self, channel: Any) -> bool:
        may = channel.permissions_for(self._member)
        return bool(may.view_channel and may.read_message_history)

    def _may_look(self) -> bool:
        self._looks += 1
        return self._looks <= MOST_LOOKS


def viewer_of(interaction: discord.Interaction[Any]) -> Viewer:
    """Whoever pressed or typed, in a server; DMs have no members."""
    assert isinstance(interaction.user, discord.Member)
    return Viewer(interaction.client.station, interaction.user)
