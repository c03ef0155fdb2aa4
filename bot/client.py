"""The Discord client: wires the parts together, syncs commands, keeps one error path."""

from __future__ import annotations

import logging
import sys
from typing import Any

import discord
import yarl
from discord.ext import commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.settings import Settings, SettingsError
from bot.station import Station
from bot.views.again import TellAgain
from bot.views.bot import AidBot
from bot.views.buttons import DYNAMIC_ITEMS
from bot.views.candidates import CandidateButton
from bot.views.commands import sync_changed
from bot.views.errors import AidTree, AidView, answer_unknown_form, log_failure
from bot.views.exchange import EXCHANGE_ITEMS
from bot.views.forgetting import ForgetButton
from bot.views.history import HISTORY_ITEMS
from bot.views.later import LATER_ITEMS
from bot.views.learned import LEARNED_ITEMS
from bot.views.messages import Viewer
from bot.views.pictures import Pictures
from bot.views.provenance import WhoSaidSo
from bot.views.questions import QUESTION_ITEMS
from bot.views.reopen import RefusedForms, Reopen
from bot.views.reply import build_reply
from bot.views.review import REVIEW_ITEMS, review_layout
from bot.views.sending import Audience, Reply
from bot.views.setup import SETUP_ITEMS
from bot.views.turns import BEGINNING, Turn
from bot.views.voting import VOTE_ITEMS
from bot.views.why import WhyThis

log = logging.getLogger("aid_station")

discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # the bot never speaks
EXTENSIONS = (
    "cogs.pain",
    "cogs.feedback",
    "cogs.questions",
    "cogs.remedies",
    "cogs.patterns",
    "cogs.review",
    "cogs.learn",
    "cogs.insights",
    "cogs.privacy",
    "cogs.setup",
    "cogs.upkeep",
    "cogs.about",
)


class AidStation(AidBot):
    """The bot. Make it with `create_bot`; its station and its parts come at start."""

    def __init__(self, settings: Settings, *, simulated: bool = False) -> None:
        """`simulated`: on no real Discord, where nobody knows of the real servers."""
        intents = discord.Intents.none()
        intents.guilds = True
        intents.guild_reactions = True
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            tree_cls=AidTree,
            intents=intents,
            allowed_mentions=discord.AllowedMentions.none(),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
        )
        self.settings = settings
        self.simulated = simulated
        self.refused_forms = RefusedForms()

    def reply(self, text: str, server_id: int | None, to: Audience) -> Reply:
        """The message that answers a member's words."""
        station = self.station
        answer, settings = station.answer(text, server_id), station.server_settings(server_id)
        catalogue = station.knowledge(server_id).catalogue
        return build_reply(answer, catalogue, self.pictures, settings, to)

    async def what_waits(self, viewer: Viewer, turn: Turn = BEGINNING) -> AidView:
        """What a curator has to decide next; whatever they decide on leads there again."""
        return await review_layout(viewer, turn)

    async def setup_hook(self) -> None:
        """Opens the station, loads the parts, tells Discord of changed commands.

        Raises StoreError, DataFileError or a load error: a bot that cannot answer does not start.
        """
        self.pictures = Pictures(self.settings.data_dir)
        self.station = await Station.open(self.settings, discord.utils.utcnow().date())
        for extension in EXTENSIONS:
            await self.load_extension(extension)
        self.add_dynamic_items(*DYNAMIC_ITEMS, *SETUP_ITEMS, *QUESTION_ITEMS, *LEARNED_ITEMS)
        self.add_dynamic_items(*LATER_ITEMS)
        self.add_dynamic_items(*VOTE_ITEMS, *HISTORY_ITEMS, *REVIEW_ITEMS, *EXCHANGE_ITEMS)
        self.add_dynamic_items(WhoSaidSo, CandidateButton, WhyThis, TellAgain)
        self.add_dynamic_items(ForgetButton, Reopen)
        await sync_changed(self)

    async def launch_shards(self) -> None:
        """Connects; away from Discord's own API, every connection goes to that API's gateway."""
        if self.settings.discord_api_base != _default("discord_api_base"):
            _, address, _ = await self.http.get_bot_gateway()
            # discord.py asks for the address once and falls back to its own on reconnecting.
            DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(address)
        await super().launch_shards()

    async def on_error(self, event_method: str, /, *_args: Any, **_kwargs: Any) -> None:
        """A failing event handler: logged without its data."""
        error = sys.exc_info()[1]
        if error is not None:
            log_failure(f"event {event_method}", error)

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """discord.py drops a form that was open over a restart; its member is answered here.

        A known form has begun to answer by now: its task was made before this event's.
        """
        await answer_unknown_form(interaction)

    async def close(self) -> None:
        """Leaves Discord, then closes the station."""
        await super().close()
        if hasattr(self, "station"):
            await self.station.close()


def create_bot(settings: Settings, *, simulated: bool = False) -> AidStation:
    """The bot, not yet started. Reads no file and opens nothing. `simulated`: see AidStation."""
    Route.BASE = settings.discord_api_base.rstrip("/")
    # At DEBUG discord.py logs whole payloads, and members' words with them.
    level = max(logging.INFO, logging.getLevelNamesMapping()[settings.log_level])
    logging.getLogger("discord").setLevel(level)
    return AidStation(settings, simulated=simulated)


async def run_bot(settings: Settings) -> None:
    """Runs on Discord until stopped. Raises SettingsError without a token that Discord knows."""
    if settings.discord_token is None:
        raise SettingsError("DISCORD_TOKEN is not set. `make run` without it opens the Preview.")
    async with create_bot(settings) as bot:
        try:
            await bot.start(settings.discord_token.get_secret_value())
        except discord.LoginFailure as error:
            raise SettingsError(
                "Discord does not know DISCORD_TOKEN. Copy it anew from the developer portal "
                "(your application → Bot → Reset Token)."
            ) from error


def _default(name: str) -> Any:
    return Settings.model_fields[name].default
