"""Measures what a routine gives its listener at each length: poses, silences, sentences, safety.

Run it from the top of the project for a table: `python tests/content.py [NAME ...]`.
"""

import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from narrator.mix.islands import measure_stroke
from narrator.review.figures import list_wordless
from narrator.routine import list_builtins, load_routine
from narrator.script import Bell, Speech, write_script
from narrator.speech.engines.silent import estimate_length
from narrator.timeline import Growth, Hold, Lengths, Timeline, lay_out, measure_range
from narrator.units import ceil_ticks, format_duration, ticks_to_ms

MINUTE = 60_000
LENGTHS = (5 * MINUTE, 10 * MINUTE, 20 * MINUTE, 30 * MINUTE)
SHORTEST_POSE = 25_000
WORDLESS = {"full": 90_000, "brief": 150_000}
CAPS = {
    "pigeon": 3, "lizard": 3, "happy baby": 3, "butterfly": 5, "child's pose": 5, "squat": 1.5, "scorpion": 0.75,
    "tender spot": 1.5, "bridge": 2, "cat-cow": 2, "rest": 5,
}  # fmt: skip
"""Longest that a beginner is kept in a pose, in minutes, by a word of its part or its section."""
QUIET = {"bowls", "bedtime", "warm-bath", "free-dance", "journaling", "sitting-breath"}
"""Routines that are about silence: more than half of them may be quiet."""
RANGES = {"warm-bath": (15, 30), "hips-whole": (15, 60), "grounding": (3, 10)}
"""From at most, to at least, in minutes; the others go from 5 to 30."""
WORD_OF_SAFETY, WAY_OUT, ENDING = "safety", "choice", "ending"


@dataclass(frozen=True)
class Measured:
    """A routine at one length, in ms."""

    timeline: Timeline
    poses: list[Hold]
    wordless: int
    quiet: int
    texts: set[str]
    over_cap: list[str]


def find_cap(script, hold: Hold) -> float:
    """Return the longest time for a pose in ms, by the name of its part and those of the sections around it."""
    item = next(each for each in script.steps if each.id == hold.id)
    names = [item.mark.file.rpartition("/")[2].removesuffix(".yaml").replace("-", " ")]
    index = item.section
    while index is not None:
        names.append(script.sections[index].title.casefold().replace("-", " "))
        index = script.sections[index].parent
    caps = [
        minutes * MINUTE
        for word, minutes in CAPS.items()
        if any(word.replace("-", " ").replace("'", "") in name.replace("'", "").replace("’", "") for name in names[:2])
    ]
    return min(caps, default=float("inf"))


@cache
def prepare(path: Path, guidance: str = "full", language: str | None = None) -> Growth:
    """Return a routine ready to be laid out, with sentences as long as the voice `silent` speaks them."""
    script = write_script(load_routine(path), guidance, language)
    pace = script.heading.voice.pace
    clips = {text: ticks_to_ms(ceil_ticks(estimate_length(text, pace))) for text in script.list_texts()}
    cues = [*script.list_cues(), *script.material.list_cues()]
    rings = {bell: measure_stroke(bell) for bell in dict.fromkeys(cue.stroke for cue in cues if isinstance(cue, Bell))}
    return Growth(script, Lengths(clips, rings))


def measure(growth: Growth, length: int) -> Measured:
    """Measure a routine at a length that it allows."""
    timeline = lay_out(growth, growth.lengths, length)
    quiet = sum(hold.end - hold.start for hold in timeline.holds if hold.is_quiet)
    over = [
        f"{hold.id} {format_duration(hold.end - hold.start)}"
        for hold in timeline.holds
        if not hold.is_quiet and hold.end - hold.start > find_cap(growth.script, hold)
    ]
    return Measured(
        timeline,
        [hold for hold in timeline.holds if not hold.is_quiet],
        max((stretch.length for stretch in list_wordless(timeline)), default=0),
        quiet,
        {segment.cue.text for segment in timeline.segments if isinstance(segment.cue, Speech)},
        over,
    )


def find_named(timeline: Timeline, name: str) -> list[int]:
    """Return the starts of what is said in the step of an id, in ms."""
    return [segment.start for segment in timeline.segments if name in segment.id.replace("#", "/").split("/")]


def list_lengths(growth: Growth) -> list[int]:
    """Return the lengths at which a routine is looked at: those that it allows, and its own."""
    span = measure_range(growth.script, growth.lengths)
    own = growth.script.length or span.natural
    return sorted({*(length for length in LENGTHS if span.shortest <= length <= span.longest), own})


def list_faults(path: Path, guidance: str, language: str | None = None) -> list[str]:
    """Return what a careful teacher would not let pass in a routine, at every length."""
    growth, name = prepare(path, guidance, language), path.stem
    span = measure_range(growth.script, growth.lengths)
    least, most = RANGES.get(name, (5, 30))
    faults = []
    if span.shortest > least * MINUTE or span.longest < most * MINUTE:
        found = f"{format_duration(span.shortest)}..{format_duration(span.longest)}"
        faults.append(f"takes {found}, not {least} to {most} minutes")
    sentences: dict[int, int] = {}
    for length in list_lengths(growth):
        if growth.choose(length) is None:
            faults.append(f"{format_duration(length)}: no set of steps takes that long")
            continue
        measured = measure(growth, length)
        sentences[length] = len(measured.texts)
        faults += [f"{format_duration(length)}: {fault}" for fault in _list_faults_at(name, guidance, measured)]
    if guidance == "full" and {10 * MINUTE, 30 * MINUTE} <= set(sentences):
        short, long = sentences[10 * MINUTE], sentences[30 * MINUTE]
        if long < 1.4 * short:
            faults.append(f"{long} different sentences at 30 minutes, {short} at 10: less than 1.4 times as many")
    return faults


def _list_faults_at(name: str, guidance: str, measured: Measured) -> list[str]:
    timeline = measured.timeline
    faults = [
        f"{hold.id} takes {format_duration(hold.end - hold.start)}"
        for hold in measured.poses
        if hold.end - hold.start < SHORTEST_POSE
    ]
    faults += [f"over its cap: {each}" for each in measured.over_cap]
    if measured.wordless > WORDLESS[guidance]:
        faults.append(f"no word for {format_duration(measured.wordless)}")
    faults += [f"{hold.id} has a side and is quiet" for hold in timeline.holds if hold.is_quiet and hold.side]
    if name not in QUIET and measured.quiet > timeline.length / 2:
        faults.append(f"quiet for {format_duration(measured.quiet)}")
    safety, choice, ending = (find_named(timeline, each) for each in (WORD_OF_SAFETY, WAY_OUT, ENDING))
    if not safety or safety[0] > MINUTE:
        faults.append(f"no word of safety in the first minute ({safety[:1]})")
    if not choice or choice[0] > timeline.length / 2:
        faults.append(f"no way out in the first half ({choice[:1]})")
    if not ending or ending[-1] < timeline.length * 0.7:
        faults.append(f"no gentle end ({ending[-1:]})")
    return faults


def show_row(path: Path, guidance: str) -> str:
    """Return a row of the table: at each length the poses, the longest time without a word, and the sentences."""
    growth = prepare(path, guidance)
    span = measure_range(growth.script, growth.lengths)
    cells = []
    for length in LENGTHS:
        if not span.shortest <= length <= span.longest or growth.choose(length) is None:
            cells.append("-")
            continue
        measured = measure(growth, length)
        poses = [(hold.end - hold.start) // 1000 for hold in measured.poses]
        held = f"{min(poses)}..{max(poses)}" if poses else "none"
        cells.append(f"{held} / {measured.wordless // 1000} / {len(measured.texts)}")
    ranged = f"{format_duration(span.shortest // 1000 * 1000)}..{format_duration(span.longest // 1000 * 1000)}"
    return f"| {path.stem} | {ranged} | {' | '.join(cells)} | {len(list_faults(path, guidance))} |"


if __name__ == "__main__":
    routines = list_builtins()
    chosen = [routines[name] for name in sys.argv[1:] or routines]
    for guidance in WORDLESS:
        print(f"\n{guidance}: poses in s, shortest..longest / longest time without a word in s / different sentences\n")
        print("| routine | range | 5m | 10m | 20m | 30m | faults |\n|---|---|---|---|---|---|---|")
        for path in chosen:
            print(show_row(path, guidance))
    for path in chosen:
        for guidance in WORDLESS:
            for fault in list_faults(path, guidance):
                print(f"{path.stem}, {guidance}: {fault}")
