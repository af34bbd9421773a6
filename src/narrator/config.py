"""The configuration file: which voice to take, and how to reach the engines that need telling."""

import os
import re
import tomllib
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from narrator.errors import Fault, NarratorError
from narrator.paths import read_file
from narrator.routine.nearest import suggest

VARIABLE = "NARRATOR_CONFIG"
"""Names another file than the user's own."""

_MAX_BYTES = 256 * 1024
_DEEP = re.compile(r"([^\s.=\[\]#]{1,100}\s{0,9}\.\s{0,9}){20}")
"""A key with so many points in it; of thousands, tomllib makes gigabytes."""
Seconds = Annotated[float, Field(ge=0, le=3600, allow_inf_nan=False)]
Timeout = Annotated[Seconds, Field(gt=0)]
FirstWait = Annotated[Seconds, Field(le=60)]


class ConfigError(NarratorError):
    """The configuration file cannot be used as it stands."""


def check_url(url: str) -> str:
    """Give an address back without space around it or a slash at its end.

    Raises:
        ValueError: it is none, or holds more than a host, a port and a path; it is not quoted, for it may be a secret.

    """
    url = url.strip()
    try:
        parts = urlsplit(url)
        is_address = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_address = False
    if not is_address or not url.isprintable() or " " in url:
        raise ValueError("it is no address; write one such as https://example.org/v1")
    if "@" in parts.netloc or "?" in url or "#" in url:
        raise ValueError("an address here holds no name, password or question; keys belong in the environment")
    return url.rstrip("/")


Url = Annotated[str, AfterValidator(check_url)]


def _split_voices(value: Any) -> Any:
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


class Section(BaseModel):
    """A table of the file: frozen, and without unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class GttsConfig(Section):
    """How to treat Google Translate."""

    url: Url | None = None
    """Another server that speaks the same protocol; translate.google.com unless given."""
    interval: Seconds = 0.2
    """Least time from the end of one request to the start of the next, in seconds."""
    wait: FirstWait = 1.0
    """First wait after a refusal, in seconds; it doubles with each further one, up to a minute."""
    timeout: Timeout = 20.0
    """Longest silence of the server, in seconds; the whole answer may take three times that."""


class OpenaiConfig(Section):
    """A server with the interface `/v1/audio/speech`."""

    url: Url = "https://api.openai.com/v1"
    """Where the interface is, up to and with `/v1`."""
    model: str = "gpt-4o-mini-tts"
    voice: str = "alloy"
    speed: Annotated[float, Field(ge=0.25, le=4, allow_inf_nan=False)] = 1.0
    """The server's own speed at pace 1."""
    workers: Annotated[int, Field(ge=1, le=16)] = 2
    """How many sentences to ask for at the same time."""
    wait: FirstWait = 1.0
    """First wait after a refusal, in seconds; it doubles with each further one, up to a minute."""
    timeout: Timeout = 60.0
    """Longest silence of the server, in seconds; the whole answer may take three times that."""


PLACES = ("text", "output", "language", "pace")
"""What stands in braces in a program's arguments for what it is to be given."""


class CommandConfig(Section):
    """A program that reads a text and writes WAV."""

    run: Annotated[tuple[str, ...], Field(min_length=1)]
    """The program and its arguments; `{text}`, `{output}`, `{language}` and `{pace}` stand for what they say.

    Without `{text}` it reads the text from standard input; without `{output}` it writes to standard output."""
    languages: Annotated[tuple[str, ...], Field(min_length=1)] = ("any",)
    """Codes of the languages it speaks."""
    timeout: Timeout = 60.0
    """Longest time for one sentence, in seconds."""
    workers: Annotated[int, Field(ge=1, le=64)] = 1
    """How many may run at the same time."""

    @model_validator(mode="after")
    def _check_program(self) -> Self:
        if not self.run[0]:
            raise ValueError('\'run\' names no program; write it like ["flite", "-o", "{output}"]')
        # Programs have braces of their own: only what is nearly one of ours is taken for a slip.
        for name in set(re.findall(r"\{([a-z]+)\}", " ".join(self.run))) - set(PLACES):
            if near := get_close_matches(name, PLACES, 1):
                raise ValueError(f"'run' has {{{name}}}, which stands for nothing; did you mean {{{near[0]}}}?")
        return self


class Config(Section):
    """The whole file; what it does not say has its default."""

    voice: Annotated[str, Field(min_length=1)] | None = None
    """Who speaks unless `--voice` or `NARRATOR_VOICE` say otherwise."""
    fallback: Annotated[tuple[str, ...], BeforeValidator(_split_voices)] = ()
    """Who speaks the whole session when that voice fails, in this order, unless `--fallback` says otherwise."""
    sounds: Annotated[str, Field(min_length=1)] | None = None
    """A folder whose sound files any routine may name, besides those in its own folder."""
    gtts: GttsConfig = GttsConfig()
    openai: OpenaiConfig = OpenaiConfig()
    command: dict[str, CommandConfig] = {}


def find_config() -> Path:
    """Place of the configuration file: `NARRATOR_CONFIG`, or `config.toml` in the user's configuration directory."""
    if override := os.environ.get(VARIABLE):
        return Path(override)
    from platformdirs import user_config_path

    return user_config_path("narrator", appauthor=False) / "config.toml"


def read_config() -> Config:
    """Read the configuration file; without one, everything has its default.

    Raises:
        ConfigError: it cannot be read or understood; names the file, the key, and the remedy.

    """
    try:
        path = find_config()
    except RuntimeError:  # a user without a home has no file there
        return Config()
    try:
        data = _parse(read_file(path, _MAX_BYTES).decode())
    except FileNotFoundError:
        if os.environ.get(VARIABLE):
            raise ConfigError(f"there is no file {path}, which {VARIABLE} names; write it, or unset that") from None
        return Config()
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror or error}; set {VARIABLE} to another file") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not TOML: {error}; mend it, or move it away") from error
    except (RecursionError, ValueError) as error:
        raise ConfigError(f"{path} is nested too deep, or has too long a number; mend it, or move it away") from error
    try:
        return Config.model_validate(data)
    except ValidationError as error:
        raise ConfigError.gather(Fault(f"{path}: {_describe(fault)}") for fault in error.errors()) from None


def _parse(text: str) -> dict[str, Any]:
    if _DEEP.search(text):
        raise RecursionError
    return tomllib.loads(text)


def choose_voices(voice: str | None, fallback: str | None = None) -> tuple[str | None, tuple[str, ...]]:
    """Who is asked to speak, and who instead when that fails: as the command says, else as the configuration file does.

    Raises:
        ConfigError: the configuration file cannot be used.

    """
    config = read_config()
    return voice or config.voice, config.fallback if fallback is None else _split_voices(fallback)


def list_sound_folders() -> tuple[Path, ...]:
    """Return the folders whose sound files any routine may name: what the configuration says, seen from its file.

    Raises:
        ConfigError: the configuration file cannot be used.

    """
    named = read_config().sounds
    return () if named is None else (find_config().parent / os.path.expanduser(named),)  # noqa: PTH111 - never raises


_REMEDIES = {
    "tuple_type": 'write a list, such as ["say", "{text}"]',
    "too_short": "there has to be something in the list",
    "model_type": "it is a table of its own, such as [gtts] or [command.flite]",
    "dict_type": "it is a table of its own, such as [command.flite]",
    "string_type": 'write a text, in quotes, such as "espeak"',
    "float_type": "write a number",
    "float_parsing": "write a number",
    "int_parsing": "write a whole number",
    "int_type": "write a whole number",
}
"""Pydantic's words are for programmers."""


def _describe(fault: Any) -> str:
    """Say what is wrong with a key, and what would be right; its value is not quoted, for it may be a secret."""
    *parents, key = fault["loc"]
    place = ".".join(map(str, fault["loc"]))
    if fault["type"] == "extra_forbidden":
        return f"unknown key '{place}'; {suggest(str(key), _list_keys(parents))}"
    if fault["type"] == "missing":
        return f"'{place}' is missing; write {key} = ..."
    message = _REMEDIES.get(fault["type"]) or fault["msg"].removeprefix("Value error, ")
    return f"'{place}' cannot be used: {message[:1].lower()}{message[1:]}"


def _list_keys(parents: list[int | str]) -> list[str]:
    """Keys that the table at a path takes."""
    tables: dict[str, type[Section]] = {"gtts": GttsConfig, "openai": OpenaiConfig, "command": CommandConfig}
    return list((tables[str(parents[0])] if parents else Config).model_fields)
