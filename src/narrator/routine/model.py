"""The routine as authored: frozen models, one for each kind of step."""

import re
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Discriminator,
    Field,
    PlainValidator,
    PrivateAttr,
    Tag,
    WithJsonSchema,
    model_validator,
)

from narrator.errors import Fault
from narrator.languages import LANGUAGE
from narrator.routine.breath import PatternSpec, VoicedShort, VoicedSpec
from narrator.routine.heading import Tags, VoiceShort, VoiceSpec
from narrator.routine.hold_cues import HoldCue, check_cues
from narrator.routine.ids import StepId, check_ids
from narrator.routine.manner import MannerName
from narrator.routine.marked import Marked
from narrator.routine.material import ExtraRank, OptionalRank, RoundsSpec
from narrator.routine.nearest import suggest
from narrator.routine.parameters import VALUES
from narrator.routine.seed import SeedSpec
from narrator.routine.sounds import (
    FLOOR,
    LOUDNESS,
    ROOM,
    BedLevel,
    BedShort,
    BellShort,
    Floor,
    Level,
    Loudness,
    RecordingFile,
    Room,
    type_bed_level,
)
from narrator.routine.text import Lines
from narrator.routine.translations import Translations
from narrator.routine.values import (
    Duration,
    Elastic,
    ElasticSpec,
    PauseSpec,
    Pronunciation,
    Span,
    Word,
    fault_at,
)
from narrator.routine.words import Brief, Name, SidesSpec, Text


class StepBase(Marked):
    """Keys that every step can have."""

    id: StepId | None = Field(None, description="Name of the step in a script, instead of its number.")
    optional: OptionalRank = Field(
        None, description="The step may be left out to meet a length: true, or a number; the highest leaves first."
    )
    extra: ExtraRank = Field(
        None, description="The step is added if there is time: true, or a number; the lowest enters first."
    )
    from_: Duration | None = Field(None, alias="from", ge=1000, description="Only in tracks of at least this length.")
    until: Duration | None = Field(None, ge=1000, description="Only in tracks that are shorter than this.")

    @model_validator(mode="after")
    def _check_material(self) -> Self:
        if self.optional and self.extra:
            raise fault_at("extra", "a step is either 'optional' or 'extra'; remove one of them")
        if self.from_ is not None and self.until is not None and self.from_ >= self.until:
            raise fault_at("until", "'until' is not longer than 'from', so no track has this step; raise 'until'")
        return self


def _check_cues(cues: tuple[HoldCue, ...]) -> tuple[HoldCue, ...]:
    check_cues(cues)
    return cues


Cues = Annotated[tuple[HoldCue, ...], AfterValidator(_check_cues)]


class Say(StepBase):
    """Spoken words."""

    say: Text = Field(description="What is said; [3s] in it is a pause, a blank line a longer gap.")
    brief: Brief | None = Field(None, description="Said instead on later sides and with brief guidance.")


class Pause(StepBase):
    """A silence of fixed length, or of a range."""

    pause: PauseSpec
    breath: Duration | None = Field(None, ge=1000, description="Length of a breath in this step.")


class Hold(StepBase):
    """A silence to practise in that stretches and shrinks with the track."""

    hold: ElasticSpec
    breath: Duration | None = Field(None, ge=1000, description="Length of a breath in this step.")
    cues: Cues = Field((), description="Cues inside the hold.")
    quiet: bool = Field(default=False, description="Its silence is intended, so that no words are missing in it.")
    equal: Word | None = Field(None, description="A name; all holds with this name are equally long.")


class Bell(StepBase):
    """A bell."""

    bell: BellShort


class Play(StepBase):
    """A recording that the session waits for."""

    play: RecordingFile = Field(description="A sound file beside this file or below it.")
    level: Level = Field(0.0, description="Level in dB relative to the speech.")
    text: Text | None = Field(None, description="What is said in it, for captions.")


class BreathWords(Marked):
    """Words for the phases of a breath."""

    in_: Text | None = Field(None, alias="in")
    hold: Text | None = None
    out: Text | None = None
    pause: Text | None = None
    last: Text | None = Field(None, description="Announces the last round.")


class Breathe(StepBase):
    """Breath rounds: the first ones with words, the others only with tones."""

    breathe: PatternSpec = Field(
        description="A round: 4-7-8, a name, a ramp 4-4 .. 4-8 from the first round to the last, or named phases."
    )
    rounds: int | None = Field(None, ge=1, le=1000, description="Number of rounds at every length of the track.")
    for_: ElasticSpec | None = Field(None, alias="for", description="Approximate time, filled with whole rounds.")
    voiced: VoicedShort = Field(
        VoicedSpec.model_construct(),
        description="Which rounds have words: 2 for the first two, or {first, every, last}.",
    )
    count: bool = Field(default=False, description="Count the seconds aloud in voiced rounds.")
    words: BreathWords = Field(
        BreathWords.model_construct(), description="Words for the phases and for the last round."
    )
    cues: Cues = Field((), description="Cues over the rounds, as in a hold.")

    @model_validator(mode="after")
    def _check_rounds(self) -> Self:
        if (self.rounds is None) == (self.for_ is None):
            raise ValueError("'breathe' needs a length; add either 'rounds: 6' or 'for: 2m'")
        return self


class Between(Marked):
    """The change between two sides."""

    say: Text | None = Field(None, description="Words for changing sides; narrator has its own as a default.")
    pause: PauseSpec = Field(
        Elastic(Span(4000), Span(4000), Span(4000)),
        description="Time to change sides.",
        json_schema_extra={"default": "4s"},
    )


TEXT_KEY = r"^([A-Za-z]{2}|fil|yue)(-[A-Za-z0-9]{2,8})*$"
"""A language, where other keys are possible too."""


def _is_text_key(key: str) -> bool:
    """Return whether a key certainly belongs to a text; a word of three letters may be a misspelt key."""
    return key in {"random", "sides"} or re.fullmatch(TEXT_KEY, key) is not None


def _type_between(value: Any) -> Any:
    if isinstance(value, str):
        return {"pause": value} if value.strip()[:1].isdigit() else {"say": value}
    own = set(Between.model_fields)
    if isinstance(value, dict) and value and not own & set(value) and all(map(_is_text_key, value)):
        return {"say": value}
    return value


class Section(StepBase):
    """A named section of the routine; the outermost sections become chapters."""

    section: Name
    length: Duration | None = Field(None, description="Natural length of the whole section, including speech.")
    sides: SidesSpec | None = Field(None, description="Sides; the steps run once for each.")
    between: Annotated[Between, BeforeValidator(_type_between)] | None = Field(
        None, description="Heard between two sides: a text, a time to change sides, or both."
    )
    bed: Annotated[BedLevel, BeforeValidator(type_bed_level)] | None = Field(
        None, description="Level of the bed here, in dB relative to the speech, or none."
    )
    steps: "Steps"


class Repeat(StepBase):
    """Steps that run several times."""

    repeat: RoundsSpec = Field(description="How often: 3, a range such as 1..4, or {natural, min, max}.")
    steps: "Steps"


def _need_mapping(value: Any) -> Any:
    if not isinstance(value, dict):
        raise ValueError("values for parameters are a mapping, such as with: {hold: 40s..3m}")
    return value


class Include(StepBase):
    """The steps of another file."""

    include: Word = Field(description="A file beside this one or below it, or one of the built-in ones.")
    with_: Annotated[Any, PlainValidator(_need_mapping), WithJsonSchema(VALUES)] = Field(
        None, alias="with", description="Values for that file's parameters, by name."
    )
    _fragment: "Fragment | None" = PrivateAttr(default=None)

    @property
    def fragment(self) -> "Fragment | None":
        """The content of the file; None before it has been read."""
        return self._fragment

    @property
    def steps(self) -> "Steps":
        """The steps of the file; empty before it has been read."""
        return self._fragment.steps if self._fragment else ()


STEPS: dict[str, type[StepBase]] = {
    "say": Say,
    "pause": Pause,
    "hold": Hold,
    "bell": Bell,
    "play": Play,
    "breathe": Breathe,
    "section": Section,
    "repeat": Repeat,
    "include": Include,
}
"""The model of each kind of step."""


def _check_kind(value: Any) -> Any:
    """Refuse a step that does not have exactly one kind, and suggest what was probably meant."""
    if isinstance(value, StepBase):
        return value
    if isinstance(value, str):
        raise ValueError(f"a step is written 'kind: value', such as 'say: {value[:40]}'")
    if not isinstance(value, dict) or not value:
        raise ValueError(f"a step is a mapping with one of: {', '.join(STEPS)}")
    kinds = [key for key in value if key in STEPS]
    if len(kinds) > 1:
        text = f"two kinds in one step: {kinds[0]!r} and {kinds[1]!r}; start a new step with '- {kinds[1]}:'"
        raise fault_at(kinds[1], text)
    if not kinds:
        key = next(iter(value))
        raise fault_at(key, f"{key!r} is not a kind of step; {suggest(key, STEPS)}")
    return value


def _find_kind(value: Any) -> str | None:
    if isinstance(value, StepBase):
        return next(f"<{key}>" for key, kind in STEPS.items() if isinstance(value, kind))
    return next((f"<{key}>" for key in STEPS if key in value), None)


Step = Annotated[
    Annotated[Say, Tag("<say>")]
    | Annotated[Pause, Tag("<pause>")]
    | Annotated[Hold, Tag("<hold>")]
    | Annotated[Bell, Tag("<bell>")]
    | Annotated[Play, Tag("<play>")]
    | Annotated[Breathe, Tag("<breathe>")]
    | Annotated[Section, Tag("<section>")]
    | Annotated[Repeat, Tag("<repeat>")]
    | Annotated[Include, Tag("<include>")],
    Discriminator(_find_kind),
    BeforeValidator(_check_kind),
]


Steps = Annotated[tuple[Step, ...], Field(min_length=1), AfterValidator(check_ids)]


Parameters = Annotated[Any, PlainValidator(_need_mapping), WithJsonSchema(VALUES)]
"""Checked when they are filled in."""


class Routine(Marked):
    """A routine for narrator: a guided session of any length."""

    title: Name
    description: Name | None = None
    language: Annotated[str, Field(pattern=LANGUAGE)] = Field("en", description="Language of its texts.")
    length: Duration | None = Field(None, description="Length of the finished track; natural length by default.")
    voice: VoiceShort = VoiceSpec()
    manner: MannerName | None = Field(
        None, description="Decides about gap, pace, room, bells and fades, where they are not written here."
    )
    gap: Duration = Field(600, description="Silence after a sentence; twice that after a paragraph.")
    lines: Lines = Field(
        "join", description="Meaning of a line break in a text: join continues the sentence, separate ends it."
    )
    breath: Duration = Field(8000, ge=1000, description="Length of one breath, used for lengths written in breaths.")
    pronounce: dict[Word, Pronunciation] = Field(
        {},
        max_length=1000,
        description="Words that the voice mispronounces, each with a respelling, or with IPA between slashes.",
    )
    parameters: Parameters = Field(
        {},
        description="Names with values for {name} in the steps; a file that includes this one may give other values.",
    )
    seed: SeedSpec = Field(0, description="Seed of random choices: a number, or today for the date.")
    tags: Tags = Tags()
    bed: BedShort = Field(None, description="Ambience under the whole session.")
    floor: Floor = Field(FLOOR, description="Room tone between sounds, in dBFS, or none.")
    room: Room = Field(ROOM, description="The room that voice and bells are heard in: small, hall, or none.")
    loudness: Loudness = Field(LOUDNESS, description="Loudness of the session, in LUFS.")
    steps: Steps
    _sounds: tuple[Path, ...] = PrivateAttr(default=())
    _notes: tuple[Fault, ...] = PrivateAttr(default=())
    _decided: tuple[str, ...] = PrivateAttr(default=())
    _translations: Translations = PrivateAttr(default_factory=lambda: Translations(None, "<memory>"))

    @property
    def notes(self) -> tuple[Fault, ...]:
        """Warnings about material in its files that would not be heard."""
        return self._notes

    @property
    def decided(self) -> tuple[str, ...]:
        """What was decided where it is written as text, each in a line."""
        return self._decided

    @property
    def translations(self) -> Translations:
        """The PO files beside the file."""
        return self._translations

    @property
    def sounds(self) -> tuple[Path, ...]:
        """Additional folders to search for sound files."""
        return self._sounds


class Fragment(Marked):
    """An included file: its steps are used; keys of a whole routine have no effect."""

    title: Name | None = None
    description: Name | None = None
    language: str | None = None
    length: Duration | None = None
    voice: VoiceShort | None = None
    manner: MannerName | None = None
    gap: Duration | None = None
    lines: Lines | None = None
    breath: Duration | None = None
    pronounce: dict[Word, Pronunciation] | None = None
    parameters: Parameters = Field({})
    seed: SeedSpec | None = None
    tags: Tags | None = None
    bed: BedShort = None
    floor: Floor = None
    room: Room | None = None
    loudness: Loudness | None = None
    steps: Steps
    _translations: Translations = PrivateAttr(default_factory=lambda: Translations(None, "<memory>"))

    @property
    def translations(self) -> Translations:
        """The PO files beside the file."""
        return self._translations


def list_keys(kind: type[BaseModel]) -> list[str]:
    """Return the keys of a model as authors write them."""
    return [field.alias or name for name, field in kind.model_fields.items()]
