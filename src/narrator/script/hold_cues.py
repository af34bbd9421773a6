"""Make the cues inside holds of a script from authored ones."""

from collections.abc import Iterable

from narrator.routine.hold_cues import APART
from narrator.routine.hold_cues import HoldCue as AuthoredCue
from narrator.routine.values import At
from narrator.routine.words import Words
from narrator.script.context import Context, Place, UnrollingError
from narrator.script.cues import Countdown, Drawn, Every, HoldCue, Spread
from narrator.script.material import name_step
from narrator.script.sounds import Cue, Speech
from narrator.units import format_duration


def make_hold_cue(cue: AuthoredCue, number: int, place: Place, context: Context) -> HoldCue | None:
    """Return the cue with that number in its hold; None if it says nothing here.

    Raises:
        UnrollingError: its words cannot be written.

    """
    id_ = f"{place.id}/cue-{number}"
    where: At | Every | Countdown | Spread | Drawn
    if cue.at is not None:
        where = cue.at
    elif cue.every is not None:
        where = Every(cue.every)
    elif cue.countdown is not None:
        where = Countdown()
    elif cue.spread is not None:
        where = Spread(APART if cue.apart is None else cue.apart)
    else:
        least, most = (cue.random.least, cue.random.most) if cue.random else (1, 1)
        seed = f"{context.seed} {place.path} {place.side} cue {number}"
        where = Drawn(least, most, APART if cue.apart is None else cue.apart, seed)
    cues = _make_cues(cue, place, context)
    if not cues:
        return None
    name = (*name_step(place.path), "cue", number)
    return HoldCue(cue.mark, where, cues, cue.each is not None, cue.optional, name, id_)


def _make_cues(cue: AuthoredCue, place: Place, context: Context) -> tuple[Cue, ...]:
    """Return what is heard: alternative wordings, texts in turn, numbers, or a bell."""
    if cue.countdown is not None:
        example = "{at: -2s, say: Two}, {at: -1s, say: One}"
        numbers = context.need_phrases(cue.mark, example).numbers[1 : cue.countdown + 1]
        return tuple(Speech(number) for number in reversed(numbers))
    if cue.bell:
        return (context.make_bell(cue.bell, cue.find_mark("bell")),)
    if cue.brief is not None and context.is_brief(place):
        return _make_speeches((text for text in cue.brief if text.has_words), cue, "brief", place, context)
    for key in ("say", "each", "spread"):
        if (texts := getattr(cue, key)) is not None:
            return _make_speeches(texts, cue, key, place, context)
    return (Speech(_find_own_words(cue, context)),)


def _make_speeches(
    texts: Iterable[Words], cue: AuthoredCue, key: str, place: Place, context: Context
) -> tuple[Speech, ...]:
    mark = cue.find_mark(key)
    return tuple(Speech(context.write_whole(text, place, mark)) for text in texts)


def _find_own_words(cue: AuthoredCue, context: Context) -> str:
    """Return narrator's own words at a position: halfway, or the number of seconds left."""
    at = cue.at or At(0, 0)
    is_half = at == At(At.WHOLE // 2, 0)
    example = "{at: half, say: Halfway.}" if is_half else f"{{at: {_show(at)}, say: ...}}"
    phrases = context.need_phrases(cue.mark, example)
    if is_half:
        return phrases.halfway
    seconds, rest = divmod(-at.offset, 1000)
    if at.is_from_end and not rest and 0 < seconds < len(phrases.numbers):
        return phrases.say_seconds_more(seconds)
    raise UnrollingError("narrator has its own words only for 'half' and for -1s to -60s; add 'say'", cue.mark)


def _show(at: At) -> str:
    """Return a position in a hold as authors write it."""
    if at.is_from_end:
        return f"-{format_duration(-at.offset)}"
    return f"{at.share * 100 / At.WHOLE:g}%" if at.share else format_duration(at.offset)
