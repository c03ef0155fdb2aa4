"""The one error path: whatever fails, the member gets a private word with a reference.

The same reference stands in the log with where it failed, and nothing a member wrote: messages of
exceptions may quote an option's value, so only their types and the lines of code are logged.
"""

from __future__ import annotations

import logging
import re
import secrets
import traceback
from abc import abstractmethod
from typing import Any, ClassVar, Self, cast

import discord
from discord import app_commands, ui
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from bot.refused import RefusedError
from bot.views.typed import typed_view

log = logging.getLogger("aid_station")

OUTDATED = "This command has changed. Please try again in a minute, or restart Discord."
NOT_READ = (
    "Sorry, I could not look that up just now: my database does not answer. Please try again in a "
    "minute; if it happens again, tell whoever runs this bot the reference {reference}."
)
NOT_KEPT = (
    "Sorry, I could not keep that just now: my database is busy or its disk is full. What was "
    "there before is safe and nothing is half done. Please try again in a minute; if it happens "
    "again, tell whoever runs this bot the reference {reference}."
)
BROKEN = (
    "Sorry, something went wrong on my side. Please try again. If it happens again, tell "
    "whoever runs this bot the reference {reference}."
)
MESSAGE_LENGTH = 2000  # Discord's, for a message's text
FORM_TOO_OLD = (
    "This form was open for very long, or I was restarted meanwhile, so I cannot take it. Nothing "
    "was changed. Please open it again; what you typed is here for you to copy."
)
FORM_SECONDS = 6 * 3600
KNOWN_FORM = "known form"
ALREADY_ACKNOWLEDGED = 40060
SLUG = r"[a-z0-9-]{1,40}"  # of a pattern or a remedy, in the custom_id of a Guarded item


def log_failure(where: str, error: BaseException) -> str:
    """Logs the failure without any text of its message. Gives the reference it is logged under."""
    reference = secrets.token_hex(3)
    lines: list[str] = []
    link: BaseException | None = error
    while link is not None:
        lines += [type(link).__qualname__, *traceback.format_tb(link.__traceback__)]
        link = link.__cause__ or link.__context__
    log.error("Reference %s: %s failed: %s", reference, where, "\n".join(lines))
    return reference


async def report(interaction: discord.Interaction[Any], error: Exception, where: str) -> None:
    """Logs the failure and tells the member, privately. Never raises for a failed answer.

    What was refused with a reason is no failure: only the reason is told.
    """
    cause = getattr(error, "original", error)
    if isinstance(cause, RefusedError):
        reference, text = "none", str(cause)
    else:
        reference = log_failure(where, error)
        text = _words(error, cause).format(reference=f"`{reference}`")
    try:
        await tell_privately(interaction, text)
    except discord.HTTPException as failure:
        # Most often the token has run out. A public message instead would name the member.
        log.warning("Reference %s: the member was not told (%s)", reference, failure.code)


def _words(error: Exception, cause: BaseException) -> str:
    if isinstance(error, app_commands.CommandSignatureMismatch | app_commands.CommandNotFound):
        return OUTDATED
    if isinstance(cause, SQLAlchemyError):
        return NOT_READ if _was_reading(cause) else NOT_KEPT
    return BROKEN


def _was_reading(error: SQLAlchemyError) -> bool:
    statement = error.statement if isinstance(error, DBAPIError) else None
    return statement is not None and statement.lstrip().upper().startswith("SELECT")


async def tell_privately(interaction: discord.Interaction[Any], text: str) -> None:
    """A private line to the member, first response or not; what is too long is cut.

    Raises discord.HTTPException.
    """
    if len(text) > MESSAGE_LENGTH:
        text = text[: MESSAGE_LENGTH - 1] + "…"
    if not interaction.response.is_done():
        try:
            await interaction.response.send_message(text, ephemeral=True)
            return
        except discord.HTTPException as error:
            if error.code != ALREADY_ACKNOWLEDGED:
                raise
    elif interaction.response.type is discord.InteractionResponseType.deferred_channel_message:
        # The first follow-up takes over the visibility chosen when deferring.
        original = await interaction.original_response()
        if not original.flags.ephemeral:
            await original.delete()
    await interaction.followup.send(text, ephemeral=True)


class AidTree(app_commands.CommandTree[Any]):
    """The command tree with the error path; discord.py's own leaves the member without answer."""

    async def on_error(
        self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError, /
    ) -> None:
        """Any failing slash command ends here."""
        command = interaction.command.qualified_name if interaction.command else "unknown"
        await report(interaction, error, f"command {command}")


class AidView(discord.ui.LayoutView):
    """A layout with the error path. Its buttons live on after a restart: no timeout."""

    def __init__(self) -> None:
        super().__init__(timeout=None)

    async def on_error(
        self, interaction: discord.Interaction[Any], error: Exception, item: discord.ui.Item[Any], /
    ) -> None:
        """Any failing button or select of the layout ends here."""
        await report(interaction, error, f"view {type(self).__name__}, {type(item).__name__}")


class AidModal(discord.ui.Modal):
    """A modal with the error path. What was typed into it is given back when it fails.

    Discord does not tell that one was closed without being sent, so each is let go in time.
    """

    def __init__(self) -> None:
        super().__init__(timeout=FORM_SECONDS)

    def again(self) -> AidModal | None:
        """The form with what was typed, to be opened once more; None where that is kept nowhere."""
        return None

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        """Notes that the form is known, see `answer_unknown_form`."""
        interaction.extras[KNOWN_FORM] = True
        return True

    async def on_error(  # type: ignore[override]  # as discord.ui.Modal itself overrides it
        self, interaction: discord.Interaction[Any], error: Exception, /
    ) -> None:
        """Any failing modal ends here."""
        await report(interaction, error, f"modal {type(self).__name__}")
        await give_back(interaction, interaction.client.refused_forms.button(self))


async def answer_unknown_form(interaction: discord.Interaction[Any]) -> None:
    """Answers a form that nobody waits for any more: it was open while the bot was restarted.

    To be called once the form's own answer has begun.
    """
    is_form = interaction.type is discord.InteractionType.modal_submit
    if is_form and KNOWN_FORM not in interaction.extras:
        try:
            await tell_privately(interaction, FORM_TOO_OLD)
        except discord.HTTPException as failure:
            log.warning("a form from before the start was not answered (%s)", failure.code)
        else:
            await give_back(interaction)


async def give_back(
    interaction: discord.Interaction[Any], reopen: ui.Item[Any] | None = None
) -> None:
    """Shows, to whom sent a form, what they typed, so that it is not lost.

    `reopen`: the button that opens it again, if it can be.
    """
    view = typed_view(interaction)
    if view is None:
        return
    if reopen is not None:
        view.add_item(ui.ActionRow[Any](reopen))
    try:
        await interaction.followup.send(view=view, ephemeral=True)
    except discord.HTTPException as failure:
        log.warning("what was typed into a form was not given back (%s)", failure.code)


NUMBERS_IN_IDS = frozenset({"number", "member_id", "below", "first", "last"})


class Guarded:
    """Mixin for a DynamicItem, whose failures discord.py logs and never tells: implement press."""

    labelled: ClassVar[bool] = False

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """discord.py's way back from a press: the id's groups are what the item is made of.

        And what stands on the button, where it is `labelled` by more than its id tells.
        """
        made_of = {
            name: int(value) if name in NUMBERS_IN_IDS else value
            for name, value in match.groupdict().items()
        }
        if cls.labelled:
            made_of["label"] = (item.label if isinstance(item, ui.Button) else None) or "…"
        return cast(Any, cls)(**made_of)  # type: ignore[no-any-return]

    @abstractmethod
    async def press(self, interaction: discord.Interaction[Any]) -> None:
        """What the press does; may raise anything."""

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """discord.py's entry: presses, and reports what fails."""
        try:
            await self.press(interaction)
        except Exception as error:  # noqa: BLE001 - whatever it is, the member gets an answer
            await report(interaction, error, f"button {type(self).__name__}")
