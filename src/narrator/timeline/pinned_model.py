"""The model of a script file. `timeline.pinned` makes a script from it."""

from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, ValidationInfo, model_validator

from narrator.languages import LANGUAGE
from narrator.routine.heading import Tags, VoiceShort, VoiceSpec
from narrator.routine.marked import Marked
from narrator.routine.sounds import (
    FLOOR,
    LOUDNESS,
    NONE,
    ROOM,
    BedSpec,
    BellShort,
    Floor,
    Level,
    Loudness,
    RecordingFile,
    Room,
)
from narrator.routine.text import InlinePause, split_text
from narrator.routine.values import Duration, Pronunciation, Word, fault_at
from narrator.routine.words import Line, find_own
from narrator.script import Breath, Cue, Sketch, Speech, make_bell, make_recording
from narrator.script.cover import PARTS
from narrator.timeline.pinned import FORMAT
from narrator.units import TICK, ms_to_ticks, ticks_to_ms


def _check_format(value: Any) -> int:
    if value != str(FORMAT):
        raise ValueError(
            f"this script has the format {value!r}, but only {FORMAT} is known; write it again with narrator script"
        )
    return FORMAT


def _type_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


class SectionEntry(Marked):
    """A chapter: from `at` up to `to`."""

    title: Word
    at: Duration
    to: Duration

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        if self.to <= self.at:
            raise ValueError("a section must end ('to') after it starts ('at')")
        return self


class CueEntry(Marked):
    """A cue at a time. `takes` applies only to breaths; `section`, `side` and `line` are for human readers."""

    at: Duration
    say: Annotated[tuple[Line, ...], BeforeValidator(_type_list), Field(min_length=1)] | None = None
    bell: BellShort | None = None
    play: RecordingFile | None = None
    level: Level = 0.0
    text: Line | None = None
    breathe: Literal["in", "hold", "out", "pause"] | None = None
    takes: Duration | None = None
    section: str | None = None
    side: str | None = None
    line: str | None = None

    @model_validator(mode="after")
    def _check_kind(self, info: ValidationInfo) -> Self:
        kinds = [kind for kind in ("bell", "play", "breathe") if getattr(self, kind) is not None]
        if len(kinds) > 1 or (self.say is not None and kinds not in ([], ["breathe"])):
            raise ValueError("a cue has one of 'say', 'bell', 'play' and 'breathe'; split it into two cues")
        if self.say is None and not kinds:
            raise ValueError("a cue has one of 'say', 'bell', 'play' and 'breathe'")
        if given := [key for key in ("level", "text") if key in self.model_fields_set and self.play is None]:
            raise fault_at(given[0], f"{given[0]!r} is for a recording; add 'play: intro.wav', or remove it")
        if self.breathe is not None and (self.takes or 0) < TICK:
            raise ValueError("a breath needs a length; add 'takes: 4s'")
        if self.breathe is None and len(self.say or ()) > 1:
            raise ValueError("only a breath can have several texts; make each of them a cue")
        if any(isinstance(piece, InlinePause) for text in self.say or () for piece in split_text(text, find_own(info))):
            raise ValueError("texts of a script cannot have pauses; split this into two cues")
        return self

    def make_cue(self, sounds: tuple[Path, ...] = ()) -> Cue:
        """Return the cue."""
        if self.play:
            text = " ".join((self.text or "").split())
            return make_recording(self.play, self.level, text, self.find_mark("play"), sounds)
        if self.bell:
            return make_bell(self.bell, self.find_mark("bell"), sounds)
        texts = tuple(" ".join(text.split()) for text in self.say or ())
        words = tuple(Speech(text) for text in texts)
        if self.breathe:
            return Breath(self.breathe, ticks_to_ms(ms_to_ticks(self.takes or 0)), words)
        return words[0]


class LevelEntry(Marked):
    """The bed's level from a time on; None for silence."""

    at: Duration
    level: Annotated[Level | None, BeforeValidator(lambda value: None if value == NONE else value)]


class BedEntry(BedSpec):
    """The bed and the changes of its level."""

    levels: Annotated[tuple[LevelEntry, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        if any(after.at <= before.at for before, after in pairwise(self.levels)):
            raise ValueError("the levels of a bed must be in the order of their times; sort them by 'at'")
        return self


Part = Annotated[int, Field(ge=0, lt=PARTS)]


class SketchEntry(Marked):
    """What the drawn cover shows; see `script.cover.Sketch`."""

    look: int = Field(ge=0, lt=2**32)
    arc: Annotated[str, Field(pattern=rf"^[0-9]{{{PARTS}}}$")]
    bells: Annotated[tuple[Part, ...], Field(max_length=PARTS)] = ()
    sections: Annotated[tuple[Part, ...], Field(max_length=PARTS)] = ()

    def make(self) -> Sketch:
        """Return the sketch."""
        return Sketch(self.look, self.arc, self.bells, self.sections)


class ScriptFile(Marked):
    """A script file."""

    narrator_script: Annotated[int, BeforeValidator(_check_format)]
    title: Word
    language: Annotated[str, Field(pattern=LANGUAGE)] = "en"
    voice: VoiceShort = VoiceSpec()
    pronounce: dict[Word, Pronunciation] = Field({}, max_length=1000)
    tags: Tags = Tags()
    sketch: SketchEntry | None = None
    seed: int = 0
    gain: Annotated[float, Field(ge=-60, le=24, allow_inf_nan=False)] | None = None
    loudness: Loudness = LOUDNESS
    floor: Floor = FLOOR
    room: Room = ROOM
    bed: BedEntry | None = None
    length: Duration
    sections: tuple[SectionEntry, ...] = ()
    cues: tuple[CueEntry, ...]
