"""Warnings about sound files that are struck as bells, and are longer than the time that a bell gets."""

from collections.abc import Iterator, Mapping
from pathlib import PurePath

from narrator.errors import Fault
from narrator.script import Bell, Script
from narrator.timeline.placed import LONGEST_RING
from narrator.units import Ms, format_duration, format_seconds


def find_long_rings(script: Script, rings: Mapping[Bell, Ms], longest: Ms) -> Iterator[Fault]:
    """Yield a warning for each sound file that goes on under what follows, or is cut at `longest` ms.

    An author who gives `every` has chosen the time until what follows, and one who gives `length` where the sound ends.
    """
    cues = list(script.list_cues())
    bells = [cue for cue in cues if isinstance(cue, Bell) and cue.digest and cue.length is None]
    followed = {cue.stroke for cue in cues[:-1] if isinstance(cue, Bell)}
    for stroke, bell in {bell.stroke: bell for bell in reversed(bells)}.items():
        name, ring = PurePath(bell.sound).name, rings[stroke]
        fix = bell.mark and bell.mark.text and _rewrite(bell, name)
        if ring >= longest:
            yield Fault(
                f"{name} is cut after {format_seconds(longest)}, the most that a bell may ring; to hear all of it, "
                f"write 'play: {name}'",
                bell.mark,
                fix=fix or None,
            )
        elif ring > LONGEST_RING and bell.rest is None and stroke in followed:
            box = format_duration(LONGEST_RING)
            yield Fault(
                f"{name} is heard for {format_seconds(ring)}, but what follows comes after {box}; to wait for all "
                f"of it, write 'play: {name}'; to let it ring on, add 'every: {box}'",
                bell.mark,
                fix=fix or None,
            )


def _rewrite(bell: Bell, name: str) -> str | None:
    """Return the line with `play` instead, if nothing but the file is in it."""
    mark = bell.mark
    before, _, after = mark.text.partition("bell:") if mark else ("", "", "")
    written = after.split(" #")[0].strip().strip("'\"")
    return f"{before}play:{after}" if PurePath(written).name == name else None
