"""The configuration file: the voice to use, and a table for each engine, which the engine's own type reads."""

import os
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from narrator.errors import Fault, NarratorError, UsageError
from narrator.paths import read_file
from narrator.routine.nearest import suggest
from narrator.routine.sounds import Room, check_room
from narrator.units import parse_size

VARIABLE = "NARRATOR_CONFIG"
VOICE_VARIABLE = "NARRATOR_VOICE"
"""Variable with the default voice."""
STORE_VARIABLE = "NARRATOR_STORE"
"""Variable with the address of the store that machines share, which overrides the file."""
LIMIT_VARIABLE = "NARRATOR_CACHE_LIMIT"
"""Variable with the limit of the cache, which overrides the file."""

_MAX_BYTES = 256 * 1024
_DEEP = re.compile(r"([^\s.=\[\]#]{1,100}\s{0,9}\.\s{0,9}){20}")
"""A key with that many points; with thousands of them tomllib uses gigabytes."""
Seconds = Annotated[float, Field(ge=0, le=3600, allow_inf_nan=False)]
Timeout = Annotated[Seconds, Field(gt=0)]
FirstWait = Annotated[Seconds, Field(le=60)]


class ConfigError(NarratorError):
    """The configuration file cannot be used."""


def check_url(url: str) -> str:
    """Return an address without surrounding space or a slash at its end.

    Raises:
        ValueError: it is not valid, or has more than a host, a port and a path; the message does not quote it, because
            it may contain a secret.

    """
    url = url.strip()
    try:
        parts = urlsplit(url)
        is_address = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_address = False
    if not is_address or not url.isprintable() or " " in url:
        raise ValueError("it is not a valid address; write one such as https://example.org/v1")
    if "@" in parts.netloc or "?" in url or "#" in url:
        raise ValueError("an address here has no user name, password or query; set keys in the environment")
    return url.rstrip("/")


Url = Annotated[str, AfterValidator(check_url)]


def _split_list(value: Any) -> Any:
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


class Section(BaseModel):
    """A table of the file: frozen, and without unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


def _read_size(value: Any) -> float:
    if not isinstance(value, str):
        raise ValueError('write a size, in quotes, such as "2GB"')
    return parse_size(value)


class CacheConfig(Section):
    """Settings of the cache."""

    limit: Annotated[float, BeforeValidator(_read_size)] | None = None
    """Limit of the cache in bytes; infinite for no limit."""


class Config(Section):
    """The whole file, with defaults for what it does not set. The tables of engines are not read yet."""

    model_config = ConfigDict(frozen=True, extra="allow", hide_input_in_errors=True)

    voice: Annotated[str, Field(min_length=1)] | None = None
    """Voice to use unless `--voice` or `NARRATOR_VOICE` is given."""
    fallback: Annotated[tuple[str, ...], BeforeValidator(_split_list)] = ()
    """Voices that speak the whole session, in this order, if that voice fails, unless `--fallback` is given."""
    format: Annotated[tuple[str, ...], BeforeValidator(_split_list)] = ()
    """Formats of tracks, unless `--format` or a file is given."""
    room: Room | None = None
    """Room of every session unless `--room` is given, whatever the routine says."""
    cache: CacheConfig = CacheConfig()
    store: Annotated[str, Field(min_length=1)] | None = None
    """Address of the store that several machines share, unless `--store` or `NARRATOR_STORE` is given."""
    sounds: Annotated[str, Field(min_length=1)] | None = None
    """A folder of sound files that any routine can name, in addition to those in its own folder."""

    @property
    def tables(self) -> dict[str, Any]:
        """The unread table of each engine, by the engine's name."""
        return dict(self.model_extra or {})


def find_config() -> Path:
    """Return the path of the configuration file: `NARRATOR_CONFIG`, or `config.toml` in the user's config folder."""
    if override := os.environ.get(VARIABLE):
        return Path(override)
    from platformdirs import user_config_path

    return user_config_path("narrator", appauthor=False) / "config.toml"


def read_config() -> Config:
    """Read the configuration file; if it does not exist, everything has its default.

    Raises:
        ConfigError: it cannot be read or is not valid; the message names the file, the key, and the remedy.

    """
    try:
        path = find_config()
    except RuntimeError:  # a user without a home folder has no file there
        return Config()
    try:
        data = _parse(read_file(path, _MAX_BYTES).decode())
    except FileNotFoundError:
        if os.environ.get(VARIABLE):
            raise ConfigError(
                f"there is no file {path}, which {VARIABLE} names; write that file, or unset the variable"
            ) from None
        return Config()
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror or error}; set {VARIABLE} to another file") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not TOML: {error}; fix it, or move it away") from error
    except (RecursionError, ValueError) as error:
        raise ConfigError(f"{path} is nested too deep, or has too long a number; fix it, or move it away") from error
    strays = [key for key, value in data.items() if key not in Config.model_fields and not isinstance(value, dict)]
    if strays:
        raise ConfigError.gather(Fault(f"{path}: {_describe_stray(key)}") for key in strays)
    config: Config = _type(Config, data, path)
    return config


def read_settings(name: str, kind: Any) -> Any:
    """Read the table of an engine; `kind` is its type, a model or a dict of models.

    Raises:
        ConfigError: as for `read_config`, or the table does not match that type.

    """
    return _type(kind, read_config().tables.get(name, {}), find_config(), name)


def _type(kind: Any, data: Any, path: Path, *parents: str) -> Any:
    try:
        return TypeAdapter(kind).validate_python(data)
    except ValidationError as error:
        faults = [_describe(fault, kind, parents) for fault in error.errors()]
    raise ConfigError.gather(Fault(f"{path}: {fault}") for fault in faults)


def _describe_stray(key: str) -> str:
    return (
        f"unknown key '{key}'; {suggest(key, Config.model_fields)} (the settings of an engine are a table, as [gtts])"
    )


def _parse(text: str) -> dict[str, Any]:
    if _DEEP.search(text):
        raise RecursionError
    return tomllib.loads(text)


def choose_voices(voice: str | None, fallback: str | None = None) -> tuple[str | None, tuple[str, ...]]:
    """Return the voice to use, and those to use if it fails.

    The arguments override the environment variable `NARRATOR_VOICE`, which overrides the configuration file.

    Raises:
        ConfigError: the configuration file cannot be used.

    """
    config = read_config()
    return voice or os.environ.get(
        VOICE_VARIABLE
    ) or config.voice, config.fallback if fallback is None else _split_list(fallback)


def choose_room(room: str | None = None) -> str | None:
    """Return the room to use: the one given, else that of the configuration file; None if the routine decides.

    Raises:
        UsageError: there is no such room.
        ConfigError: the configuration file cannot be used.

    """
    if room is None:
        return read_config().room
    try:
        return check_room(room)
    except ValueError as error:
        raise UsageError(str(error)) from None


def choose_limit() -> float | None:
    """Return the limit of the cache in bytes: that of `NARRATOR_CACHE_LIMIT`, else that of the file; None if not set.

    Raises:
        UsageError: the value of the variable is not a size.
        ConfigError: the configuration file cannot be used.

    """
    if wanted := os.environ.get(LIMIT_VARIABLE):
        try:
            return parse_size(wanted)
        except ValueError as error:
            raise UsageError(f"{LIMIT_VARIABLE}: {error}") from None
    return read_config().cache.limit


def choose_store(store: str | None = None) -> str | None:
    """Return the address of the store: the argument, else that of `NARRATOR_STORE`, else the file's; None for none.

    Raises:
        ConfigError: the configuration file cannot be used.

    """
    return store or os.environ.get(STORE_VARIABLE) or read_config().store


_LIMIT_LINE = re.compile(r"(?m)^[ \t]*limit[ \t]*=.*$")
_CACHE_TABLE = re.compile(r"(?m)^[ \t]*\[[ \t]*cache[ \t]*\][ \t]*(#.*)?$")


def set_limit(text: str, size: str) -> str | None:
    """Set the limit of the cache in the text of a configuration file; None if anything else would change."""
    table = _CACHE_TABLE.search(text)
    if not table:
        changed = f'{text.rstrip()}\n\n[cache]\nlimit = "{size}"\n'.lstrip()
    else:
        end = re.compile(r"(?m)^\s*\[").search(text, table.end())
        body = text[table.end() : end.start() if end else len(text)]
        line = f'limit = "{size}"'
        body = _LIMIT_LINE.sub(line, body, 1) if _LIMIT_LINE.search(body) else f"\n{line}{body}"
        changed = text[: table.end()] + body + (text[end.start() :] if end else "")
    try:
        wanted = tomllib.loads(text)
        wanted["cache"] = wanted.get("cache", {}) | {"limit": size}
        return changed if tomllib.loads(changed) == wanted else None
    except (ValueError, TypeError, RecursionError):
        return None


def list_sound_folders() -> tuple[Path, ...]:
    """Return the folders of sound files that any routine can name, from the configuration, relative to its file.

    Raises:
        ConfigError: the configuration file cannot be used.

    """
    named = read_config().sounds
    return () if named is None else (find_config().parent / os.path.expanduser(named),)  # noqa: PTH111 - never raises


_REMEDIES = {
    "tuple_type": 'write a list, such as ["say", "{text}"]',
    "too_short": "the list needs at least one item",
    "model_type": "write it as a table, such as [gtts] or [command.flite]",
    "dict_type": "write it as a table, such as [command.flite]",
    "string_type": 'write a text, in quotes, such as "espeak"',
    "float_type": "write a number",
    "float_parsing": "write a number",
    "int_parsing": "write a whole number",
    "int_type": "write a whole number",
}
"""Messages for users in place of pydantic's, by type of error."""


def _describe(fault: Any, kind: Any, parents: Sequence[str]) -> str:
    """Return what is wrong with a key, and what would be right; its value is not quoted, as it may be a secret."""
    place = ".".join(map(str, (*parents, *fault["loc"])))
    key = place.rpartition(".")[2]
    if fault["type"] == "extra_forbidden":
        return f"unknown key '{place}'; {suggest(key, _list_keys(kind, fault['loc'][:-1]))}"
    if fault["type"] == "missing":
        return f"'{place}' is missing; write {key} = ..."
    message = _REMEDIES.get(fault["type"]) or fault["msg"].removeprefix("Value error, ")
    return f"'{place}' cannot be used: {message[:1].lower()}{message[1:]}"


def _list_keys(kind: Any, path: Sequence[int | str]) -> list[str]:
    """Return the keys of the table at a path in a type made of models and dicts of models."""
    for name in path:
        kind = get_args(kind)[1] if get_origin(kind) is dict else kind.model_fields[name].annotation
    return list(kind.model_fields)
