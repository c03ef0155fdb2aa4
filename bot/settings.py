"""Settings: the environment and .env, read once by main() into one frozen object."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent


class SettingsError(Exception):
    """A setting is wrong. The message names the variable and what it should be."""


class Settings(BaseSettings):
    """Everything that can be set; `.env.example` explains each to the host."""

    # One that is left blank in .env is as if it were not there.
    model_config = SettingsConfigDict(
        frozen=True, extra="ignore", env_file_encoding="utf-8", env_ignore_empty=True
    )

    discord_token: SecretStr | None = None
    discord_api_base: str = "https://discord.com/api/v10"
    database_url: str = "sqlite+aiosqlite:///var/aid-station.db"
    data_dir: Path = ROOT / "data"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    backups_kept: int = Field(default=7, ge=0, le=1000)
    preview_port: int = Field(default=8484, ge=0, le=65535)

    @field_validator("discord_token", mode="after")
    @classmethod
    def _blank_is_none(cls, token: SecretStr | None) -> SecretStr | None:
        return token if token and token.get_secret_value().strip() else None

    @field_validator("log_level", mode="before")
    @classmethod
    def _any_case(cls, level: object) -> object:
        return level.strip().upper() if isinstance(level, str) else level

    @field_validator("discord_api_base", mode="after")
    @classmethod
    def _is_an_address(cls, base: str) -> str:
        if not base.startswith(("https://", "http://")):
            raise ValueError("should begin with https:// or http://")
        return base

    @property
    def database_file(self) -> Path | None:
        """The file of a SQLite database, whether it is there or not; None for other databases."""
        # What SQLAlchemy's make_url knows better takes a fifth of a second to load.
        kind, _, path = self.database_url.partition("?")[0].partition(":///")
        return Path(path) if path and kind.startswith("sqlite") else None


def load_settings(env_file: Path | None = Path(".env")) -> Settings:
    """Settings from the environment, then `env_file`. Raises SettingsError in plain words."""
    try:
        return Settings(_env_file=env_file)
    except ValidationError as error:
        faults = "; ".join(
            f"{'_'.join(map(str, fault['loc'])).upper()}: {fault['msg']}"
            for fault in error.errors()
        )
        raise SettingsError(f"Please mend this in the environment or .env: {faults}") from error
    except UnicodeDecodeError as error:
        raise SettingsError(
            f"{env_file} is not a text in UTF-8. Please save it as that."
        ) from error
