"""The bot's no, with its reason: whoever asked is told that, and nothing counts as failed."""


class RefusedError(Exception):
    """What somebody asked for cannot be done. The message says why, to that member."""
