""" "Ask me in two weeks": a private question of what helped, because a remedy needs time."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import discord
from discord import ui
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.knowledge.catalogue import Catalogue
from bot.store.questions import (
    Question,
    forget_member_questions,
    forget_question,
    forget_question_about,
    load_question,
    store_question,
)
from bot.store.votes import Ballot, Cast, change_vote
from bot.views.bot import AidBot
from bot.views.errors import SLUG, AidView, Guarded, tell_privately
from bot.views.layouts import CALM, note_layout, view_of
from bot.views.shown import remedies_above
from bot.wording import WAITS, name_of, safe
from bot.writer import Write

AFTER = timedelta(days=14)
WEIGHT = 2.0  # votes: whoever comes back after two weeks knows more than who reacts at once
NOTHING, PROFESSIONAL, STOP = "nothing", "professional", "stop"
LABELS = {
    NOTHING: "Nothing helped",
    PROFESSIONAL: "I saw a professional",
    STOP: "Stop asking",
}
OVER = "That question is closed already. Thank you!"
FORGOTTEN = "That question is deleted, and your id in it."
SAID = {
    NOTHING: "I am sorry to hear that. It helps the next one who asks. Please see a doctor or "
    "physiotherapist if it still hurts.",
    PROFESSIONAL: "Good that you did. Get well soon!",
    STOP: "I ask no more.",
}
HELPED = "Good to hear. It helps the next one who asks."


class AskLater(
    Guarded, ui.DynamicItem[ui.Button[Any]], template=rf"aid1:later:(?P<pattern>{SLUG})"
):
    """Asks whoever presses, once, two weeks on, by a direct message."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        super().__init__(ui.Button(label="Ask me in two weeks", custom_id=f"aid1:later:{pattern}"))

    async def press(self, interaction: discord.Interaction[AidBot]) -> None:
        """Keeps the question."""
        bot, server = interaction.client, interaction.guild_id
        advice = bot.station.advise(self.pattern, server)
        if server is None:
            await tell_privately(interaction, "That works in a server only.")
            return
        if advice is None:
            await tell_privately(interaction, "I do not know this pain any more.")
            return
        await interaction.response.defer(ephemeral=True, thinking=True)
        due = discord.utils.utcnow() + AFTER
        remedies = await remedies_above(interaction, self, self.pattern) or tuple(
            ranked.remedy.slug for ranked in advice.remedies
        )
        await store_question(
            bot.station.engine, server, interaction.user.id, self.pattern, remedies, due
        )
        bot.dispatch("question_kept")
        day = discord.utils.format_dt(due, "D")
        text = (
            f"On {day} I ask you once, by direct message, what helped. I keep your id until you "
            "answer, at most 30 days longer."
        )
        layout = note_layout("I will ask", text, "`/privacy delete` lets go of it at any time.")
        layout.add_item(ui.ActionRow[Any](DoNotAsk(self.pattern)))
        await interaction.followup.send(view=layout, ephemeral=True)


class DoNotAsk(
    Guarded, ui.DynamicItem[ui.Button[Any]], template=rf"aid1:unask:(?P<pattern>{SLUG})"
):
    """Lets go of a question before it is asked, and with it of the member's id."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        super().__init__(ui.Button(label="Do not ask", custom_id=f"aid1:unask:{pattern}"))

    async def press(self, interaction: discord.Interaction[AidBot]) -> None:
        """Deletes it at once."""
        server, member = interaction.guild_id or 0, interaction.user.id
        await interaction.response.defer()
        await forget_question_about(interaction.client.station.engine, server, member, self.pattern)
        await interaction.edit_original_response(view=note_layout("I do not ask", FORGOTTEN))


class AnswerQuestion(
    Guarded,
    ui.DynamicItem[ui.Button[Any]],
    template=rf"aid1:helped:(?P<number>\d{{1,9}}):(?P<what>{SLUG})",
):
    """An answer to the question; with it the question and the member's id are let go."""

    labelled = True

    def __init__(self, number: int, what: str, label: str) -> None:
        self.number, self.what = number, what
        super().__init__(ui.Button(label=label[:80], custom_id=f"aid1:helped:{number}:{what}"))

    async def press(self, interaction: discord.Interaction[AidBot]) -> None:
        """Turns the answer into votes, and lets go of the question."""
        station = interaction.client.station
        await interaction.response.defer()
        question = await load_question(station.engine, self.number)
        if question is None or question.member_id != interaction.user.id:
            await interaction.edit_original_response(view=note_layout("Thank you", OVER))
            return
        for vote in self._votes(
            question, station.member_key(question.server_id, question.member_id)
        ):
            station.writer.put(partial(change_vote, change=vote), votes_of=question.server_id)
        # After the votes, and in the same queue: an answer is not let go before it is stored.
        station.writer.put(self._forgets(question))
        said, foot = SAID.get(self.what, HELPED), FORGOTTEN
        if not await station.writer.drained():
            said, foot = WAITS, ""
        await interaction.edit_original_response(view=note_layout("Thank you", said, foot))

    def _forgets(self, question: Question) -> Write:
        if self.what == STOP:
            return partial(_forget_all, member_id=question.member_id)
        return partial(forget_question, number=question.number)

    def _votes(self, question: Question, key: str) -> list[Cast]:
        if self.what in (PROFESSIONAL, STOP):
            return []
        helped = self.what != NOTHING
        about = [self.what] if helped else list(question.remedies)
        now = discord.utils.utcnow()
        # One answer that says "nothing" is spread over all that was shown.
        weight = WEIGHT if helped else WEIGHT / max(1, len(about))
        return [
            Cast(Ballot(question.server_id, key, question.pattern, remedy), now, helped, weight)
            for remedy in about
        ]


async def _forget_all(connection: AsyncConnection, member_id: int) -> None:
    await forget_member_questions(connection, member_id)


QUESTION_ITEMS = (AskLater, DoNotAsk, AnswerQuestion)


def ask_layout(question: Question, catalogue: Catalogue) -> AidView:
    """The question, with a button for each remedy that was shown."""
    pattern = catalogue.patterns.get(question.pattern)
    pain = name_of(pattern) if pattern else safe(question.pattern)
    rows: list[ui.Item[Any]] = []
    for slug in question.remedies:
        remedy = catalogue.remedies.get(slug)
        if remedy:
            rows.append(ui.ActionRow(AnswerQuestion(question.number, slug, remedy.name)))
    others = (AnswerQuestion(question.number, what, label) for what, label in LABELS.items())
    return view_of(
        CALM,
        ui.TextDisplay(
            f"### Two weeks ago you asked about **{pain}**\nWhat helped? One tap is enough, and I "
            "ask only this once."
        ),
        *rows,
        ui.ActionRow(*others),
        ui.TextDisplay("-# Still sore or getting worse? Please see a doctor or physiotherapist."),
    )
