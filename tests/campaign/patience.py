"""Telling a process that hangs from one that others keep waiting: the one uses no CPU, the other does."""

import os
from collections import defaultdict
from pathlib import Path

IDLE = 0.2
"""Seconds of CPU that a process at work gets while it is waited for, however busy the machine is."""
ENDLESS = 120.0
"""Seconds of CPU after which a process is said never to end; those of a busy machine count for less than others."""


def measure_cpu(pid: int) -> float | None:
    """Return the seconds of CPU that a process and all its descendants have used; None where this is not known."""
    used: dict[int, float] = {}
    children: defaultdict[int, list[int]] = defaultdict(list)
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            # After the name, which may have spaces in it: state, parent, ..., and the times as the 12th to 15th.
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children[int(fields[1])].append(int(path.parent.name))
        used[int(path.parent.name)] = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    if pid not in used:
        return None
    family = [pid]
    for each in family:
        family += children[each]
    return sum(used.get(each, 0.0) for each in family)


class Watch:
    """Says of a process that has been waited for in vain whether it is at work: it uses CPU, but not without end."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._first = self._last = measure_cpu(pid) or 0.0

    @property
    def used(self) -> float:
        """Seconds of CPU that it is known to have used since the watch began."""
        return self._last - self._first

    def is_working(self) -> bool:
        """Whether it has used some since it was last asked about, and not too much in all."""
        before, now = self._last, measure_cpu(self._pid)
        self._last = before if now is None else now
        return self._last - before > IDLE and self.used < ENDLESS
