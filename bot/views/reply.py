"""An Answer into the message that a member gets."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import discord

from bot.advice import Advice
from bot.answer import Answer
from bot.knowledge.catalogue import Catalogue
from bot.store.server_settings import ServerSettings
from bot.views.again import TellAgain
from bot.views.buttons import choose_buttons, show_buttons
from bot.views.layouts import (
    advice_layout,
    note_layout,
    question_layout,
    red_flag_layout,
    understood_text,
)
from bot.views.pictures import Pictures
from bot.views.sending import Audience, Reply
from bot.views.voting import feedback_rows
from bot.views.why import why_button
from bot.wording import OF_ANOTHER, caution_text, emergency_line

EXAMPLE_WORDS = "outside of my right knee hurts after a few miles, worse downhill"
EXAMPLE = f"Try it like this: *{EXAMPLE_WORDS}*."
# An emergency told in a joke's words ("collapsed at mile 20 talking rubbish") can pass for chat.
DO_NOT_WAIT = "Do not wait for me: call your local emergency number."
IF_I_MISREAD = f"Did I misread you, and is somebody unwell right now? {DO_NOT_WAIT}"
IF_I_CANNOT_READ = f"Is somebody unwell right now? {DO_NOT_WAIT}"
ONLY_YOU = "Only you see this."
NOTES = {
    "off-topic": (
        "I did not find a running pain in that",
        f"I know about aches and pains from running, and only those. {EXAMPLE}\n\n{IF_I_MISREAD}",
    ),
    "elsewhere": (
        "I have nothing on that part of the body",
        "What runners have told me goes from the neck down to the toes, without arms, hands and "
        "head. If it is bad, came with a fall or a knock, or does not go away, have it looked at."
        "\n\nAn ache in the arm or jaw with a tight chest or short breath, a weak arm, or a sudden "
        f"terrible headache is an emergency. {DO_NOT_WAIT}",
    ),
    "empty": (
        "Tell me a little more",
        f"I need a few words: where it hurts, how it feels, and when. {EXAMPLE}"
        f"\n\n{IF_I_CANNOT_READ}",
    ),
    "other-language": (
        "I only read English so far",
        f"Could you put it in English? {EXAMPLE}\n\n{IF_I_CANNOT_READ}",
    ),
    "too-long": (
        "That is a lot for me to read",
        f"Could you put it in a few sentences? Where it hurts, how, and when is enough. {EXAMPLE}"
        f"\n\n{IF_I_CANNOT_READ}",
    ),
}


def build_reply(
    answer: Answer,
    catalogue: Catalogue,
    pictures: Pictures,
    settings: ServerSettings,
    to: Audience,
) -> Reply:
    """The message for an answer. Notes like "off-topic" are private whatever was asked for."""
    # In an emergency nothing competes with the number to call.
    club_line = "" if answer.triage.level == "emergency" else settings.club_line
    answer = replace(answer, caution=caution_text(answer.caution, club_line))
    if to.discreet and answer.intimate and not to.private:
        to = replace(to, private=True)
        answer = replace(answer, caution=f"{answer.caution}\n-# {ONLY_YOU}")
    if answer.kind == "red-flag":
        again = discord.ui.ActionRow[Any](TellAgain("misread"))
        number = settings.emergency_number
        layout = red_flag_layout(answer.triage, answer.caution, number, again, to)
        return Reply(layout, (), to.private, None)
    if to.of_another:
        answer = replace(answer, caution=f"{answer.caution}\n-# {OF_ANOTHER}")
    if to.public_in is not None:
        moved = f"{ONLY_YOU} Answers for everybody go to <#{to.public_in}>."
        answer = replace(answer, caution=f"{answer.caution}\n-# {moved}")
    if answer.kind == "advice" and answer.advice:
        return _advice(answer, answer.advice, catalogue, pictures, to)
    if answer.kind == "unsure" and answer.matches:
        choices = [answer.matches[0], *answer.close]
        none = discord.ui.ActionRow[Any](TellAgain("none"))
        buttons = [*choose_buttons(choices, catalogue, to.member_id), none]
        understood = understood_text(answer.understood, answer.notes)
        layout = question_layout(understood, answer.caution, buttons)
        return Reply(layout, (), to.private, None)
    title, text = NOTES.get(answer.kind, NOTES["off-topic"])
    call = emergency_line(settings.emergency_number) if DO_NOT_WAIT in text else ""
    text = "\n\n".join([*(f"⚠️ {note}" for note in answer.notes), text, *([call] if call else [])])
    return Reply(note_layout(title, text, answer.caution), (), True, None)


def _advice(
    answer: Answer,
    advice: Advice,
    catalogue: Catalogue,
    pictures: Pictures,
    to: Audience,
) -> Reply:
    picture = pictures.file(advice.pattern.slug)
    why = why_button(advice.pattern.slug, answer.reasons)
    fitted = advice_layout(
        advice,
        understood=understood_text(answer.understood, answer.notes),
        caution=answer.caution,
        picture=picture,
        rows=lambda shown: [
            *show_buttons(answer.close, answer.besides, catalogue),
            *feedback_rows(shown, by_buttons=to.by_buttons, in_server=to.in_server, more=[why]),
        ],
    )
    return Reply(fitted.layout, (picture,) if picture else (), to.private, fitted.advice)
