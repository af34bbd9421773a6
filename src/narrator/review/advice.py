"""Warnings about the script of a routine: speech, breath holds, pace and safety."""

import re
from collections.abc import Iterable, Iterator

from narrator.errors import Fault, Mark
from narrator.routine.phrases import Phrases, find_phrases
from narrator.script import Bell, BreathBlock, Recording, Script, Silence, Speech, list_speeches
from narrator.timeline import Growth, Hold, Lengths, lay_out, show_length
from narrator.timeline.holds import HoldPlacer
from narrator.units import Ms

LONGEST_SPEECH: Ms = 60_000
"""Longest speech without a pause that is easy to follow."""
LONGEST_HELD: Ms = 10_000
"""Longest hold of the breath that suits beginners."""
PACE = (60, 180)
"""Slowest and fastest pace, in words a minute, that is easy to follow."""
_EASY_PAUSE: Ms = 1500
"""Shortest silence that lets a listener catch up; shorter ones are gaps between sentences."""


def review_growth(growth: Growth) -> list[Fault]:
    """Return warnings about a script that hold for every length of the track, in the order of the file."""
    script, lengths = growth.script, growth.lengths
    found = [
        *lay_out(growth, lengths).notes,
        *(fault for fullest in growth.list_fullest() for fault in _find_long_speech(fullest, lengths)),
        *_find_long_holds(script),
        *_find_pace(script, lengths),
        *_find_missing_safety(script),
    ]
    return sorted(dict.fromkeys(found), key=_find_line)


def find_unheard(growth: Growth) -> list[Fault]:
    """Return warnings about cues that do not fit in their hold even at its longest."""
    return list(dict.fromkeys(_find_unheard(growth.script, growth.lengths)))


def _find_unheard(script: Script, lengths: Lengths) -> Iterator[Fault]:
    seen: set[object] = set()
    for item in script.steps:
        if isinstance(item.what, Silence) and item.what.cues:
            longest = item.what.length.most
            # Every round of a repeat has the same hold; only the ids of its cues differ.
            known = longest, tuple((cue.mark, cue.where, cue.cues) for cue in item.what.cues)
            if known in seen:
                continue
            seen.add(known)
            segments, _ = HoldPlacer(lengths).place(item.what.cues, Hold(0, longest, item.mark))
            heard = {segment.mark for segment in segments}
            for cue in item.what.cues:
                if cue.mark not in heard:
                    text = f"this cue never fits in its hold, which takes at most {show_length(longest)}"
                    yield Fault(f"{text}; make the hold longer or move the cue", cue.mark)


def _find_line(fault: Fault) -> tuple[int, int]:
    return (fault.mark.line, fault.mark.column) if fault.mark else (0, 0)


def _find_long_speech(script: Script, lengths: Lengths) -> Iterator[Fault]:
    run: Ms = 0
    start: Mark | None = None
    for item in script.items:
        match item.what:
            case Speech() as speech:
                start = start or item.mark
                run += lengths.measure(speech)
            case Silence(length=length, is_hold=False) if length.natural < _EASY_PAUSE:
                run += length.natural if run else 0
            case Silence() | Bell() | Recording() | BreathBlock():
                run, start = 0, None
        if run > LONGEST_SPEECH and start:
            yield Fault(
                f"over {LONGEST_SPEECH // 1000} s of speech without a pause start here; add a pause or a hold", start
            )
            run, start = 0, None


def _find_long_holds(script: Script) -> Iterator[Fault]:
    for item in script.steps:
        if isinstance(item.what, BreathBlock):
            for phase in item.what.phases:
                longest = max(phase.first, phase.last)
                if phase.name in {"hold", "pause"} and longest > LONGEST_HELD:
                    yield Fault(
                        f"the breath is held for {longest / 1000:g} s; over {LONGEST_HELD // 1000} s is too long "
                        "for beginners",
                        item.mark,
                    )


def _find_pace(script: Script, lengths: Lengths) -> Iterator[Fault]:
    texts = script.list_texts()
    words, time = sum(len(text.split()) for text in texts), sum(lengths.clips[text] for text in texts)
    if words < 20:
        return
    pace = round(words * 60_000 / time)
    if not PACE[0] <= pace <= PACE[1]:
        change = "lower" if pace > PACE[1] else "raise"
        yield Fault(
            f"the voice speaks {pace} words a minute, outside {PACE[0]} to {PACE[1]}; {change} 'pace' in 'voice'",
            script.heading.voice_mark,
        )


def _find_missing_safety(script: Script) -> Iterator[Fault]:
    phrases = find_phrases(script.heading.language)
    if phrases is None:
        return
    texts = [speech.text for cue in script.list_cues() for speech in list_speeches(cue)]
    texts += (section.title for section in script.sections)
    pose = _find_words(texts, phrases.poses)
    if pose and not _find_words(texts, phrases.safety):
        yield Fault(_describe_missing(pose, phrases), script.mark)


def _describe_missing(pose: str, phrases: Phrases) -> str:
    return (
        f"this routine has poses ({pose!r}) but no words of safety; say at the start when to stop or ease out "
        f"(narrator looks for words such as {', '.join(repr(word) for word in phrases.safety[:3])})"
    )


def _find_words(texts: Iterable[str], words: Iterable[str]) -> str | None:
    """Return the first of the words or phrases found in the texts, or None."""
    pattern = re.compile(rf"(?<!\w)({'|'.join(map(re.escape, words))})(?!\w)", re.IGNORECASE)
    return next((found.group() for text in texts if (found := pattern.search(text))), None)
