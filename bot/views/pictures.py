"""Pictures of where each pain is, with the words for members who cannot see them."""

from __future__ import annotations

import io
from pathlib import Path

import discord

from bot.datafiles import DataFileError, read_toml


class Pictures:
    """The pictures of `data_dir`, each read when it is first sent, and their alt texts."""

    def __init__(self, data_dir: Path) -> None:
        """Raises DataFileError when places.toml is broken or lacks an alt text."""
        self._folder = data_dir / "pictures"
        places = self._folder / "places.toml"
        self._alt: dict[str, str] = {}
        self._drawn: dict[str, bytes | None] = {}
        for slug, table in read_toml(places).items():
            alt = table.get("alt") if isinstance(table, dict) else None
            if not isinstance(alt, str):
                raise DataFileError(f"{places}: [{slug}] alt: a text is needed")
            self._alt[slug] = alt

    def file(self, pattern: str) -> discord.File | None:
        """The pattern's picture with its alt text, None where nobody has drawn one yet."""
        if pattern not in self._drawn:
            path = self._folder / f"{pattern}.png"
            self._drawn[pattern] = path.read_bytes() if path.is_file() else None
        drawn = self._drawn[pattern]
        if drawn is None:
            return None
        return discord.File(
            io.BytesIO(drawn), filename=f"{pattern}.png", description=self._alt.get(pattern)
        )
