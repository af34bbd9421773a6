"""Shell completion of routines, voices, bells and beds."""

from collections.abc import Iterator


def complete_routines(incomplete: str) -> Iterator[str]:
    """Yield the names of built-in routines; the shell itself completes files."""
    from narrator.routine import list_builtins

    yield from (name for name in list_builtins() if name.startswith(incomplete))


def complete_voices(incomplete: str) -> Iterator[str]:
    """Yield the names of engines; after a colon, the voices of that engine."""
    from narrator.errors import NarratorError
    from narrator.speech.registry import AUTO, list_offers

    engine_name, colon, _ = incomplete.partition(":")
    offers = list_offers()
    if not colon:
        yield from (name for name in (AUTO, *offers) if name.startswith(incomplete))
    elif engine_name in offers:
        try:
            with offers[engine_name].open() as engine:
                voices = [f"{engine_name}:{voice}" for code in engine.languages() for voice in engine.voices(code)]
        except NarratorError:
            return
        yield from (voice for voice in dict.fromkeys(voices) if voice.startswith(incomplete))


def complete_sounds(incomplete: str) -> Iterator[str]:
    """Yield the names of bells and beds."""
    from narrator.sound.catalog import BEDS, BELLS

    yield from (name for name in (*BELLS, *BEDS) if name.startswith(incomplete))
