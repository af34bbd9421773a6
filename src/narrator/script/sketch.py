"""A sketch of a session, from which a cover is drawn: where it is silent, where bells are, where sections start.

It is made from the routine at its natural length, and from estimates of how long speech takes. So it is the same in a
track of any length and with any voice.
"""

import hashlib
from collections.abc import Iterable, Iterator
from typing import TypeAlias

from narrator.script.cover import PARTS, Sketch
from narrator.script.cues import LEAD, BreathBlock, Item, Script, Section, Silence
from narrator.script.sounds import Bell, Breath, Cue, Recording, Speech
from narrator.units import Ms

_LETTER, _WIDE_LETTER = 68, 170
"""Length of a spoken letter in ms, and that of a character that is a syllable or a word."""
_WIDE = "\u2e80"
_AFTER_BELL: Ms = 3000
_RECORDING: Ms = 20_000
"""Length of a recording of unknown length."""
_SALT = 16118
"""With this number, the looks of the built-in routines differ most."""

Span: TypeAlias = tuple[Ms, Ms]
"""Start and end of something in ms."""


def make_look(title: str) -> int:
    """Return the look of a session from its title, a number below 2 to the power of 32."""
    return int.from_bytes(hashlib.blake2b(f"{_SALT}:{title}".encode(), digest_size=4).digest())


def make_sketch(title: str, length: Ms, spoken: Iterable[Span], bells: Iterable[Ms], sections: Iterable[Ms]) -> Sketch:
    """Make a sketch of a session from its length, the spans with speech, and the times of strokes and sections."""
    length = max(length, 1)
    taken = [0] * PARTS
    for start, end in spoken:
        for part in range(_find_part(start, length), _find_part(end, length) + 1):
            low, high = part * length // PARTS, (part + 1) * length // PARTS
            taken[part] += max(min(end, high) - max(start, low), 0)
    arc = (9 - min(9 * PARTS * each // length, 9) for each in taken)
    parts = (tuple(sorted({_find_part(at, length) for at in times})) for times in (bells, sections))
    return Sketch(make_look(title), "".join(map(str, arc)), *parts)


def _find_part(at: Ms, length: Ms) -> int:
    return min(max(at * PARTS // length, 0), PARTS - 1)


def sketch_script(script: Script, title: str) -> Sketch:
    """Return the sketch of a script at its natural length; `title` decides its look."""
    at = LEAD
    spoken: list[Span] = []
    bells: list[Ms] = []
    starts: list[Ms] = []
    outer: int | None = None
    for item in _list_natural(script):
        section = _find_outermost(item.section, script.sections)
        if section is not None and section != outer:
            starts.append(at)
        outer = section
        match item.what:
            case Speech(text):
                spoken.append((at, at + measure_text(text)))
                at = spoken[-1][1] + script.gap
            case Bell() as bell:
                bells += list_strokes(at, bell)
                at = bells[-1] + (_AFTER_BELL if bell.rest is None else bell.rest)
            case Silence(length):
                at += length.natural
            case BreathBlock() as block:
                spoken += _list_breaths(at, block)
                at += block.measure(_count_rounds(block))
            case Recording(text=text):
                spoken.append((at, at + (measure_text(text) or _RECORDING)))
                at = spoken[-1][1]
            case Breath(length=length):
                at += length
    return make_sketch(title, at, spoken, bells, starts)


def _list_natural(script: Script) -> Iterator[Item]:
    """Yield the items that are heard at natural length."""
    extras = {unit.name for unit in script.units if unit.is_extra}
    known = {unit.name for unit in script.units} - extras
    for item in script.steps:
        is_in = extras.isdisjoint(item.units) and known.isdisjoint(item.yields)
        if is_in and all(window.admits(script.length) for window in item.windows):
            yield item


def _find_outermost(index: int | None, sections: tuple[Section, ...]) -> int | None:
    while index is not None and (parent := sections[index].parent) is not None:
        index = parent
    return index


def _count_rounds(block: BreathBlock) -> int:
    return min(max(round(block.natural), block.least), block.most)


def _list_breaths(at: Ms, block: BreathBlock) -> Iterator[Span]:
    """Yield the first phase of each round: the others are quiet."""
    for number in range(_count_rounds(block)):
        start = at + number * block.round
        yield start, start + block.phases[0].first


def measure_text(text: str) -> Ms:
    """Return an estimate of how long a text is spoken, which is the same for every voice."""
    return sum(_WIDE_LETTER if letter >= _WIDE else _LETTER for letter in text)


def list_strokes(at: Ms, bell: Bell) -> list[Ms]:
    """Return the times of a bell's strokes, of which the first is at `at`."""
    return [at + number * bell.every for number in range(bell.times)]


def sketch_cues(title: str, length: Ms, cues: Iterable[tuple[Ms, Cue]], sections: Iterable[Ms] = ()) -> Sketch:
    """Return the sketch of cues at fixed times; a `length` of 0 ends with the last of them."""
    spoken: list[Span] = []
    bells: list[Ms] = []
    for at, cue in cues:
        match cue:
            case Speech(text):
                spoken.append((at, at + measure_text(text)))
            case Bell() as bell:
                bells += list_strokes(at, bell)
            case Recording(text=text):
                spoken.append((at, at + (measure_text(text) or _RECORDING)))
            case Breath(length=takes):
                spoken.append((at, at + takes // 2))
    end = length or max([end for _, end in spoken] + [at + _AFTER_BELL for at in bells], default=1)
    return make_sketch(title, end, spoken, bells, sections)
