"""Reading of finished tracks through libav."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from narrator.paths import open_regular
from narrator.sound.opened import decode_frames, open_sound
from narrator.sound.samples import Samples
from narrator.timeline import Chapter
from narrator.units import Ms

if TYPE_CHECKING:
    from av.container import InputContainer

_FULL_SCALE = {"s16": 2**15, "s32": 2**31}


@contextmanager
def open_track(path: Path, demuxer: str) -> "Iterator[InputContainer]":
    """Open a finished track with one of libav's demuxers.

    Raises:
        OSError, DAMAGE: it cannot be read, or is not in that format.

    """
    with open_regular(path) as file, open_sound(file, demuxer) as container:
        yield container


def has_picture(container: "InputContainer") -> bool:
    """Return whether libav finds a picture, which it takes for a film of a single one."""
    return bool(container.streams.video)


def read_tags(container: "InputContainer") -> dict[str, str]:
    """Return the tags of a track, whose names are in small letters; in an Ogg file they belong to its stream."""
    tags = container.metadata | container.streams.audio[0].metadata if container.streams.audio else container.metadata
    return {key.lower(): text for key, text in tags.items()}


def list_container_chapters(container: "InputContainer") -> tuple[Chapter, ...]:
    """Return the chapters that libav finds, to the nearest ms."""
    return tuple(map(_read_chapter, container.chapters()))


def list_chapter_starts(container: "InputContainer", length: Ms) -> tuple[Chapter, ...]:
    """Return the chapters of a format in which each lasts until the next one, and the last one until `length`."""
    chapters = list_container_chapters(container)
    return (*chapters[:-1], *(replace(last, end=length) for last in chapters[-1:]))


def _read_chapter(chapter: Any) -> Chapter:
    start, end = (round(chapter[key] * chapter["time_base"] * 1000) for key in ("start", "end"))
    return Chapter(chapter["metadata"].get("title", ""), start, end)


def split_words(container: "InputContainer") -> tuple[str, ...]:
    """Return the lines of the words in the tags; none if there are no words."""
    words = next((text for key, text in read_tags(container).items() if key.startswith("lyrics")), "")
    return tuple(words.split("\n")) if words else ()


def decode_track(path: Path, demuxer: str) -> Iterator[Samples]:
    """Yield the sound of a track, trimmed by libav as the file says; float32 of shape (frames, channels).

    Raises:
        OSError, DAMAGE, BadSoundError: it cannot be read, or is not in that format.

    """
    with open_track(path, demuxer) as container:
        for frame in decode_frames(container):
            samples = frame.to_ndarray()
            if not frame.format.is_planar:
                samples = samples.reshape(-1, frame.layout.nb_channels).T
            scale = np.float32(_FULL_SCALE.get(frame.format.packed.name, 1))
            yield samples.T.astype(np.float32) / scale
