"""The key under which member ids are hashed, so that a vote does not name its voter."""

from __future__ import annotations

import os
import secrets
from hashlib import blake2b
from pathlib import Path

from sqlalchemy.engine import make_url

from bot.store.database import StoreError, sqlite_path

KEY_BYTES = 32
ELSEWHERE = Path("var/member.key")  # for a database that is not a file


def key_file(database_url: str) -> Path:
    """Where the key for this database lies: beside it, when it is a file."""
    path = sqlite_path(make_url(database_url))
    return path.with_name(path.name + ".key") if path else ELSEWHERE


def load_key(path: Path) -> bytes:
    """The key in the file, made once, readable by its owner only. Raises StoreError if broken."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        key = path.read_bytes()
    else:
        key = secrets.token_bytes(KEY_BYTES)
        with os.fdopen(descriptor, "wb") as file:
            file.write(key)
    if len(key) != KEY_BYTES:
        raise StoreError(f"{path} should hold {KEY_BYTES} bytes and holds {len(key)}")
    return key


def keyed_hash(key: bytes, server_id: int, what: object) -> str:
    """What stands for a member's id or a word in one server: useless without the key."""
    return blake2b(f"{server_id}:{what}".encode(), key=key, digest_size=16).hexdigest()
