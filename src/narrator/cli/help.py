"""Commands whose help names arguments as people do, without braces and types."""

import re
from typing import Any

from typer.core import TyperCommand, TyperGroup

_BRACES = re.compile(r"\{([^{}\n]+?)(\.\.\.)?\}(\.\.\.)?")
_TYPE = re.compile(r" <(?:list\[)?(?:str|path|file|text)\]?>", re.IGNORECASE)


def _plain(text: str) -> str:
    """Take out braces and types; what is in columns stays there."""
    text = _BRACES.sub(lambda found: f"{found[1]}{found[2] or found[3] or ''}", text)
    return _TYPE.sub(lambda found: " " * len(found[0]), text)


class Command(TyperCommand):
    """A command."""

    def get_usage(self, ctx: Any) -> str:
        """Return the line that shows how it is called."""
        return _plain(super().get_usage(ctx))

    def get_help(self, ctx: Any) -> str:
        """Return the whole help."""
        return _plain(super().get_help(ctx))


class Group(TyperGroup):
    """A command that has commands of its own."""

    command_class = Command

    def get_usage(self, ctx: Any) -> str:
        """Return the line that shows how it is called."""
        return _plain(super().get_usage(ctx))

    def get_help(self, ctx: Any) -> str:
        """Return the whole help."""
        return _plain(super().get_help(ctx))
