"""What a batch comes to before it is rendered: which tracks exist, which lengths are possible, sizes and times."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal, TypeAlias

from narrator.batch.group import Group, group_requests
from narrator.cache import Cache, sharing
from narrator.errors import FAILURES, Fault, LengthError, NarratorError, explain, keep_notes
from narrator.formats.format import Mixdown, StreamFormat
from narrator.ledger import Track, make_fingerprint
from narrator.mix.sources import measure_recordings, measure_rings, open_recordings
from narrator.outputs import Target, find_tracks, list_targets
from narrator.rendering import mix_session
from narrator.request import TrackRequest
from narrator.session import Draft, Rehearsal, Report, cast_draft, read_draft, rehearse
from narrator.speech.speak import find_lengths
from narrator.speech.text.reading import Reader
from narrator.timeline import Lengths, Range, describe_spans
from narrator.timeline.arrangement import place_growth
from narrator.units import Ms, format_duration

State: TypeAlias = Literal["make", "unchanged", "impossible", "failed"]


@dataclass(frozen=True, slots=True)
class Rates:
    """How long it takes to make sound, as ratios of time to the length of the sound, and where they come from."""

    speaking: float
    """Time to speak a sentence, by its length."""
    mixing: float
    """Time to make a track, by its length, if nothing of it was made before."""
    again: float
    """Share of that time for another length of the same session, much of which is in the cache."""
    source: str


DEFAULT_RATES = Rates(0.1, 0.02, 0.3, "usual rates; none were measured here yet")
"""Rates of a computer with two cores and the voice `hibari`, for a first estimate."""


@dataclass(frozen=True, slots=True)
class Prospect:
    """What is known of a file before it is made."""

    request: TrackRequest
    path: Path
    state: State
    voice: str = ""
    length: Ms = 0
    size: int | None = None
    """Size of its file in bytes; None if it cannot be known."""
    is_exact: bool = True
    """Whether length and size are exact, and not estimates because some sentences were not spoken yet."""
    unspoken: Ms = 0
    """Estimated length of the sentences that have to be spoken for it, and are not counted for an earlier track."""
    track: Track | None = None
    """The track that exists already."""
    error: NarratorError | None = None
    unshared: tuple[Fault, ...] = ()
    """Why what was spoken to find this out is not in the store."""

    @property
    def nearest(self) -> Ms | None:
        """The possible length that is nearest to an impossible one; None if that is not known."""
        spans, asked = getattr(self.error, "spans", ()), self.request.session.options.length
        return Range(0, 0, 0, spans).find_nearest(asked) if spans and asked else None


Look: TypeAlias = Callable[[TrackRequest], Sequence[Prospect]]
"""A function that returns what is known of the files of a request that may have to be made."""


def survey_group(group: Group, cache: Cache, report: Report | None = None, *, speaks: bool) -> list[Prospect]:
    """Return what is known of the tracks of a group before they are made, in the order of their files.

    If it `speaks`, the lengths of all sentences are measured, so that a length that is possible is so when the track is
    made. Otherwise those that are not in the cache are estimated.
    """
    try:
        draft = read_draft(group[0].session)
        with cache.lease(), sharing() as shared:
            found, _ = cast_draft(draft, partial(_survey, group, draft, cache, report, speaks))
    except FAILURES as error:
        refusal = explain(error)
        if refusal is None:
            raise
        return [prospect for request in group for prospect in _refuse(request, refusal)]
    return [replace(found[0], unshared=(*shared.notes, *shared.failures)), *found[1:]]


def _survey(
    group: Group, draft: Draft, cache: Cache, report: Report | None, speaks: bool, reader: Reader
) -> list[Prospect]:
    look: Look | None = None
    known = {request: _find(request, draft, reader, cache) for request in group}
    if any(len(tracks) < len(request.outputs) for request, tracks in known.items()):
        lengths, unspoken = _measure(draft, reader, cache)
        if speaks or not unspoken:
            look = partial(_look_at, rehearse(draft, reader, cache, report), is_sized=not speaks)
        else:
            look = _Estimate(draft, str(reader.voice), lengths, unspoken).look_at
    return [prospect for request, tracks in known.items() for prospect in _describe(request, tracks, look)]


def _describe(request: TrackRequest, tracks: Mapping[Path, Track], look: Look | None) -> Iterator[Prospect]:
    """Yield what is known of the files of a request; those that do not exist as they would be made are looked at."""
    seen = {each.path: each for each in look(request)} if look and len(tracks) < len(request.outputs) else {}
    for path in request.outputs:
        if track := tracks.get(path):
            yield Prospect(request, path, "unchanged", track.voice, track.length_ms, track.size_bytes, track=track)
        else:
            yield seen[path]


def _find(request: TrackRequest, draft: Draft, reader: Reader, cache: Cache) -> dict[Path, Track]:
    if request.force or request.remake:
        return {}
    fingerprint = make_fingerprint(replace(draft, request=request.session), reader)
    return find_tracks(list_targets(request), fingerprint, cache)


def _measure(draft: Draft, reader: Reader, cache: Cache) -> tuple[Lengths, Ms]:
    """Return the lengths of all cues, and how much of the speech is not in the cache."""
    texts = draft.arrangement.script.list_texts()
    clips: dict[str, Ms] = {}
    unspoken = 0
    for text in texts:
        known, is_estimate = find_lengths([text], reader, cache)
        clips |= known
        unspoken += known[text] if is_estimate else 0
    cues = list(draft.arrangement.list_cues())
    recordings = measure_recordings(open_recordings(cues, cache))
    return Lengths(clips, measure_rings(cues), recordings, bool(unspoken)), unspoken


def _look_at(rehearsal: Rehearsal, request: TrackRequest, *, is_sized: bool) -> list[Prospect]:
    try:
        with keep_notes(rehearsal.draft.arrangement.script.notes):
            session = rehearsal.place(request.session.options.length)
    except NarratorError as error:
        return _refuse(request, error)
    mixdown = mix_session(session) if is_sized else None
    return [
        Prospect(
            request, target.path, "make", str(session.voice), session.timeline.length, *_find_size(target, mixdown)
        )
        for target in list_targets(request)
    ]


def _find_size(target: Target, mixdown: Mixdown | None) -> tuple[int | None, bool]:
    """Return the size of a file, and whether it is exact: where the place of every byte is known, it is."""
    if mixdown is None:
        return None, True
    if isinstance(target.form, StreamFormat):
        return target.form.open(mixdown, target.encoding).size, True
    return estimate_size(target, mixdown.timeline.length, 0), False


def _refuse(request: TrackRequest, error: NarratorError, *, is_exact: bool = True) -> list[Prospect]:
    state: State = "impossible" if isinstance(error, LengthError) else "failed"
    length = request.session.options.length or 0
    return [Prospect(request, path, state, length=length, is_exact=is_exact, error=error) for path in request.outputs]


class _Estimate:
    """A look at a session of which some sentences were not spoken yet."""

    def __init__(self, draft: Draft, voice: str, lengths: Lengths, unspoken: Ms) -> None:
        self._arrangement, self._voice, self._lengths, self._unspoken = draft.arrangement, voice, lengths, unspoken
        self._growth = draft.arrangement.grow(lengths)
        self._bytes = sum(len(text.encode()) for text in lengths.clips)

    def look_at(self, request: TrackRequest) -> list[Prospect]:
        """Return what is known of the files of a request."""
        options = request.session.options
        try:
            if self._growth:
                timeline = place_growth(self._growth, options.length, nearest=options.nearest)
            else:
                timeline = self._arrangement.place(self._lengths, options.length)
        except NarratorError as error:
            return _refuse(request, error, is_exact=False)
        unspoken, self._unspoken = self._unspoken, 0
        prospects = []
        for target in list_targets(request):
            size = estimate_size(target, timeline.length, self._bytes)
            known = request, target.path, "make", self._voice, timeline.length, size
            prospects.append(Prospect(*known, is_exact=False, unspoken=unspoken))  # type: ignore[arg-type]
            unspoken = 0
        return prospects


_LOSSLESS = 600
"""About how many kbit/s a second channel-pair of speech and silence takes, losslessly compressed."""
_RAW = {".wav": 768}
"""Bit rates in kbit/s of one channel of formats that are not compressed."""


def estimate_size(target: Target, length: Ms, words: int) -> int:
    """Return about how many bytes a track has: its sound, and its words, which are in it with and without times."""
    encoding, raw = target.encoding, _RAW.get(target.path.suffix.lower())
    rate = raw * encoding.channels if raw else encoding.bitrate or _LOSSLESS * encoding.channels // 2
    return length * rate // 8 + 3 * words + 2000


def list_refused(prospects: Iterable[Prospect]) -> list[Prospect]:
    """Return the prospects whose lengths are impossible."""
    return [each for each in prospects if each.state == "impossible"]


_MOST_IN_FULL = 3
"""Most impossible lengths that are explained with the line to change; of more there is a line for each session."""


def list_refusals(refused: Sequence[Prospect], *, in_full: bool) -> list[NarratorError]:
    """Return the errors of impossible lengths: each `in_full`, or if there are many, one for each session."""
    whole = [each.error for each in refused if each.error]
    if in_full or len(whole) <= _MOST_IN_FULL:
        return whole
    sessions: dict[str, list[Prospect]] = {}
    for each in refused:
        sessions.setdefault(describe_session(each.request), []).append(each)
    options = ("length", "nearest", "skip_impossible")
    error = LengthError.gather(
        Fault(f"{name} {_describe_lengths(these)}", options=options) for name, these in sessions.items()
    )
    error.notes = tuple(dict.fromkeys(note for each in whole for note in each.notes))
    return [error]


def describe_session(request: TrackRequest) -> str:
    """Return the name of a session and what is special about it, such as: ten-minute-hips in de by espeak."""
    options = request.session.options
    parts = [request.session.file.stem, *([f"in {options.language}"] if options.language else [])]
    parts += [f"by {options.voice}"] if options.voice else []
    return " ".join([*parts, *([f"with {options.guidance} guidance"] if options.guidance else [])])


def _describe_lengths(refused: Sequence[Prospect]) -> str:
    """Return which lengths are impossible, the nearest ones, and all that are possible."""
    shown = []
    for each in refused:
        nearest = "" if each.nearest is None else f" (nearest {format_nearest(each)})"
        shown.append(f"{format_duration(each.length)}{nearest}")
    spans = getattr(refused[0].error, "spans", ())
    reach = f"; it can take {describe_spans(spans)}" if spans else ""
    about = "" if refused[0].is_exact else " (an estimate, as some sentences were not spoken yet)"
    return f"cannot be {', '.join(dict.fromkeys(shown))}{reach}{about}"


def format_nearest(prospect: Prospect) -> str:
    """Return the possible length that is nearest, in whole seconds if one is possible; a dash if it is not known."""
    spans, asked = getattr(prospect.error, "spans", ()), prospect.request.session.options.length
    return Range(0, 0, 0, spans).format_nearest(asked) if spans and asked else "-"


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


def sum_up(prospects: Sequence[Prospect], jobs: int, rates: Rates = DEFAULT_RATES) -> Plan:
    """Return what the tracks of a batch come to, if so many of its groups are made at the same time."""
    made = [each for each in prospects if each.state == "make"]
    groups = group_requests(each.request for each in made)
    first = {group[0] for group in groups}
    time = sum(
        each.unspoken * rates.speaking + rates.mixing * each.length * (1 if each.request in first else rates.again)
        for each in made
    )
    return Plan(
        Counter(each.state for each in prospects),
        sum(each.length for each in made),
        sum(each.size or 0 for each in made),
        all(each.is_exact for each in made),
        round(time / max(1, min(jobs, len(groups)))),
        rates.source,
    )
