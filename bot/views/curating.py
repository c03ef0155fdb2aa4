"""What curators see: the forms for remedies and patterns, single entries and lists."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Collection, Mapping, Sequence
from typing import Any, ClassVar

import discord
from discord import ui

from bot.curating import AlikeError, ChangedError, Curator
from bot.knowledge.catalogue import Remedy
from bot.knowledge.own import FIELDS_IN_WORDS
from bot.knowledge.snapshot import Knowledge
from bot.reading.lexicon import NUMBER, START
from bot.refused import RefusedError
from bot.station import Station
from bot.store.entries import Kind
from bot.views.bot import AidBot
from bot.views.errors import AidModal, AidView
from bot.views.layouts import note_layout
from bot.wording import name_of, safe

NAME, HOW = 80, 400  # characters at most
ALL_NAMES = 1700  # twenty of them, one a line
PAGE = 20
WORDS_SHOWN = 10
FOOT = "Only this server sees the change."
MATCHED = (
    "is matched from now on. Now tell me what helps with it, with `/remedy add`: until then an "
    "answer has no remedies."
)
OFFERED = "is in the very next answer that it is offered for."
FOR_NOTHING = (
    "is kept, and in no answer yet: now tell me for which pain it is, by `also` of `/remedy edit`."
)
NO_ROOM = (
    "is kept, but is not shown yet: an answer has five places, two of them for what "
    "nobody has voted on, and those are taken. Remove one of them, and it moves up."
)
AGAINST = (
    "is kept, but research advises against it for that, so it is never among the five: an answer "
    "names it below them where runners suggest it."
)
MOST_NAMED = 5
_SPLIT = re.compile(r"[,;]")


class EntryForm(AidModal):
    """What the two forms share: it adds an entry, or with `slug` changes the one of that slug."""

    kind: ClassVar[Kind]

    def __init__(
        self,
        *,
        slug: str | None = None,
        state: Mapping[str, Any] | None = None,
        typed: Mapping[str, Any] | None = None,
        anyway: bool = True,
    ) -> None:
        """`state`: what the entry had. `typed`: what stands in the fields instead of that.

        `anyway`: add one although one like it is here.
        """
        super().__init__()
        self._slug, self._state, self._anyway = slug, state or {}, anyway
        self._shown = {**self._state, **(typed or {})}

    def again(self) -> EntryForm:
        """The form with what was typed; sent once more, it goes over what it was refused for."""
        return type(self)(
            slug=self._slug, state=self._state, typed=self.fields(), anyway=self._anyway
        )

    @abstractmethod
    def fields(self) -> dict[str, Any]:
        """What was typed, by field."""

    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        """Stores what was typed; who may not see it overwrite another's is told."""
        bot: AidBot = interaction.client
        who, fields = bot.curator(interaction), self.fields()
        await interaction.response.defer(ephemeral=True, thinking=True)
        try:
            layout = await self._kept(bot.station, who, fields)
        except AlikeError as error:
            self._anyway = True
            raise RefusedError(_alike_text(error, self.kind)) from error
        except ChangedError as error:
            self._state = {**self._state, **error.now}
            raise RefusedError(_changed_text(error)) from error
        await interaction.followup.send(view=layout, ephemeral=True)

    async def _kept(self, station: Station, who: Curator, fields: Mapping[str, Any]) -> AidView:
        slug, curating = self._slug, station.curating
        until_now = _answered_until_now(station, who.server_id, fields)
        if slug is None:
            slug = await curating.add(who, self.kind, fields, anyway=self._anyway)
        elif not await curating.change(
            who, self.kind, slug, self._state, fields, anyway=self._anyway
        ):
            return change_layout("As it was", "Nothing differs from what stood there.")
        lines = [f"**{safe(fields['name'], NAME)}** {from_now_on(station, who, self.kind, slug)}"]
        lines += [
            f"⚠️ {doubt} `/{self.kind} edit` words it anew." for doubt in doubts_of(station, fields)
        ]
        if until_now and self._slug is None:
            lines.append(
                f"Until now I took such words for {until_now}. That stays a tap away in the "
                "answer, with its signs to see a professional: please look at one with `/pain`."
            )
        return change_layout("Kept", "\n".join(lines))


def _answered_until_now(station: Station, server_id: int, fields: Mapping[str, Any]) -> str:
    """The pains that the examples of a new one were answered with, "" for none."""
    answers = (station.answer(said, server_id) for said in fields.get("wording", ()))
    known = [one.advice.pattern for one in answers if one.kind == "advice" and one.advice]
    return ", ".join(dict.fromkeys(f"**{name_of(pattern)}**" for pattern in known))


def doubts_of(station: Station, fields: Mapping[str, Any]) -> list[str]:
    """What to look at twice in a remedy's words; nothing for a pain."""
    words = (fields.get(field) for field in ("name", "how", "caution"))
    return station.second_look.doubts("\n".join(filter(None, words))) if "how" in fields else []


def from_now_on(station: Station, who: Curator, kind: Kind, slug: str) -> str:
    """What becomes of an entry that was kept."""
    if kind == "pattern":
        return MATCHED
    knowledge = station.knowledge(who.server_id)
    patterns = knowledge.catalogue.patterns
    if _waits_for_room(station, who.server_id, slug):
        marks = [
            knowledge.catalogue.evidence.get((one, slug)) for one in _offered_for(knowledge, slug)
        ]
        against = all(mark and mark.grade == "advised-against" for mark in marks)
        return AGAINST if against else NO_ROOM
    offered = [one for one in _offered_for(knowledge, slug) if one in patterns]
    if offered:
        names = ", ".join(name_of(patterns[one]) for one in offered[:MOST_NAMED])
        more = " …" if len(offered) > MOST_NAMED else ""
        return f"{OFFERED} Offered for: {names}{more}.{_who_waits(station, who.server_id, offered)}"
    spoken_of = any(remedy == slug for _, remedy in knowledge.tallies)
    return OFFERED if spoken_of else FOR_NOTHING


def _offered_for(knowledge: Knowledge, slug: str) -> list[str]:
    return [pattern for pattern, slugs in knowledge.added.items() if slug in slugs]


def _who_waits(station: Station, server_id: int, patterns: Sequence[str]) -> str:
    """Which of the club's own remedies have no place in these patterns' answers, "" for none."""
    knowledge = station.knowledge(server_id)
    waiting: dict[str, None] = {}
    for pattern in patterns:
        advice = station.advise(pattern, server_id)
        shown = {one.remedy.slug for one in advice.remedies} if advice else set()
        waiting |= dict.fromkeys(one for one in knowledge.added[pattern] if one not in shown)
    known = [knowledge.catalogue.remedies[one] for one in waiting]
    names = ", ".join(f"**{name_of(one)}**" for one in known[:MOST_NAMED])
    return f" There is no room there now for {names}: votes make it." if names else ""


def _waits_for_room(station: Station, server_id: int, slug: str) -> bool:
    """Whether none of the answers that a remedy is offered for has a place for it."""
    offered = _offered_for(station.knowledge(server_id), slug)
    answers = [station.advise(pattern, server_id) for pattern in offered]
    shown = {one.remedy.slug for advice in answers if advice for one in advice.remedies}
    return bool(answers) and slug not in shown


class RemedyForm(EntryForm, title="Remedy"):
    """Name, other names, how, caution."""

    kind = "remedy"
    name = ui.Label[Any](text="Name", component=ui.TextInput(custom_id="name", max_length=NAME))
    called = ui.Label[Any](
        text="Other names",
        description="How runners call it, one a line. They are understood in threads.",
        component=ui.TextInput(
            custom_id="called",
            style=discord.TextStyle.paragraph,
            required=False,
            max_length=ALL_NAMES,
        ),
    )
    how = ui.Label[Any](
        text="How it is done",
        component=ui.TextInput(custom_id="how", style=discord.TextStyle.paragraph, max_length=HOW),
    )
    caution = ui.Label[Any](
        text="Caution",
        description="What to look out for, if anything",
        component=ui.TextInput(custom_id="caution", required=False, max_length=HOW),
    )

    def __init__(self, *, patterns: tuple[str, ...] = (), **more: Any) -> None:
        """`patterns`: for which pains it is offered once the form is sent."""
        super().__init__(**more)
        self._patterns = patterns
        for field in ("name", "how", "caution"):
            text_input(getattr(self, field)).default = self._shown.get(field)
        text_input(self.called).default = "\n".join(self._shown.get("called", ())) or None

    def again(self) -> EntryForm:
        """The form with what was typed, for the same pains."""
        return RemedyForm(
            patterns=self._patterns,
            slug=self._slug,
            state=self._state,
            typed=self.fields(),
            anyway=self._anyway,
        )

    def fields(self) -> dict[str, Any]:
        """What was typed, and the pains."""
        return {
            "name": text_input(self.name).value,
            "called": _names(text_input(self.called).value, self._state.get("called", ())),
            "how": text_input(self.how).value,
            "caution": text_input(self.caution).value.strip() or None,
            "patterns": self._patterns,
        }


class PatternForm(EntryForm, title="Pain"):
    """Name, where, examples."""

    kind = "pattern"
    name = ui.Label[Any](
        text="What your runners call it", component=ui.TextInput(custom_id="name", max_length=NAME)
    )
    where = ui.Label[Any](
        text="Where it is",
        description="Such as: outer side of the elbow",
        component=ui.TextInput(custom_id="where", max_length=60),
    )
    wording = ui.Label[Any](
        text="How people say it",
        description="Three examples or more, each on a line of its own",
        component=ui.TextInput(
            custom_id="wording", style=discord.TextStyle.paragraph, max_length=2000
        ),
    )

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        for field in ("name", "where"):
            text_input(getattr(self, field)).default = self._shown.get(field)
        text_input(self.wording).default = "\n".join(self._shown.get("wording", ())) or None

    def fields(self) -> dict[str, Any]:
        """What was typed."""
        return {
            "name": text_input(self.name).value,
            "where": text_input(self.where).value,
            "wording": [
                line for line in text_input(self.wording).value.splitlines() if line.strip()
            ],
        }


def change_layout(title: str, text: str) -> AidView:
    """A short word on what was done. `text` is Markdown-safe already."""
    return note_layout(title, text, FOOT)


def entry_layout(remedy: Remedy, pains: Sequence[str]) -> AidView:
    """One remedy as it stands."""
    lines = [safe(remedy.how, HOW)]
    if remedy.caution:
        lines.append(f"⚠️ {safe(remedy.caution, HOW)}")
    # A built-in one has dozens of phrases, some with marks that only data/remedies.toml explains.
    plain = [one for one in remedy.called if not any(mark in one for mark in (START, NUMBER))]
    if plain:
        heading = "Also called" if remedy.own else "Found by words such as"
        lines.append(f"**{heading}:** {safe(', '.join(plain[:WORDS_SHOWN]), HOW)}")
    if pains:
        lines.append(f"**Offered by this club for:** {safe(', '.join(pains), HOW)}")
    foot = (
        "Worded by this club." if remedy.own else "Built in; `/remedy edit` words it for this club."
    )
    return note_layout(safe(remedy.name, NAME), "\n".join(lines), foot)


def list_layout(remedies: Sequence[Remedy], page: int) -> AidView:
    """A page of names, a club's own first."""
    ordered = sorted(remedies, key=lambda one: (not one.own, one.name.lower()))
    pages = max(1, -(-len(ordered) // PAGE))
    page = min(page, pages)
    shown = ordered[(page - 1) * PAGE : page * PAGE]
    lines = [f"- {safe(one.name, NAME)}" + (" (this club's)" if one.own else "") for one in shown]
    title = f"Remedies, page {page} of {pages}"
    more = f"`/remedy list page:{page + 1}` shows more." if page < pages else "That is all."
    return note_layout(title, "\n".join(lines), more)


def _alike_text(error: AlikeError, kind: Kind) -> str:
    name = safe(error.name)
    if error.hidden:
        here = f"**{name}** was here and is taken out. `/{kind} restore` brings it back."
    elif kind == "remedy":
        here = (
            f"That looks like **{name}**, which is here already. To offer that one for this pain, "
            "use `/remedy edit` with `also`."
        )
    else:
        here = f"That looks like **{name}**, which is here already."
    return (
        f"{here} To have yours all the same, open the form again and send it. Nothing was changed. "
        "What you typed:"
    )


def _changed_text(error: ChangedError) -> str:
    theirs = "\n".join(
        f"**Now in {FIELDS_IN_WORDS[field]}:** {safe(in_words(value) or '(nothing)')}"
        for field, value in error.now.items()
    )
    return (
        "Somebody else changed the same while your form was open, so I have written nothing of "
        f"yours.\n{theirs}\nOpen the form again, put in what you want to keep of theirs, and send "
        "it. What you typed:"
    )


def in_words(value: Any) -> str:
    """A field's value on one line, "" for nothing."""
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return "" if value in (None, False) else str(value)


def text_input(label: ui.Label[Any]) -> ui.TextInput[Any]:
    """The field that a label of a form stands over."""
    component = label.component
    assert isinstance(component, ui.TextInput)
    return component


def _names(text: str, known: Collection[str]) -> list[str]:
    """The names of a list, one a line; commas part them, too, but not within one known before."""
    lines = (line.strip() for line in text.splitlines())
    parts = ([line] if line in known else _SPLIT.split(line) for line in lines)
    return [name.strip() for names in parts for name in names if name.strip()]
