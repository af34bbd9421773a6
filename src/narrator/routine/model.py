"""The routine as written: frozen models, one for each kind of step.

Times are `Ms`. Every model that stands for a mapping of the file remembers where it and each of its values stand
(`mark`, `find_mark`).
"""

import math
from typing import Annotated, Any, ClassVar, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    ModelWrapValidatorHandler,
    PrivateAttr,
    Tag,
    model_validator,
)
from pydantic.dataclasses import dataclass
from pydantic_core import PydanticCustomError

from narrator.errors import Mark
from narrator.routine.nearest import suggest
from narrator.routine.source import Mapping
from narrator.routine.text import check_braces, split_text
from narrator.units import LONGEST, TICK, Ms, format_duration, parse_duration

BELLS = ("bowl", "chime", "tick")
"""Names of the bells that `narrator.sound.bells` can strike."""

STRETCH = 4
"""`hold: 1m` may shrink to a quarter and grow to four times that."""

_NOWHERE = Mark("<memory>", 1, 1)


def _type_duration(value: Any) -> Any:
    """Type a length of time; negative ones are refused."""
    if not isinstance(value, str):
        return value
    if value.strip().startswith("-"):
        raise ValueError(f"{value} is negative; a length of time starts at 0s")
    length = parse_duration(value)
    if length > LONGEST:
        raise ValueError(f"{value} is over {format_duration(LONGEST)}, the longest a track can be")
    return length


Duration = Annotated[Ms, BeforeValidator(_type_duration)]
"""A length of time as authored (`90s`, `1m30s`, `1:30`), in ms."""


def _check_text(text: str) -> str:
    if not text.strip():
        raise ValueError("the text is empty; write what to say, or take the step out")
    check_braces(text)
    if not split_text(text):
        raise ValueError("there is nothing to say in this text; use 'pause' for a silence")
    return text


Text = Annotated[str, AfterValidator(_check_text)]
"""Words to be spoken."""

Word = Annotated[str, Field(min_length=1, max_length=200)]


class Marked(BaseModel):
    """Base of all models: frozen, without unknown keys, and aware of their place in the file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    _mark: Mark = PrivateAttr(default=_NOWHERE)
    _marks: dict[str, Mark] = PrivateAttr(default_factory=dict)

    @model_validator(mode="wrap")
    @classmethod
    def _keep_marks(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        model = handler(data)
        if isinstance(data, Mapping):
            model._mark, model._marks = data.mark, data.marks  # noqa: SLF001 - its own class
        return model

    @property
    def mark(self) -> Mark:
        """Where the mapping starts."""
        return self._mark

    def find_mark(self, key: str) -> Mark:
        """Where the value of a key stands."""
        return self._marks.get(key, self._mark)


class Elastic(Marked):
    """A length that may stretch or shrink: `{natural: 40s, min: 20s, max: 2m}`."""

    natural: Duration
    min: Duration | None = Field(None, description="Never shorter; a quarter of natural unless given.")
    max: Duration | None = Field(None, description="Never longer; four times natural unless given.")

    @property
    def least(self) -> Ms:
        """Shortest length."""
        return self.natural // STRETCH if self.min is None else self.min

    @property
    def most(self) -> Ms:
        """Longest length."""
        return self.natural * STRETCH if self.max is None else self.max

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        if not self.least <= self.natural <= self.most:
            raise ValueError("'natural' must lie between 'min' and 'max'")
        if self.most < TICK:
            raise ValueError("a hold needs some time; write 30s, or 20s..2m")
        return self


def _type_elastic(value: Any) -> Any:
    """Read `1m` (a quarter to four times that) or a range `20s..2m` (natural: its geometric mean)."""
    if not isinstance(value, str):
        return value
    low, dots, high = value.partition("..")
    if not dots:
        return {"natural": value}
    least, most = _type_duration(low), _type_duration(high)
    if least > most:
        raise ValueError(f"the range {value} runs backwards; write {high.strip()}..{low.strip()}")
    return {"natural": round(math.sqrt(least * most)) or most // 2, "min": least, "max": most}


ElasticShort = Annotated[Elastic, BeforeValidator(_type_elastic)]
"""`1m`, `20s..2m`, or `{natural: 40s, min: 20s, max: 2m}`."""


@dataclass(frozen=True)
class At:
    """A time within a hold: a share of its length (in ten-thousandths) plus an offset in ms."""

    share: int
    offset: Ms

    WHOLE: ClassVar[int] = 10_000

    def resolve(self, length: Ms) -> Ms:
        """Time from the hold's start, for a hold of that length."""
        return self.share * length // self.WHOLE + self.offset


def _type_at(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    text = value.strip()
    if text == "half":
        return At(At.WHOLE // 2, 0)
    if text.endswith("%"):
        try:
            share = round(float(text[:-1]) * At.WHOLE / 100)
        except (ValueError, OverflowError):
            share = -1
        if not 0 <= share < At.WHOLE:
            raise ValueError(f"{text} is not a place in a hold; write 0% to 99%, half, 20s or -10s")
        return At(share, 0)
    if text.startswith("-"):
        return At(At.WHOLE, -_type_duration(text[1:]))
    return At(0, _type_duration(text))


class BellSpec(Marked):
    """What to strike, how often, and how far apart."""

    sound: str = Field("bowl", description="Which bell.")
    times: int = Field(1, ge=1, le=108, description="How often it is struck.")
    every: Duration = Field(4000, ge=TICK, description="Time from one stroke to the next.")

    @model_validator(mode="after")
    def _check_sound(self) -> Self:
        if self.sound not in BELLS:
            raise ValueError(f"there is no bell {self.sound!r}; {suggest(self.sound, BELLS)}")
        return self


def _type_bell(value: Any) -> Any:
    if isinstance(value, str):
        return {"times": value} if value.strip().lstrip("-").isdigit() else {"sound": value}
    return value


BellShort = Annotated[BellSpec, BeforeValidator(_type_bell)]
"""`bowl`, `3`, or `{sound: bowl, times: 3, every: 6s}`."""


def _type_list(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


class HoldCue(Marked):
    """Something heard inside a hold."""

    at: Annotated[At, BeforeValidator(_type_at)]
    say: Annotated[tuple[Text, ...], BeforeValidator(_type_list), Field(min_length=1)] | None = None
    bell: BellShort | None = None

    @model_validator(mode="after")
    def _check_kind(self) -> Self:
        if (self.say is None) == (self.bell is None):
            raise ValueError("a cue in a hold has either 'say' or 'bell'")
        return self


class Say(Marked):
    """Words to be spoken."""

    say: Text
    brief: Text | None = Field(None, description="Said instead on later sides, and when guidance is brief.")


class Pause(Marked):
    """A silence that keeps its length."""

    pause: Duration


class Hold(Marked):
    """A silence to practise in, which stretches and shrinks with the track."""

    hold: ElasticShort
    cues: tuple[HoldCue, ...] = ()


class Bell(Marked):
    """A bell."""

    bell: BellShort


KINDS = ("say", "pause", "hold", "bell", "section")


def _check_kind(value: Any) -> Any:
    """Refuse a step that has not exactly one kind, and say what was likely meant."""
    if isinstance(value, Marked):
        return value
    if isinstance(value, str):
        raise ValueError(f"a step is written 'kind: value', such as 'say: {value[:40]}'")
    if not isinstance(value, dict) or not value:
        raise ValueError(f"a step is a mapping with one of: {', '.join(KINDS)}")
    kinds = [key for key in value if key in KINDS]
    if len(kinds) > 1:
        text = f"two kinds in one step: {kinds[0]!r} and {kinds[1]!r}; start a new step with '- {kinds[1]}:'"
        raise PydanticCustomError("step_kind", "{text}", {"text": text, "key": kinds[1]})
    if not kinds:
        key = next(iter(value))
        text = f"{key!r} is no kind of step; {suggest(key, KINDS)}"
        raise PydanticCustomError("step_kind", "{text}", {"text": text, "key": key})
    return value


def _find_kind(value: Any) -> str | None:
    keys = value if isinstance(value, dict) else type(value).model_fields
    return next((f"<{key}>" for key in KINDS if key in keys), None)


Step = Annotated[
    Annotated[Say, Tag("<say>")]
    | Annotated[Pause, Tag("<pause>")]
    | Annotated[Hold, Tag("<hold>")]
    | Annotated[Bell, Tag("<bell>")]
    | Annotated["Section", Tag("<section>")],
    Discriminator(_find_kind),
    BeforeValidator(_check_kind),
]


class Section(Marked):
    """A named stretch of the routine; the outermost become chapters."""

    section: Word
    length: Duration | None = Field(None, description="Natural length of the whole section.")
    sides: Annotated[tuple[Word, ...], Field(min_length=1, max_length=8)] | None = Field(
        None, description="The steps run once for each of these."
    )
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]


class VoiceSpec(Marked):
    """Which voice speaks, and how fast."""

    engine: Word | None = None
    name: Word | None = None
    pace: float = Field(1.0, ge=0.5, le=2.0, description="1 is the voice's own; less is slower.")


def _type_voice(value: Any) -> Any:
    if isinstance(value, str):
        engine, _, name = value.partition(":")
        return {"engine": engine, **({"name": name} if name else {})}
    return value


VoiceShort = Annotated[VoiceSpec, BeforeValidator(_type_voice)]
"""`espeak:en-gb`, or `{engine: espeak, name: en-gb, pace: 0.9}`."""


class Tags(Marked):
    """What players show beside the title."""

    artist: Word = "Narrator"
    album: Word = "Guided sessions"
    genre: Word = "Meditation"
    year: Annotated[str, Field(pattern=r"^\d{4}$")] | None = None


class Routine(Marked):
    """A whole routine."""

    title: Word
    description: str = ""
    language: Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")] = "en"
    length: Duration | None = Field(None, description="Length of the finished track.")
    voice: VoiceShort = VoiceSpec()
    gap: Duration = Field(600, description="Silence after a sentence; twice that after a paragraph.")
    tags: Tags = Tags()
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]


STEPS: dict[str, type[Marked]] = {"say": Say, "pause": Pause, "hold": Hold, "bell": Bell, "section": Section}
"""The model of each kind of step."""
