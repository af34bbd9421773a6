"""Optional steps: which are left out, the last first, to make a script short enough."""

from narrator.script import Bell, BreathBlock, Item, Script, Silence, needs_gap
from narrator.timeline.placed import Lengths
from narrator.units import Ticks, floor_ticks, ms_to_ticks


def leave_out_options(script: Script, lengths: Lengths, ticks: Ticks) -> Script:
    """The script without as few of its last optional steps as lets it be that short; whole when none helps."""
    names = [name for name, _ in script.options]
    for count, least in enumerate(measure_leasts(script, lengths)):
        if least is not None and least <= ticks:
            return script.leave_out(names[len(names) - count :])
    return script


def measure_leasts(script: Script, lengths: Lengths) -> list[Ticks | None]:
    """Least length of a script without its last 0, 1, 2, ... optional steps; None where nothing is left.

    Each step is taken out of a chain of what remains, and only what changes beside it is counted anew: a gap may come
    where a silence goes, so that leaving a step out does not always shorten.
    """
    chain = _Chain(script, lengths)
    leasts = [chain.total]
    for name, _ in reversed(script.options):
        for index in chain.members[name]:
            chain.remove(index)
        leasts.append(chain.total)
    return [chain.lead + least if least else None for least in leasts]


class _Chain:
    """The items of a script in a row that items can be taken out of, and what the rest takes at the least."""

    def __init__(self, script: Script, lengths: Lengths) -> None:
        self._items = script.steps
        self._lengths = lengths
        self._gap = script.gap
        count = len(script.steps)
        # Neighbours by index; the place after the last stands for both ends.
        self._next = [*range(1, count + 1), 0]
        self._previous = [count, *range(count)]
        self._alive = [True] * count
        self.members: dict[object, list[int]] = {name: [] for name, _ in script.options}
        for index, item in enumerate(script.steps):
            for name in item.options:
                self.members[name].append(index)
        lead = script.items[0].what
        self.lead = floor_ticks(lead.length.least) if isinstance(lead, Silence) else 0
        self.total = sum(self._take(index) for index in range(count))

    def remove(self, index: int) -> None:
        """Take an item out, unless it is out already."""
        if not self._alive[index]:
            return
        before, after = self._previous[index], self._next[index]
        self.total -= self._take(before) + self._take(index)
        self._next[before], self._previous[after] = after, before
        self._alive[index] = False
        self.total += self._take(before)

    def _take(self, index: int) -> Ticks:
        """Least ticks of an item and of the gap after it."""
        if index == len(self._items):
            return 0
        after = self._next[index]
        following = self._items[after] if after < len(self._items) else None
        return self._measure(self._items[index], following)

    def _measure(self, item: Item, following: Item | None) -> Ticks:
        match item.what:
            case Silence(length=length):
                return floor_ticks(length.least)
            case BreathBlock() as block:
                return floor_ticks(block.measure(block.least))
            case Bell() as bell:
                return floor_ticks(self._lengths.measure(bell, is_last=following is None))
            case cue:
                gap = 0
                if needs_gap(item, following):
                    gap = ms_to_ticks(2 * self._gap if item.ends_paragraph else self._gap)
                return floor_ticks(self._lengths.measure(cue)) + gap
