"""The command line's part about the cache: how large it is, empty it, limit it."""

from math import isinf
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from narrator.cli.console import faults_told, print_json, write_text
from narrator.errors import UsageError
from narrator.units import format_size, parse_size

if TYPE_CHECKING:
    from narrator.cache import Cache

cache_app = typer.Typer(
    invoke_without_command=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, one object a line, for programs.")]


def open_cache() -> "Cache":
    """Return the user's cache, with the limit that the environment or the configuration file sets.

    Raises:
        NarratorError: one of them cannot be used.

    """
    from narrator.cache import LIMIT, Cache
    from narrator.config import choose_limit

    limit = choose_limit()
    return Cache(limit=LIMIT if limit is None else limit)


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
    with faults_told():
        from narrator.cache import Usage

        cache = open_cache()
        usage = Usage.count(cache.list_entries())
        if as_json:
            known: dict[str, Any] = {"path": str(cache.root), "size_bytes": usage.size, "entries": usage.entries}
            print_json(known | {"limit_bytes": None if isinf(cache.limit) else int(cache.limit)})
        else:
            typer.echo(str(cache.root))
            typer.echo(f"{format_size(usage.size)} in {usage.entries} entries; limit {format_size(cache.limit)}")


@cache_app.command("clear")
def clear_command(*, as_json: JsonOption = False) -> None:
    """Remove everything from the cache, but what a running render has used.

    Tracks stay where they are; narrator then no longer recognises them as unchanged, and makes them again when asked.
    """
    with faults_told():
        from narrator.cache import Usage

        cache = open_cache()
        gone = cache.clear()
        left = Usage.count(cache.list_entries())
        if as_json:
            known: dict[str, Any] = {"path": str(cache.root), "freed_bytes": gone.size, "removed": gone.entries}
            print_json(known | {"size_bytes": left.size, "entries": left.entries})
            return
        typer.echo(f"{cache.root}  {gone.entries} entries removed, {format_size(gone.size)}")
        if left.entries:
            typer.echo(f"{left.entries} entries are in use, or cannot be removed; clear it again later")


@cache_app.command("limit")
def limit_command(
    size: Annotated[str, typer.Argument(metavar="SIZE", help="Such as 2GB or 500MB; none for no limit.")],
    *,
    as_json: JsonOption = False,
) -> None:
    """Set how large the cache may become, in the configuration file.

    narrator cache limit 2GB
    """
    with faults_told():
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
            known: dict[str, Any] = {"config": str(path), "limit_bytes": None if isinf(limit) else int(limit)}
            print_json(known | {"freed_bytes": gone.size, "removed": gone.entries})
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
