"""The shape of the house: who may import Discord, and that all is described to its users."""

from __future__ import annotations

import ast
import subprocess
import sys
from graphlib import TopologicalSorter

import pytest
from conftest import Club
from discord import app_commands

from bot.client import EXTENSIONS, create_bot
from bot.settings import ROOT, Settings
from bot.views.errors import Guarded

MAY_IMPORT_DISCORD = ("bot/client.py", "bot/views/", "cogs/")


def sources() -> list[str]:
    files = [*ROOT.glob("bot/**/*.py"), *ROOT.glob("cogs/**/*.py"), *ROOT.glob("scripts/**/*.py")]
    return sorted(str(file.relative_to(ROOT)) for file in files)


@pytest.mark.parametrize("source", sources())
def test_discord_is_known_in_its_rooms_only(source: str) -> None:
    if source.startswith(MAY_IMPORT_DISCORD):
        return
    tree = ast.parse((ROOT / source).read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module:
            names.append(node.module)
        roots = {name.split(".")[0] for name in names}
        assert not roots & {"discord", "simcord"}, f"{source} imports {roots}"
        if source != "bot/__main__.py":  # the command line starts the bot
            rooms = [name for name in names if name.startswith(("bot.views", "bot.client", "cogs"))]
            assert not rooms, f"{source} imports {rooms}"


def test_no_files_import_one_another_in_a_circle() -> None:
    modules = {source.removesuffix(".py").replace("/", ".") for source in sources()}
    imports: dict[str, set[str]] = {}
    for module in modules:
        path = (ROOT / module.replace(".", "/")).with_suffix(".py")
        tree = ast.parse(path.read_text(encoding="utf-8"))
        froms = [one.module for one in ast.walk(tree) if isinstance(one, ast.ImportFrom)]
        imports[module] = modules.intersection(froms)
    assert len(imports["bot.client"]) > 10
    TopologicalSorter(imports).prepare()  # raises CycleError


def test_answering_and_storing_work_without_discord() -> None:
    code = (
        "import sys; sys.modules['discord'] = sys.modules['simcord'] = None\n"
        "import bot.answer, bot.station, bot.threads\n"
        "import bot.store.database, bot.store.votes, bot.store.suggestions, bot.store.replies\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr


async def test_every_command_and_option_is_described(club: Club) -> None:
    commands = list(club.bot.tree.walk_commands())
    assert {"pain", "help"} <= {command.name for command in commands}
    for command in commands:
        assert len(command.description) > 10
        if isinstance(command, app_commands.Command):
            for option in command.parameters:
                assert len(option.description) > 10, f"/{command.name} {option.name}"


def test_no_privileged_intent_is_asked_for(settings: Settings) -> None:
    intents = create_bot(settings).intents
    assert (intents.members, intents.presences, intents.message_content) == (False, False, False)
    assert intents.guilds
    assert intents.guild_reactions


def test_every_cog_is_loaded() -> None:
    cogs = {f"cogs.{file.stem}" for file in (ROOT / "cogs").glob("*.py")} - {"cogs.__init__"}
    assert cogs == set(EXTENSIONS)


async def test_every_button_works_after_a_restart(club: Club) -> None:
    known = set(club.bot._connection._view_store._dynamic_items.values())
    there = {one for one in Guarded.__subclasses__() if one.__module__.startswith("bot.views.")}
    assert len(there) > 15
    assert there <= known


def test_the_example_env_names_every_setting() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    named = {line.lstrip("# ").split("=")[0] for line in lines if "=" in line and " = " not in line}
    assert {name.upper() for name in Settings.model_fields} <= named


def test_making_the_bot_reads_and_opens_nothing(settings: Settings) -> None:
    nowhere = ROOT / "no" / "such" / "folder"
    create_bot(settings.model_copy(update={"data_dir": nowhere}))
    assert not nowhere.exists()
