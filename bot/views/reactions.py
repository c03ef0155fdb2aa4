"""The votes that stand as reactions under a public reply: numbers, "this helped me"; 👎, "not my
pain". A vote by reaction stands as long as the reaction.
"""

from __future__ import annotations

from contextlib import suppress

import discord

from bot.store.replies import Reply
from bot.store.votes import Ballot
from bot.views.bot import AidBot
from bot.views.voting import NUMBERS, WRONG

TONES = dict.fromkeys(range(0x1F3FB, 0x1F400))  # of skin


def remedies_by_emoji(reply: Reply) -> dict[str, str | None]:
    """What counts as a vote under a reply: the emoji, and the remedy or None for the match."""
    return {**dict(zip(NUMBERS, reply.remedies, strict=False)), WRONG: None}


def toneless(emoji: discord.PartialEmoji | discord.Emoji | str) -> str:
    """An emoji without the skin tone that a member has chosen for all of theirs."""
    return str(emoji).translate(TONES)


def message_of(bot: AidBot, reply: Reply) -> discord.PartialMessage:
    """The reply as a channel's message: an interaction's runs out after a quarter of an hour."""
    channel = bot.get_partial_messageable(reply.channel_id, guild_id=reply.server_id)
    return channel.get_partial_message(reply.message_id)


def ballot_of(bot: AidBot, reply: Reply, user_id: int, emoji: str) -> Ballot | None:
    """Whose vote on what a reaction is; None for one that is none. `emoji`: without a tone."""
    remedies = remedies_by_emoji(reply)
    if emoji not in remedies or (bot.user and user_id == bot.user.id):
        return None
    member = bot.station.member_key(reply.server_id, user_id)
    return Ballot(reply.server_id, member, reply.pattern, remedies[emoji], reply.message_id)


async def votes_under(
    bot: AidBot, reply: Reply, *only: str | None
) -> dict[Ballot, discord.abc.User]:
    """The votes that stand under a reply now, asked of Discord, and whose they are.

    `only`: remedies, or None for the match; without any, all are read. Raises what discord.py
    raises where the reply cannot be read.
    """
    message = await message_of(bot, reply).fetch()
    remedies, found = remedies_by_emoji(reply), dict[Ballot, discord.abc.User]()
    for reaction in message.reactions:
        emoji = toneless(reaction.emoji)
        if emoji not in remedies or reaction.count <= reaction.me:
            continue
        if only and remedies[emoji] not in only:
            continue
        # Discord tells of super reactions only where they are asked for.
        for kind, count in (
            (discord.ReactionType.normal, reaction.normal_count),
            (discord.ReactionType.burst, reaction.burst_count),
        ):
            async for user in reaction.users(limit=count, type=kind):
                ballot = None if user.bot else ballot_of(bot, reply, user.id, emoji)
                if ballot:
                    found[ballot] = user
    return found


async def member_of(guild: discord.Guild, user: discord.abc.User) -> discord.Member | None:
    """The member of the server; None for one who has left, whose late-found votes do not count."""
    if isinstance(user, discord.Member):
        return user
    with suppress(discord.NotFound):
        return await guild.fetch_member(user.id)
    return None
