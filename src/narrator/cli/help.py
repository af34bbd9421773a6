"""Commands whose help shows arguments without braces and types."""

import re
from typing import Any

from typer.core import TyperCommand, TyperGroup

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
"""Settings of the command and of each command with subcommands."""
_BRACES = re.compile(r"\{([^{}\na-z][^{}\n]*?)(\.\.\.)?\}(\.\.\.)?")
_MEANT = {
    **dict.fromkeys(("--duration", "--time", "--minutes", "--len", "-l", "-d", "-t"), "--length"),
    **dict.fromkeys(("--out", "--file", "-o"), "--output"),
    **dict.fromkeys(("--speaker", "--engine", "-v"), "--voice"),
    **dict.fromkeys(("--lang",), "--language"),
}
"""Options of other programs, with ours."""
_TYPE = re.compile(r" <(?:list\[)?(?:str|path|file|text)\]?>", re.IGNORECASE)


def _plain(text: str) -> str:
    """Remove braces and types; columns stay aligned."""
    text = _BRACES.sub(lambda found: f"{found[1]}{found[2] or found[3] or ''}", text)
    return _TYPE.sub(lambda found: " " * len(found[0]), text)


def _is_routine(name: str) -> bool:
    from narrator.errors import NarratorError
    from narrator.routine.find import find_routine

    if re.search(r"\.ya?ml$", name):
        return True
    try:
        find_routine(name)
    except NarratorError:
        return False
    return True


class Command(TyperCommand):
    """A command."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse options and arguments; for an option of other programs, suggest ours."""
        known = {name for param in self.params for name in param.opts}
        for wrong in (each.partition("=")[0] for each in args):
            if wrong not in known and _MEANT.get(wrong) in known:
                ctx.fail(f"there is no option {wrong}; write {_MEANT[wrong]}")
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
        if args and args[0] not in self.commands and _is_routine(args[0]):
            ctx.fail(f"{args[0]!r} is a routine, not a command; write narrator render {' '.join(args)}")
        return super().resolve_command(ctx, args)

    def get_usage(self, ctx: Any) -> str:
        """Return the usage line."""
        return _plain(super().get_usage(ctx))

    def get_help(self, ctx: Any) -> str:
        """Return the help text."""
        return _plain(super().get_help(ctx))
