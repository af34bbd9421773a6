"""Make the breath rounds of a script from an authored step."""

from fractions import Fraction

from narrator.routine import model
from narrator.routine.breath import PhaseSpec
from narrator.script.context import Context, Place
from narrator.script.cues import BreathBlock, HoldCue, Phase, Voiced
from narrator.script.sounds import Speech
from narrator.units import Ms


def make_breath(step: model.Breathe, cues: tuple[HoldCue, ...], place: Place, context: Context) -> BreathBlock:
    """Return the breath rounds of a step.

    Raises:
        UnrollingError: there are no words for its phases, or its bounds are not in order.

    """
    has_words = bool(step.voiced.first or step.voiced.every)
    phases = tuple(
        Phase(each.name, each.first, each.last, _make_words(each, step, place, context) if has_words else ())
        for each in step.breathe
    )
    voiced = Voiced(step.voiced.first, step.voiced.every, _make_last(step, place, context))
    one = BreathBlock(phases, Fraction(1), 1, 1, voiced, place.path, cues)
    least, natural, most = _count_rounds(step, one.round, context)
    return BreathBlock(phases, natural, least, most, voiced, place.path, cues)


def _count_rounds(step: model.Breathe, length: Ms, context: Context) -> tuple[int, Fraction, int]:
    if step.for_ is None:
        rounds = step.rounds or 1
        return rounds, Fraction(rounds), rounds
    least, natural, most = context.resolve(step.for_, None, step.find_mark("for"))
    fewest = max(1, -(-least // length))
    return fewest, Fraction(natural, length), max(fewest, most // length)


def _make_last(step: model.Breathe, place: Place, context: Context) -> Speech | None:
    own = step.words.last
    if own is not None:
        return Speech(context.write_whole(own, place, step.words.find_mark("last")))
    return (
        Speech(context.need_phrases(step.mark, "words: {last: Last round.}").last_round) if step.voiced.last else None
    )


def _make_words(phase: PhaseSpec, step: model.Breathe, place: Place, context: Context) -> tuple[Speech, ...]:
    """Return the word for a phase; with `count`, also a number for each further second of its longest occurrence."""
    own, mark = phase.say, step.find_mark("breathe")
    if own is None:
        name = phase.name
        own, mark = step.words.in_ if name == "in" else getattr(step.words, name), step.words.find_mark(name)
    if own is not None:
        first = context.write_whole(own, place, mark)
    else:
        first = context.need_phrases(step.mark, _show_words(step)).breath.get(phase.name)
    if not step.count:
        return (Speech(first),)
    example = "each number as a phase of its own, such as breathe: [{in: 1s, say: In}, {in: 1s, say: Two}, {out: 2s}]"
    numbers = context.need_phrases(step.mark, example).numbers[2 : max(phase.first, phase.last) // 1000 + 1]
    return tuple(Speech(word) for word in (first, *numbers))


def _show_words(step: model.Breathe) -> str:
    """Return the key that gives a step its own words, as an author writes it."""
    names = dict.fromkeys(each.name for each in step.breathe)
    return f"words: {{{', '.join(f'{name}: ...' for name in names)}}}"
