"""Commands whose help shows arguments without braces and types."""

import re
from typing import Any

from typer.core import TyperCommand, TyperGroup

_BRACES = re.compile(r"\{([^{}\n]+?)(\.\.\.)?\}(\.\.\.)?")
_TYPE = re.compile(r" <(?:list\[)?(?:str|path|file|text)\]?>", re.IGNORECASE)


def _plain(text: str) -> str:
    """Remove braces and types; columns stay aligned."""
    text = _BRACES.sub(lambda found: f"{found[1]}{found[2] or found[3] or ''}", text)
    return _TYPE.sub(lambda found: " " * len(found[0]), text)


class Command(TyperCommand):
    """A command."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse options and arguments; for --duration and --time, suggest --length."""
        known = {name for param in self.params for name in param.opts}
        wrong = next((each for each in args if each.partition("=")[0] in {"--duration", "--time"} - known), None)
        if wrong and "--length" in known:
            ctx.fail(f"there is no option {wrong.partition('=')[0]}; write --length")
        return super().parse_args(ctx, args)

    def get_usage(self, ctx: Any) -> str:
        """Return the usage line."""
        return _plain(super().get_usage(ctx))

    def get_help(self, ctx: Any) -> str:
        """Return the help text."""
        return _plain(super().get_help(ctx))


class Group(TyperGroup):
    """A command with subcommands."""

    command_class = Command

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command by its name; for a routine in its place, suggest `narrator render`."""
        if args and args[0] not in self.commands and re.search(r"\.ya?ml$", args[0]):
            ctx.fail(f"{args[0]!r} is a routine, not a command; write narrator render {args[0]}")
        return super().resolve_command(ctx, args)

    def get_usage(self, ctx: Any) -> str:
        """Return the usage line."""
        return _plain(super().get_usage(ctx))

    def get_help(self, ctx: Any) -> str:
        """Return the help text."""
        return _plain(super().get_help(ctx))
