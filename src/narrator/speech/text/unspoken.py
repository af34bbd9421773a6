"""What a voice would leave out of its texts, or misread."""

from collections.abc import Iterable, Iterator, Mapping

from narrator.errors import Fault, Mark, UnspeakableError
from narrator.speech.runs import Phonemes
from narrator.speech.text.letters import describe_script, find_foreign, has_readable
from narrator.speech.text.reading import Reader, Reading, has_sound

_SHOWN = 40


def find_unspoken(
    texts: Iterable[tuple[str, Mark]], reader: Reader, pronounce_marks: Mapping[str, Mark]
) -> tuple[Fault, ...]:
    """Return a warning for each word that a voice cannot read, and for each that it cannot use the IPA of.

    The engine's own warnings follow.

    Raises:
        UnspeakableError: a text would be silent; it has a fault for each of them.
        SpeechError: the engine cannot speak a text.

    """
    pairs = list(dict.fromkeys(texts))
    warnings: dict[Fault, None] = {}
    faults: dict[Fault, None] = {}
    scripts = reader.engine.scripts(reader.voice)
    for text, mark in pairs:
        reading = reader.read(text)
        if not has_sound(reading):
            faults[Fault(f"nothing of {text[:_SHOWN]!r} would be spoken; write it in words, or remove it", mark)] = None
        elif scripts is not None:
            found = _find_foreign(reading, scripts)
            if found and not _is_heard(reading, scripts):
                faults[Fault(_describe_silence(text, found, reader), mark)] = None
            else:
                warnings |= dict.fromkeys(Fault(message, mark) for message in _describe_words(found, reader))
    if faults:
        raise UnspeakableError.gather(faults)
    first: dict[str, Mark] = {}
    for text, mark in pairs:
        first.setdefault(text, mark)
    return (*warnings, *_find_spelt(reader, pronounce_marks), *reader.engine.review_texts(first, reader.voice))


def _find_foreign(reading: Reading, scripts: Iterable[str]) -> dict[str, str]:
    known = frozenset(scripts)
    return {
        word: script for run in reading if isinstance(run, str) for word, script in find_foreign(run, known).items()
    }


def _is_heard(reading: Reading, scripts: Iterable[str]) -> bool:
    known = frozenset(scripts)
    return any(isinstance(run, Phonemes) or has_readable(run, known) for run in reading)


def _describe_silence(text: str, found: Mapping[str, str], reader: Reader) -> str:
    script = describe_script(next(iter(found.values())))
    return (
        f"{reader.voice} cannot read {text[:_SHOWN]!r}: it has no {script}, so nothing of it would be spoken; write it "
        f"in letters that the voice has, or take a voice for that language"
    )


def _describe_words(found: Mapping[str, str], reader: Reader) -> Iterator[str]:
    for word, script in found.items():
        yield (
            f"{reader.voice} has no {describe_script(script)}, and is likely to misread {word[:_SHOWN]!r}; write it in "
            f"letters that the voice has, or under 'pronounce'"
        )


def _find_spelt(reader: Reader, marks: Mapping[str, Mark]) -> Iterator[Fault]:
    """Yield a warning for each word of `pronounce` whose IPA the voice could not use."""
    spelt = dict(reader.spelt)
    for word, mark in marks.items():
        if found := spelt.get(word.lower()):
            said = "as written" if found.instead == found.word else f"as {found.instead!r}"
            yield Fault(
                f"{reader.voice} takes no IPA: {word!r} is given to it {said}; write a respelling in place of the IPA, "
                f"or take a voice that takes IPA",
                mark,
            )
