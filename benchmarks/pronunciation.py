"""How well names of poses are pronounced, with narrator's lexicon and without.

    python benchmarks/pronunciation.py [VOICE ...]

Each voice (`espeak` and `hibari` unless named) says thirty names, once as they are written, once with their respellings
from the lexicon, and once as narrator gives them to it: by their sounds, where it can be given phonemes. A recogniser
(moonshine-voice's tiny English model; the extra `asr`) writes down what it hears in "Now come into ...", and that is
taken for whichever of the thirty is nearest by the fewest letters changed, as written or as respelt. The figures are
how many of the thirty are taken for themselves. What was heard of the others is printed too. Exit code 0 when the
lexicon makes no voice worse, else 1.
"""

import argparse
import sys
from collections.abc import Callable, Sequence

from listening import count_errors
from narrator.routine.lexicon import Pronounced, load_lexicon
from narrator.speech.engine import Engine, Voice
from narrator.speech.registry import choose_voice, open_engine, split_voice
from narrator.speech.runs import Phonemes, Run
from narrator.takes.hearing import transcribe

NAMES = (
    "Savasana", "Balasana", "Malasana", "Tadasana", "Vrksasana", "Trikonasana", "Virabhadrasana", "Utkatasana",
    "Uttanasana", "Paschimottanasana", "Bhujangasana", "Salabhasana", "Dhanurasana", "Ustrasana", "Navasana",
    "Chaturanga", "Vasisthasana", "Garudasana", "Natarajasana", "Hanumanasana", "Kapotasana", "Sarvangasana",
    "Halasana", "Matsyasana", "Gomukhasana", "Marichyasana", "Bakasana", "Kurmasana", "Anjaneyasana", "Janu Sirsasana",
)  # fmt: skip
CARRIER = "Now come into "


def say_written(name: Pronounced) -> Run:
    """Return the name as a routine has it."""
    return name.word


def say_respelt(name: Pronounced) -> Run:
    """Return the name in the lexicon's letters."""
    return name.respelling or name.word


def say_sounds(name: Pronounced) -> Run:
    """Return the name by its sounds."""
    return Phonemes(name.word, name.ipa) if name.ipa else say_respelt(name)


WAYS: dict[str, Callable[[Pronounced], Run]] = {
    "as written": say_written, "respelt": say_respelt, "by its sounds": say_sounds,
}  # fmt: skip


def find_nearest(heard: str) -> str:
    """Return the name that is nearest to what was heard, by letters."""
    letters = _simplify(heard)
    known = load_lexicon()

    def count(name: str) -> int:
        spellings = {name, known[name.lower()].respelling or name}
        return min(count_errors(_simplify(spelling), letters) for spelling in spellings)

    return min(NAMES, key=count)


def _simplify(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter.isalpha())


def count_right(engine: Engine, voice: Voice, way: Callable[[Pronounced], Run]) -> tuple[int, list[str]]:
    """Return how many names are taken for themselves, and what was heard of the others."""
    right, wrong = 0, []
    for name in NAMES:
        run = way(load_lexicon()[name.lower()])
        runs: list[Run] = [CARRIER, run, "."]
        clip = (
            engine.synthesize_runs(runs, voice)
            if isinstance(run, Phonemes)
            else engine.synthesize("".join(each for each in runs if isinstance(each, str)), voice)
        )
        heard = transcribe(clip.samples)
        # What comes after the carrier, however its words were heard.
        rest = " ".join(heard.split()[3:]) or heard
        nearest = find_nearest(rest)
        right += nearest == name
        wrong += [] if nearest == name else [f"{name} -> {rest} ({nearest})"]
    return right, wrong


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the table, and judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("voices", nargs="*", default=["espeak", "hibari"])
    options = parser.parse_args(arguments)
    is_worse = False
    print(f"{'voice':16}" + "".join(f"{title:>16}" for title in WAYS) + f"   of {len(NAMES)}")
    for asked in options.voices:
        kind, name = split_voice(asked)
        with open_engine(kind) as engine:
            voice = choose_voice(engine, name, "en", 1.0)
            ways = WAYS if engine.takes_phonemes(voice) else dict(list(WAYS.items())[:2])
            found = {title: count_right(engine, voice, way) for title, way in ways.items()}
        print(f"{asked:16}" + "".join(f"{right:16}" for right, _ in found.values()), flush=True)
        for title, (_, wrong) in found.items():
            print(f"  {title}: " + "; ".join(wrong))
        figures = [right for right, _ in found.values()]
        is_worse = is_worse or figures[-1] < figures[0]
    return int(is_worse)


if __name__ == "__main__":
    sys.exit(main())
