"""Options of the library's functions, and the options of a session that they stand for."""

import os
from collections.abc import Sequence
from typing import TypeAlias, TypedDict, get_args

from narrator.config import choose_room, choose_voices, list_sound_folders
from narrator.errors import UsageError
from narrator.languages import check_language
from narrator.request import SessionOptions
from narrator.routine.nearest import suggest
from narrator.routine.seed import Seed, read_seed
from narrator.routine.values import Guidance
from narrator.units import Ms, parse_duration

Length: TypeAlias = Ms | str
"""A length of time: in ms, or as in a routine, such as `10m` or `1m30s`."""


class Options(TypedDict, total=False):
    """Options of a session; the routine decides about those that are not given."""

    length: Length | None
    """Length of the track."""
    voice: str | None
    """`ENGINE[:NAME]`, or `auto`."""
    fallback: Sequence[str]
    """Voices that speak the whole session instead, in this order, if the first one fails."""
    guidance: Guidance | None
    """How much is said: `full`, `brief` or `bells`."""
    language: str | None
    """Language of the texts, as a code."""
    bed: bool
    """Whether the routine's bed is heard."""
    room: str | None
    """Room that it is heard in: `small`, `hall` or `none`."""
    without: Sequence[str]
    """Titles of sections to leave out."""
    nearest: bool
    """Whether the nearest length that can be met will do."""
    seed: Seed | None
    """Seed of everything random: a number, or `today`."""
    cover: str | os.PathLike[str] | None
    """Picture file for the track, or `none`."""
    configured: bool
    """Whether the environment and the configuration file are used, as on the command line; by default they are."""


def make_options(options: Options) -> SessionOptions:
    """Return the options of a session, with those of the environment and the configuration file where they are used.

    Raises:
        TypeError: there is no option of this name.
        UsageError: a value is not valid.

    """
    if unknown := options.keys() - Options.__annotations__.keys():
        raise TypeError(f"there is no option {min(unknown)!r}; {suggest(min(unknown), Options.__annotations__)}")
    configured, seed = options.get("configured", True), options.get("seed")
    voice, fallback = options.get("voice"), options.get("fallback")
    if configured:
        voice, fallback = choose_voices(voice, None if fallback is None else ",".join(fallback))
    room = options.get("room")
    if configured or room is not None:
        room = choose_room(room)
    language = options.get("language")
    if language is not None:
        check_language(language)
    guidance = options.get("guidance")
    if guidance is not None and guidance not in get_args(Guidance):
        raise UsageError(f"there is no guidance {guidance!r}; {suggest(guidance, get_args(Guidance))}")
    try:
        cover = options.get("cover")
        return SessionOptions(
            length=_read_length(options.get("length")),
            voice=voice,
            fallback=tuple(fallback or ()),
            guidance=guidance,
            language=language,
            bed=options.get("bed", True),
            room=room,
            without=tuple(options.get("without", ())),
            nearest=options.get("nearest", False),
            seed=None if seed is None else read_seed(str(seed)),
            cover=None if cover is None else os.fspath(cover),
            sounds=list_sound_folders() if configured else (),
        )
    except ValueError as error:
        raise UsageError(str(error)) from None


def _read_length(length: Length | None) -> Ms | None:
    known = parse_duration(length) if isinstance(length, str) else length
    if known is not None and known <= 0:
        raise ValueError("a track needs some time; write 10m")
    return known
