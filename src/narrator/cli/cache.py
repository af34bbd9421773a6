"""`narrator cache`: show the size of the cache, empty it, or limit it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from narrator.cli.console import print_json, report_errors, write_text
from narrator.cli.help import CONTEXT, Command, Group
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
    context_settings=CONTEXT,
)


def open_cache() -> "Cache":
    """Return the user's cache, limited as the environment or the configuration file says.

    Raises:
        NarratorError: either of them cannot be used.

    """
    from narrator.cache import Cache
    from narrator.config import choose_limit

    return Cache(limit=choose_limit())


def open_shared_cache(store: str | None) -> "Cache":
    """Return the user's cache with the store behind it, if one is given, in the environment or in the configuration.

    Raises:
        NarratorError: the store or the configuration cannot be used.

    """
    from narrator.cache import open_shared
    from narrator.config import choose_store

    cache, url = open_cache(), choose_store(store)
    if url:
        cache.shared = open_shared(url)
        cache.shared.bucket.open()
    return cache


@cache_app.callback()
def show_command(context: typer.Context, *, as_json: JsonOption = False) -> None:
    """Show the folder, the size and the limit of the cache; or empty it or set its limit.

    narrator cache

    narrator cache limit 2GB

    The cache holds clips, encoded sound and a record of finished tracks. When it exceeds its limit, the least recently
    used entries are removed.
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
    """Remove everything from the cache except what a running render uses.

    Finished tracks are kept, but narrator no longer knows whether they are up to date: the next render makes them
    again.
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
            typer.echo(f"{left.entries} entries are in use or cannot be removed; clear the cache again later")


@cache_app.command("limit", cls=Command)
def limit_command(
    size: Annotated[str, typer.Argument(metavar="SIZE", help="Such as 2GB or 500MB; none for no limit.")],
    *,
    as_json: JsonOption = False,
) -> None:
    """Write the size limit of the cache to the configuration file.

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
            typer.echo(f"{LIMIT_VARIABLE} is set and takes precedence", err=True)


def _write_limit(size: str) -> Path:
    """Write the limit to the configuration file, leave the rest of it unchanged, and return its path."""
    from narrator.config import ConfigError, find_config, set_limit

    path = find_config()
    try:
        text, mode = path.read_text(encoding="utf-8"), path.stat().st_mode
    except FileNotFoundError:
        text, mode = "", None
    except (OSError, UnicodeError) as error:
        raise ConfigError(f"cannot read {path}: {error}; fix the file or move it away") from error
    changed = set_limit(text, size)
    if changed is None:
        raise ConfigError(f'narrator cannot edit {path}; write limit = "{size}" in its [cache] table')
    # Resolve a link, so that its target is replaced instead of the link.
    write_text(path.resolve(), changed)
    if mode is not None:
        path.chmod(mode)
    return path
