"""Cues inside a hold: authored to what a script has."""

from collections.abc import Iterable

from narrator.routine.hold_cues import APART
from narrator.routine.hold_cues import HoldCue as AuthoredCue
from narrator.routine.values import At, Words
from narrator.script.context import Context, Place, UnrollingError
from narrator.script.cues import Countdown, Drawn, Every, HoldCue, Spread
from narrator.script.material import name_step
from narrator.script.sounds import Cue, Speech


def make_hold_cue(cue: AuthoredCue, number: int, place: Place, context: Context) -> HoldCue | None:
    """Return the cue that is written so, the `number`-th of its hold; None where it has nothing to say here.

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
    """What is heard: wordings of which one is taken, texts in turn, numbers, or a bell."""
    if cue.countdown is not None:
        numbers = context.need_phrases(cue.mark).numbers[1 : cue.countdown + 1]
        return tuple(context.make_speech(number) for number in reversed(numbers))
    if cue.bell:
        return (context.make_bell(cue.bell, cue.find_mark("bell")),)
    if cue.brief is not None and context.is_brief(place):
        return _make_speeches((text for text in cue.brief if text.has_words), cue, "brief", place, context)
    for key in ("say", "each", "spread"):
        if (texts := getattr(cue, key)) is not None:
            return _make_speeches(texts, cue, key, place, context)
    return (context.make_speech(_find_own_words(cue, context)),)


def _make_speeches(
    texts: Iterable[Words], cue: AuthoredCue, key: str, place: Place, context: Context
) -> tuple[Speech, ...]:
    mark = cue.find_mark(key)
    return tuple(context.make_speech(context.write_whole(text, place, mark)) for text in texts)


def _find_own_words(cue: AuthoredCue, context: Context) -> str:
    """What narrator says of itself at a time: halfway, or how many seconds remain."""
    phrases = context.need_phrases(cue.mark)
    at = cue.at or At(0, 0)
    if at == At(At.WHOLE // 2, 0):
        return phrases.halfway
    seconds, rest = divmod(-at.offset, 1000)
    if at.is_from_end and not rest and 0 < seconds < len(phrases.numbers):
        return phrases.say_seconds_more(seconds)
    raise UnrollingError("narrator has words of its own only for 'half' and for -1s to -60s; add 'say'", cue.mark)
