"""/learn: the club's own threads, from a file or from Discord; nothing counts before /review."""

from __future__ import annotations

import asyncio
import contextlib
import io
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, TypeVar

import discord
from discord import app_commands, ui
from discord.ext import commands
from sqlalchemy.exc import SQLAlchemyError

from bot.client import AidStation
from bot.refused import RefusedError
from bot.store.lessons import Hide, LearnedTotals, store_lesson
from bot.store.suggestions import count_pending
from bot.threads.chats import own_words
from bot.threads.comments import RawComment, Thread, ThreadError, conversations, make_thread
from bot.threads.files import read_file
from bot.views.errors import log_failure
from bot.views.forgetting import forget_layout, suggest_learned
from bot.views.later import ReviewNow
from bot.views.layouts import note_layout
from bot.views.names import Choices, autocomplete
from bot.wording import counted, safe

Interaction = discord.Interaction[AidStation]
T = TypeVar("T")

MOST_MESSAGES = 5000
MOST_BYTES = 25_000_000
TOLD_EVERY = 500  # messages or threads
TOLD_AFTER = 10  # seconds without anything new to tell
FOOT = "Nothing of it counts before a curator approves it in `/review`."
NOT_ALLOWED = "I may not read {place}: allow me *View Channel* and *Read Message History* there."
NOT_IN_IT = (
    "I cannot get into {place}. If it is a private thread, mention me there: I join it then."
)
BROKE_OFF = "I could not read all of that. `/review` shows what I got; please try it again."
BROKE_OFF_HERE = (
    "\n⚠️ It broke off there: my database is busy or its disk is full. The same once more teaches "
    "the rest, and nothing twice. If it happens again, tell whoever runs this bot the reference "
    "`{reference}`."
)
UNREADABLE = (
    "I see that messages are there, but not their words. Whoever hosts me can switch on *Message "
    "Content Intent* in Discord's developer portal (Bot → Privileged Gateway Intents). Until then "
    "use the message command *Learn from this message*, or `/learn file` with an export."
)


@autocomplete
async def suggest_thread(interaction: Interaction, typed: str) -> Choices:
    """Autocomplete for what was learned here; for curators alone."""
    interaction.client.curator(interaction)
    return await suggest_learned(interaction, typed)


def as_raw_comment(message: discord.Message) -> RawComment:
    """A message as a comment: whose, what, where, and which message it answers."""
    author, answered = message.author, message.reference
    return RawComment(
        author=str(author.id),
        text=own_words(message.content),
        link=message.jump_url,
        key=str(message.id),
        answers=str(answered.message_id) if answered and answered.message_id else "",
        called=author.display_name,
    )


def _dated(channel: object, first: RawComment) -> str:
    """What a conversation is called where it is kept, by its channel and its first message."""
    talk = "A thread in " if isinstance(channel, discord.Thread) else ""
    return f"{talk}{_above(channel)}, {discord.utils.snowflake_time(int(first.key)):%d %B %Y}"


def _above(channel: object) -> str:
    """A channel's name, a thread's channel's: a thread's own is often a member's description."""
    if isinstance(channel, discord.Thread):
        return f"#{channel.parent.name}" if channel.parent else "a channel"
    return f"#{channel.name}" if isinstance(channel, discord.abc.GuildChannel) else "a channel"


def _told_in(place: discord.Thread | discord.TextChannel, said: list[RawComment]) -> Thread | None:
    """A conversation as a thread; what a Discord thread is called is read and not kept."""
    called = _dated(place, said[0])
    if isinstance(place, discord.Thread):
        return make_thread(place.name, place.jump_url, said, called=called)
    return make_thread(called, said[0].link, said)


def _is_withheld(message: discord.Message) -> bool:
    """Whether a message looks empty: nobody can send one."""
    held = (message.content, message.attachments, message.stickers, message.poll, message.embeds)
    return not any(held) and not message.message_snapshots


def _as_written(message: discord.Message) -> discord.Message | None:
    """The message; for the empty one with which a thread begins, the one that it grew from."""
    if message.type is not discord.MessageType.thread_starter_message:
        return message
    grown_from = message.reference.resolved if message.reference else None
    if not isinstance(grown_from, discord.Message):
        return None
    above = message.channel.parent if isinstance(message.channel, discord.Thread) else None
    if isinstance(above, discord.TextChannel):
        # discord.py takes it for one of the thread's, and it stands in the channel above.
        grown_from.channel = above
    return grown_from


async def _itself(thread: app_commands.AppCommandThread) -> discord.Thread:
    """A chosen thread, also an archived one, of which only Discord knows. Raises RefusedError."""
    try:
        return thread.resolve() or await thread.fetch()
    except (discord.Forbidden, discord.NotFound) as error:
        raise RefusedError(NOT_IN_IT.format(place=thread.mention)) from error


@app_commands.guild_only()
class Learn(commands.GroupCog, group_name="learn"):
    """For curators."""

    def __init__(self, bot: AidStation) -> None:
        self.bot = bot
        self._menu = app_commands.ContextMenu(
            name="Learn from this message", callback=self.from_message
        )
        super().__init__()

    async def cog_load(self) -> None:
        """Adds the message command."""
        self.bot.tree.add_command(self._menu)

    async def cog_unload(self) -> None:
        """Takes it away again."""
        self.bot.tree.remove_command(self._menu.name, type=self._menu.type)

    @app_commands.command(name="file", description="Learn from a saved page, an export or a text")
    @app_commands.describe(file="A blog page, WordPress, Disqus, Reddit or Discord export, or text")
    async def file(self, interaction: Interaction, file: discord.Attachment) -> None:
        """Learns all threads in it."""
        server = self.bot.curator(interaction).server_id
        if file.size > MOST_BYTES:
            raise RefusedError("That is larger than 25 MB. Whoever hosts me can learn it there.")
        await interaction.response.defer(ephemeral=True, thinking=True)
        threads = read_file(io.BytesIO(await file.read()), file.filename)
        await self._learn(interaction, server, threads)

    @app_commands.command(name="thread", description="Learn from a Discord thread or forum post")
    @app_commands.describe(thread="The thread; without one, the thread or channel that you are in")
    async def thread(
        self, interaction: Interaction, thread: app_commands.AppCommandThread | None = None
    ) -> None:
        """Learns its messages; their words are not kept, only where they stand."""
        server = self.bot.curator(interaction).server_id
        await interaction.response.defer(ephemeral=True, thinking=True)
        place = await _itself(thread) if thread else interaction.channel
        if not isinstance(place, discord.Thread | discord.TextChannel) or interaction.guild is None:
            raise RefusedError("I can learn from threads, forum posts and text channels.")
        may = place.permissions_for(interaction.guild.me)
        if not (may.view_channel and may.read_message_history):
            raise RefusedError(NOT_ALLOWED.format(place=place.mention))
        messages = await self._messages(interaction, place)
        said = [(one.created_at, as_raw_comment(one)) for one in messages]
        in_thread = isinstance(place, discord.Thread)
        threads = [_told_in(place, part) for part in conversations(said, in_thread)]
        found = [one for one in threads if one]
        unread = sum(_is_withheld(one) for one in messages)
        if not found:
            raise RefusedError(UNREADABLE if unread else "There are no messages in it.")
        more = f"\n{counted(unread, 'message')} had no words for me. {UNREADABLE}" if unread else ""
        if len(messages) == MOST_MESSAGES:
            more += f"\nI read the newest {MOST_MESSAGES} messages; older ones were left out."
        hide = partial(self.bot.station.name_key, server)
        await self._learn(interaction, server, iter(found), hide=hide, more=more)

    async def _messages(
        self, interaction: Interaction, place: discord.Thread | discord.TextChannel
    ) -> list[discord.Message]:
        """What members wrote there, the oldest first; of very many the newest.

        Raises RefusedError where Discord does not let the bot read.
        """
        messages: list[discord.Message] = []
        try:
            async for each in place.history(limit=None):
                message = _as_written(each)
                if message is None or message.author.bot or message.is_system():
                    continue
                messages.append(message)
                if len(messages) == MOST_MESSAGES:
                    break
                if len(messages) % TOLD_EVERY == 0:
                    await self._tell(interaction, f"{len(messages)} messages so far …")
        except discord.Forbidden as error:
            raise RefusedError(NOT_IN_IT.format(place=place.mention)) from error
        return messages[::-1]

    @app_commands.command(name="forget", description="Let go of all that a thread taught")
    @app_commands.describe(thread="The thread or channel, by its name or a link to it")
    @app_commands.autocomplete(thread=suggest_thread)
    async def forget(self, interaction: Interaction, thread: str) -> None:
        """Tells what it taught, with a button that lets go of that."""
        self.bot.curator(interaction)
        await interaction.response.defer(ephemeral=True, thinking=True)
        layout = await forget_layout(interaction, thread)
        await interaction.followup.send(view=layout, ephemeral=True)

    @app_commands.command(
        name="shipped", description="Choose whether the threads that I came with count"
    )
    @app_commands.describe(count="False: only what this club's own threads taught")
    async def shipped(self, interaction: Interaction, count: bool) -> None:
        """Switches the share of the shipped threads."""
        server = self.bot.manager(interaction)
        await interaction.response.defer(ephemeral=True, thinking=True)
        await self.bot.station.set_server_settings(server, shipped_threads=count)
        await self.bot.station.servers.refresh(server)
        text = "They count here." if count else "Only this club's own threads count here."
        layout = note_layout("The threads that I came with", text)
        await interaction.followup.send(view=layout, ephemeral=True)

    async def from_message(self, interaction: Interaction, message: discord.Message) -> None:
        """The message command: learns one message."""
        server = self.bot.curator(interaction).server_id
        where = _above(message.channel)
        title = f"A message in {where}, {message.created_at:%d %B %Y %H:%M} UTC"
        found = make_thread(title, message.jump_url, [as_raw_comment(message)])
        if found is None:
            raise RefusedError("There are no words in that message.")
        await interaction.response.defer(ephemeral=True, thinking=True)
        hide = partial(self.bot.station.name_key, server)
        await self._learn(interaction, server, iter([found]), hide=hide)

    async def _learn(
        self,
        interaction: Interaction,
        server: int,
        threads: Iterator[Thread],
        *,
        hide: Hide | None = None,
        more: str = "",
    ) -> None:
        """Learns and stores thread by thread, and says what became of it, and `more`.

        In the channel, where that took longer than Discord waits for an answer.
        """
        try:
            text = await self._learned(interaction, server, threads, hide) + more
        except Exception:
            if interaction.is_expired():
                await self._mention(interaction, BROKE_OFF)
            raise
        try:
            layout = note_layout("Read", text, FOOT)
            if await count_pending(self.bot.station.engine, server):
                layout.add_item(ui.ActionRow[Any](ReviewNow()))
            await interaction.edit_original_response(view=layout)
        except discord.HTTPException:
            await self._mention(
                interaction, f"I am done reading. {text} `/review` shows what waits."
            )

    async def _learned(
        self, interaction: Interaction, server: int, threads: Iterator[Thread], hide: Hide | None
    ) -> str:
        """What became of it, in words."""
        learner = self.bot.station.learner(server)
        stored = LearnedTotals()
        broken = ""
        while True:
            try:
                thread = await self._waited(interaction, stored, partial(next, threads, None))
                if thread is None:
                    break
                lesson = await self._waited(interaction, stored, partial(learner.learn, thread))
                new = await store_lesson(self.bot.station.engine, server, lesson, hide=hide)
            except ThreadError as error:
                if not stored.threads:
                    raise RefusedError(safe(str(error), 600)) from error
                broken = f"\n⚠️ It broke off there: {safe(str(error), 200)}"
                break
            except SQLAlchemyError as error:
                if not stored.threads:
                    raise
                broken = BROKE_OFF_HERE.format(reference=log_failure("learning", error))
                break
            stored.add(lesson, new)
            if stored.threads % TOLD_EVERY == 0:
                await self._tell(interaction, f"{stored.threads} threads so far …")
        where = f"{counted(stored.comments, 'comment')} in {counted(stored.threads, 'thread')}"
        text = f"{where}: {counted(stored.suggestions, 'suggestion')} to review."
        all_known = "it" if stored.threads == 1 else f"{stored.known} of the threads"
        known = f" I knew {all_known} already." if stored.known else ""
        return f"{text}{known}{broken}"

    async def _waited(
        self, interaction: Interaction, stored: LearnedTotals, work: Callable[[], T]
    ) -> T:
        """What `work` gives; while one thread takes long, that it goes on is told."""
        task = asyncio.ensure_future(asyncio.to_thread(work))
        while not (await asyncio.wait([task], timeout=TOLD_AFTER))[0]:
            so_far = f"{counted(stored.threads, 'thread')} so far, and a long one under way …"
            await self._tell(interaction, so_far)
        return await task

    async def _tell(self, interaction: Interaction, text: str) -> None:
        """Shows how far reading has come; where that fails, reading goes on."""
        with contextlib.suppress(discord.HTTPException):
            await interaction.edit_original_response(view=note_layout("Reading", text, FOOT))

    async def _mention(self, interaction: Interaction, text: str) -> None:
        """Tells whoever asked in the channel: their interaction's token has run out."""
        if isinstance(interaction.channel, discord.abc.Messageable):
            await interaction.channel.send(
                f"{interaction.user.mention}: {text}",
                allowed_mentions=discord.AllowedMentions(users=[interaction.user]),
            )


async def setup(bot: AidStation) -> None:
    """discord.py's entry."""
    await bot.add_cog(Learn(bot))
