"""Makes takes, as a person records them: with pauses, slips, retakes, false starts, a cough, noise and a room."""

import itertools
from dataclasses import dataclass, field
from functools import cache

import numpy as np

from narrator.sound.resample import resample_to
from narrator.speech.registry import choose_voice, open_engine

RATE = 48_000


@dataclass(frozen=True)
class Plan:
    """What happens in a take; all but the levels are numbers of sentences, from 0."""

    missing: frozenset = frozenset()
    retakes: frozenset = frozenset()
    false_starts: frozenset = frozenset()
    slips: frozenset = frozenset()
    """Sentences whose second half is first said wrongly: that of another sentence."""
    coughs: frozenset = frozenset()
    """Sentences after which the speaker coughs."""
    breaks: frozenset = frozenset()
    """Sentences with a long pause within."""
    noise: float = -55.0
    pace: float = 0.85
    room: float = 0.0
    """Level of the reverberation, of at most 1."""


@dataclass
class Take:
    """Sound of shape (frames,) at 48 kHz, and what is heard where: start and end in ms, kind, and sentence."""

    samples: np.ndarray = None
    truth: list = field(default_factory=list)


def plan_take(count, seed, **options):
    """Three retakes, two false starts, a slip, a missing sentence, a cough, and pauses within six sentences."""
    rng = np.random.default_rng([seed, 77])
    order = [int(number) for number in rng.permutation(np.arange(1, count - 1))]
    kinds = iter(order)

    def draw(number):
        return frozenset(itertools.islice(kinds, number))

    return Plan(draw(1), draw(3), draw(2), draw(1), draw(1), draw(6), **options)


@cache
def _open():
    return open_engine("hibari")


@cache
def say(text, pace):
    engine = _open()
    return engine.synthesize(text, choose_voice(engine, None, "en", pace)).samples[:, 0].copy()


def make_take(sentences, plan, seed):  # noqa: C901 - all that may happen
    """Read the sentences aloud."""
    rng = np.random.default_rng(seed)
    parts, take, at = [], Take(), 0

    def add(samples, label=None):
        nonlocal at
        if label:
            take.truth.append((at // 48, (at + _find_end(samples)) // 48, *label))
        parts.append(samples)
        at += len(samples)

    def rest(least, most):
        add(np.zeros(int(rng.uniform(least, most) * RATE), np.float32))

    def speak(text):
        return say(text, round(float(plan.pace * np.exp(rng.normal(0, 0.06))), 2)) * rng.uniform(0.7, 1.0)

    rest(0.5, 2)
    for number, text in enumerate(sentences):
        if number in plan.missing:
            continue
        if number in plan.false_starts:
            whole = speak(text)
            add(_end(whole[: int(len(whole) * rng.uniform(0.3, 0.6))]), ("false", number))
            rest(0.5, 1.2)
        if number in plan.retakes:
            add(speak(text), ("old", number))
            rest(0.7, 1.5)
        if number in plan.slips:
            half = speak(text)
            add(_end(half[: len(half) // 2]), ("false", number))
            rest(0.05, 0.1)
            add(speak(sentences[(number + 7) % len(sentences)]), ("slip", number))
            rest(0.7, 1.5)
        samples = speak(text)
        if number in plan.breaks and (place := _find_dip(samples)):
            add(samples[:place], ("good", number))
            rest(0.4, 0.9)
            add(samples[place:], ("good", number))
        else:
            add(samples, ("good", number))
        rest(0.9, 2.6)
        if number in plan.coughs:
            add(_cough(rng), ("cough", -1))
            rest(0.9, 2.0)
    take.samples = _record(np.concatenate(parts), plan, rng)
    return take


def _find_end(samples):
    """What follows the last sample over -60 dBFS, as it is recorded, is silence that the voice adds."""
    heard = np.flatnonzero(np.abs(samples) > 0.002)
    return int(heard[-1]) + 1 if heard.size else len(samples)


def _end(samples):
    samples = samples.copy()
    samples[-960:] *= np.linspace(1, 0, 960, dtype=np.float32)
    return samples


def _find_dip(samples):
    """The middle of the quietest 60 ms in the middle of a sentence; None for a short one."""
    if len(samples) < 2 * RATE:
        return None
    power = np.convolve(np.square(samples), np.ones(2880), "same")
    first = int(len(samples) * 0.3)
    return first + int(power[first : int(len(samples) * 0.7)].argmin())


def _cough(rng):
    size = int(0.35 * RATE)
    return (rng.standard_normal(size) * 0.25 * np.exp(-np.arange(size) / (0.09 * RATE))).astype(np.float32)


def _record(samples, plan, rng):
    heard = samples * 0.5
    if plan.room:
        size = int(0.35 * RATE)
        tail = rng.standard_normal(size) * np.exp(-np.arange(size) / (0.07 * RATE))
        echo = np.fft.irfft(
            np.fft.rfft(heard, len(heard) + size)
            * np.fft.rfft(tail / np.sqrt(np.square(tail).sum()), len(heard) + size)
        )[: len(heard)]
        heard = heard + plan.room * echo
    return (heard + rng.standard_normal(len(heard)) * 10 ** (plan.noise / 20)).astype(np.float32)


def narrow(samples, rate=8000):
    """Sound at the sample rate of a telephone, shape (frames,): up to 4 kHz."""
    return resample_to(samples[:, None], rate)
