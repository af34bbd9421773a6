"""The command line's part about the cache: how large it is, empty it, limit it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from narrator.cli.console import print_json, report_errors, write_text
from narrator.cli.help import Command, Group
from narrator.cli.options import JsonOption
from narrator.cli.wire import cleared_to_data, limited_to_data, usage_to_data
from narrator.errors import UsageError
from narrator.units import format_size, parse_size

if TYPE_CHECKING:
    from narrator.cache import Cache

cache_app = typer.Typer(
    cls=Group,
    invoke_without_command=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def open_cache() -> "Cache":
    """Return the user's cache, with the limit that the environment or the configuration file sets.

    Raises:
        NarratorError: one of them cannot be used.

    """
    from narrator.cache import Cache
    from narrator.config import choose_limit

    return Cache(limit=choose_limit())


@cache_app.callback()
def show_command(context: typer.Context, *, as_json: JsonOption = False) -> None:
    """Show where the cache is, how large it is, and how large it may become; or empty or limit it.

    narrator cache

    narrator cache limit 2GB

    It keeps clips, encoded sound, and what narrator knows of its tracks. Over its limit, what was used least recently
    is removed first.
    """
    if context.invoked_subcommand:
        return
    with report_errors(as_json=as_json):
        from narrator.cache import Usage

        cache = open_cache()
        usage = Usage.count(cache.list_entries())
        if as_json:
            print_json(usage_to_data(cache, usage))
        else:
            typer.echo(str(cache.root))
            typer.echo(f"{format_size(usage.size)} in {usage.entries} entries; limit {format_size(cache.limit)}")


@cache_app.command("clear", cls=Command)
def clear_command(*, as_json: JsonOption = False) -> None:
    """Remove everything from the cache, but what a running render has used.

    Tracks stay where they are; narrator then no longer recognises them as unchanged, and makes them again when asked.
    """
    with report_errors(as_json=as_json):
        from narrator.cache import Usage

        cache = open_cache()
        gone = cache.clear()
        left = Usage.count(cache.list_entries())
        if as_json:
            print_json(cleared_to_data(cache, gone, left))
            return
        typer.echo(f"{cache.root}  {gone.entries} entries removed, {format_size(gone.size)}")
        if left.entries:
            typer.echo(f"{left.entries} entries are in use, or cannot be removed; clear it again later")


@cache_app.command("limit", cls=Command)
def limit_command(
    size: Annotated[str, typer.Argument(metavar="SIZE", help="Such as 2GB or 500MB; none for no limit.")],
    *,
    as_json: JsonOption = False,
) -> None:
    """Set how large the cache may become, in the configuration file.

    narrator cache limit 2GB
    """
    with report_errors(as_json=as_json):
        import os

        from narrator.cache import Cache
        from narrator.config import LIMIT_VARIABLE

        try:
            limit = parse_size(size)
        except ValueError as error:
            raise UsageError(f"SIZE: {error}") from None
        path = _write_limit(size.strip())
        gone = Cache(limit=limit).trim()
        if as_json:
            print_json(limited_to_data(path, limit, gone))
            return
        typer.echo(f"{path}  limit of the cache: {size.strip()}")
        if gone.entries:
            typer.echo(f"{gone.entries} entries removed, {format_size(gone.size)}")
        if os.environ.get(LIMIT_VARIABLE):
            typer.echo(f"{LIMIT_VARIABLE} is set, and comes first", err=True)


def _write_limit(size: str) -> Path:
    """Write a limit to the configuration file, and change nothing else there; return the file."""
    from narrator.config import ConfigError, find_config, set_limit

    path = find_config()
    try:
        text, mode = path.read_text(encoding="utf-8"), path.stat().st_mode
    except FileNotFoundError:
        text, mode = "", None
    except (OSError, UnicodeError) as error:
        raise ConfigError(f"cannot read {path}: {error}; fix it, or move it away") from error
    changed = set_limit(text, size)
    if changed is None:
        raise ConfigError(f'{path} cannot be changed by narrator; write limit = "{size}" into its table [cache]')
    # Where the file is a link, what it leads to is replaced.
    write_text(path.resolve(), changed)
    if mode is not None:
        path.chmod(mode)
    return path
