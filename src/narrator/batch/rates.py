"""How long it takes to make tracks on this machine: measured in earlier runs, and stored in the cache."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields

from narrator.batch.group import group_requests
from narrator.batch.survey import Prospect
from narrator.cache import Cache, make_key
from narrator.errors import OutsideError
from narrator.ledger import Track
from narrator.request import TrackRequest
from narrator.units import Ms

_SHELF = "rates"
_KEY = make_key("rates", 1)
_MOST = 10 * 3_600_000.0
"""Length of sound in ms from which on older figures count less."""


@dataclass(frozen=True, slots=True)
class Rates:
    """Sums of earlier runs: lengths of sound in ms, and the time in s that making it took."""

    spoken: float = 0.0
    speaking: float = 0.0
    first: float = 0.0
    """Length of the first track of each session."""
    making: float = 0.0
    other: float = 0.0
    """Length of other tracks of the same sessions, much of which is in the cache."""
    repeating: float = 0.0

    @property
    def is_measured(self) -> bool:
        """Whether there was an earlier run."""
        return self.first > 0

    def estimate(self, unspoken: float, first: float, other: float) -> float:
        """Return the time in ms that speech, first tracks of sessions, and other tracks take, by their lengths."""
        usual = Rates(**_USUAL)
        total = 0.0
        for length, done, took in (
            (unspoken, "spoken", "speaking"),
            (first, "first", "making"),
            (other, "other", "repeating"),
        ):
            known = self if getattr(self, done) else usual
            total += length * 1000 * getattr(known, took) / getattr(known, done)
        return total


_USUAL = {"spoken": 1000.0, "speaking": 0.1, "first": 1000.0, "making": 0.02, "other": 1000.0, "repeating": 0.006}
"""Figures of a computer with two cores and the voice `hibari`, for a first estimate."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What the tracks of a batch come to: how many there are in each state, and what those to make take."""

    states: Counter[str]
    length: Ms
    size: int
    is_exact: bool
    time: Ms
    """About how long it takes to make them."""
    source: str
    """Where the figures come from that the time is estimated with."""


def sum_up(prospects: Sequence[Prospect], jobs: int, rates: Rates) -> Plan:
    """Return what the tracks of a batch come to, if so many of its groups are made at the same time."""
    made = [each for each in prospects if each.state == "make"]
    groups = group_requests(dict.fromkeys(each.request for each in made))
    begun = {group[0] for group in groups}
    first = sum(each.length for each in made if each.request in begun)
    length = sum(each.length for each in made)
    time = rates.estimate(sum(each.unspoken for each in made), first, length - first)
    return Plan(
        Counter(each.state for each in prospects),
        length,
        sum(each.size or 0 for each in made),
        all(each.is_exact for each in made),
        round(time / max(1, min(jobs, len(groups)))),
        "measured in earlier runs on this machine"
        if rates.is_measured
        else "usual figures; none were measured here yet",
    )


def read_rates(cache: Cache) -> Rates:
    """Return the figures of earlier runs; zero for those that there were none of."""
    data = cache.get(_SHELF, _KEY)
    try:
        known = json.loads(data) if data else {}
        return Rates(**{field.name: float(known.get(field.name, 0)) for field in fields(Rates)})
    except (ValueError, TypeError, AttributeError):
        return Rates()


def keep_rates(cache: Cache, prospects: Sequence[Prospect], made: Sequence[tuple[TrackRequest, Track]]) -> None:
    """Add the figures of a run to those of earlier ones; if the cache cannot be written, they are lost."""
    known = asdict(read_rates(cache))
    sizes = {"spoken": 0.0, "speaking": 0.0, "first": 0.0, "making": 0.0, "other": 0.0, "repeating": 0.0}
    for prospect in prospects:
        if prospect.seconds and prospect.unspoken:
            sizes["spoken"] += prospect.unspoken
            sizes["speaking"] += prospect.seconds
    begun = {group[0] for group in group_requests(dict.fromkeys(request for request, _ in made))}
    for request, track in made:
        done, took = ("first", "making") if request in begun else ("other", "repeating")
        sizes[done] += track.length_ms
        sizes[took] += track.seconds
    if not made:
        return
    for done, took in (("spoken", "speaking"), ("first", "making"), ("other", "repeating")):
        share = min(1.0, _MOST / known[done]) if known[done] else 1.0
        known[done] = known[done] * share + sizes[done]
        known[took] = known[took] * share + sizes[took]
    try:
        cache.put(_SHELF, _KEY, json.dumps(known).encode())
    except OutsideError:
        return
