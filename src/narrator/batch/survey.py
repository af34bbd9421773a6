"""What a batch comes to before it is rendered: which tracks exist, which lengths are possible, sizes and times."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal, TypeAlias

from narrator.batch.group import Group
from narrator.batch.manifest import Records
from narrator.cache import Cache, sharing
from narrator.errors import FAILURES, Fault, LengthError, NarratorError, explain, keep_notes
from narrator.formats.format import Mixdown, StreamFormat
from narrator.ledger import Track, find_track, make_fingerprint, name_coded
from narrator.mix.sources import measure_recordings, measure_rings, open_recordings
from narrator.outputs import Target, list_targets
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
    is_recorded: bool = False
    """Whether the manifest has this track, so that nothing is left to do."""
    seconds: float = 0.0
    """Time that it took to speak what was unspoken."""
    clips_new: int = 0
    """Number of sentences that were spoken to find this out."""
    error: NarratorError | None = None
    unshared: tuple[Fault, ...] = ()
    """Why what was spoken to find this out is not in the store."""

    @property
    def nearest(self) -> Ms | None:
        """The possible length that is nearest to an impossible one; None if that is not known."""
        spans, asked = getattr(self.error, "spans", ()), self.request.session.options.length
        return Range(0, 0, 0, spans).find_nearest(asked) if spans and asked else None


Detail: TypeAlias = Literal["found", "estimated", "spoken"]
"""What is found out of tracks: only which are there; lengths and sizes, also, as estimates where sentences were not
spoken; or lengths, after speaking everything, so that a length that is possible is so when the track is made."""

Look: TypeAlias = Callable[[TrackRequest], Sequence[Prospect]]
"""A function that returns what is known of the files of a request that may have to be made."""


def survey_group(
    group: Group, cache: Cache, report: Report | None = None, records: Records | None = None, *, detail: Detail
) -> list[Prospect]:
    """Return what is known of the tracks of a group before they are made, in the order of their files.

    `records` are those of a manifest.
    """
    try:
        draft = read_draft(group[0].session)
        with cache.lease(), sharing() as shared:
            found, _ = cast_draft(draft, partial(_survey, group, draft, cache, report, records, detail))
    except FAILURES as error:
        refusal = explain(error)
        if refusal is None:
            raise
        return [prospect for request in group for prospect in _refuse(request, refusal)]
    return [replace(found[0], unshared=(*shared.notes, *shared.failures)), *found[1:]]


def _survey(
    group: Group,
    draft: Draft,
    cache: Cache,
    report: Report | None,
    records: Records | None,
    detail: Detail,
    reader: Reader,
) -> list[Prospect]:
    look: Look | None = None
    known = {request: _find(request, draft, reader, cache, records) for request in group}
    if detail == "found":
        look = _pass_by
    elif any(len(tracks) < len(request.outputs) for request, tracks in known.items()):
        lengths, unspoken = _measure(draft, reader, cache)
        if detail == "spoken" or not unspoken:
            started = time.monotonic()
            rehearsal = rehearse(draft, reader, cache, report)
            look = _Look(rehearsal, unspoken, time.monotonic() - started, is_sized=detail == "estimated").look_at
        else:
            look = _Estimate(draft, str(reader.voice), lengths, unspoken).look_at
    return [prospect for request, tracks in known.items() for prospect in _describe(request, tracks, look)]


def _pass_by(request: TrackRequest) -> list[Prospect]:
    """Return what is known of the files of a request without a look at its session."""
    return [
        Prospect(request, path, "make", length=request.session.options.length or 0, is_exact=False)
        for path in request.outputs
    ]


def _describe(request: TrackRequest, tracks: Mapping[Path, Prospect], look: Look | None) -> Iterator[Prospect]:
    """Yield what is known of the files of a request; those that do not exist as they would be made are looked at."""
    seen = {each.path: each for each in look(request)} if look and len(tracks) < len(request.outputs) else {}
    yield from (tracks.get(path) or seen[path] for path in request.outputs)


def _find(
    request: TrackRequest, draft: Draft, reader: Reader, cache: Cache, records: Records | None
) -> dict[Path, Prospect]:
    """Return the files of a request that are there as they would be made."""
    if request.force or request.remake:
        return {}
    fingerprint = make_fingerprint(replace(draft, request=request.session), reader)
    found: dict[Path, Prospect] = {}
    for target in list_targets(request):
        recorded = records and records.find(target.path, name_coded(fingerprint, target.encoding), request)
        if not recorded and request.place:
            continue  # only the manifest of a store knows what is there
        if track := recorded or find_track(target.path, fingerprint, target.encoding, cache):
            size = track.size_bytes
            found[target.path] = Prospect(
                request, target.path, "unchanged", track.voice, track.length_ms, size, track=track,
                is_recorded=recorded is not None,
            )  # fmt: skip
    return found


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


class _Look:
    """A look at a session that has been spoken."""

    def __init__(self, rehearsal: Rehearsal, unspoken: Ms, seconds: float, *, is_sized: bool) -> None:
        self._rehearsal, self._is_sized = rehearsal, is_sized
        self._spoken = unspoken, seconds
        """Length of what was spoken for it, and the time that took; they are part of the first prospect."""

    def look_at(self, request: TrackRequest) -> list[Prospect]:
        """Return what is known of the files of a request."""
        try:
            with keep_notes(self._rehearsal.draft.arrangement.script.notes):
                session = self._rehearsal.place(request.session.options.length)
        except NarratorError as error:
            return _refuse(request, error)
        mixdown = mix_session(session) if self._is_sized else None
        (unspoken, seconds), self._spoken = self._spoken, (0, 0.0)
        length, voice = session.timeline.length, str(session.voice)
        first, *others = (
            Prospect(request, target.path, "make", voice, length, *_find_size(target, mixdown))
            for target in list_targets(request)
        )
        new = self._rehearsal.clips.new
        self._rehearsal.clips.settle()
        return [replace(first, unspoken=unspoken, seconds=seconds, clips_new=new), *others]


def _find_size(target: Target, mixdown: Mixdown | None) -> tuple[int | None, bool]:
    """Return the size of a file, and whether it is exact: where the place of every byte is known, it is."""
    if mixdown is None:
        return None, True
    if isinstance(target.form, StreamFormat):
        return target.form.open(mixdown, target.encoding).size, True
    extra = len(mixdown.cover.data) if mixdown.cover else 0
    return estimate_size(target, mixdown.timeline.length, extra), False


def _refuse(request: TrackRequest, error: NarratorError, *, is_exact: bool = True) -> list[Prospect]:
    state: State = "impossible" if isinstance(error, LengthError) else "failed"
    length = request.session.options.length or 0
    return [Prospect(request, path, state, length=length, is_exact=is_exact, error=error) for path in request.outputs]


class _Estimate:
    """A look at a session of which some sentences were not spoken yet."""

    def __init__(self, draft: Draft, voice: str, lengths: Lengths, unspoken: Ms) -> None:
        self._arrangement, self._voice, self._lengths, self._unspoken = draft.arrangement, voice, lengths, unspoken
        self._growth = draft.arrangement.grow(lengths)
        words = sum(len(text.encode()) for text in lengths.clips)
        # Words are there with and without times.
        self._extra = 3 * words + (_COVER if draft.heading.cover else 0)

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
            size = estimate_size(target, timeline.length, self._extra)
            known = request, target.path, "make", self._voice, timeline.length, size
            prospects.append(Prospect(*known, is_exact=False, unspoken=unspoken))  # type: ignore[arg-type]
            unspoken = 0
        return prospects


_PER_CHANNEL = {".wav": 768, ".flac": 208}
"""Bit rates in kbit/s of one channel of lossless formats: of WAV exact, of FLAC as measured, within 5 %."""
_OF_BITRATE = {".m4a": 1.03, ".m4b": 1.03, ".opus": 0.87}
"""Bit rates of lossy formats, by the one asked for, as measured; that of MP3 is constant. Opus is that of a natural
voice; `espeak` takes a quarter more."""
_COVER = 75_000
"""About how many bytes a drawn cover has."""


def estimate_size(target: Target, length: Ms, extra: int) -> int:
    """Return about how many bytes a track has: its sound, and `extra` for words and cover."""
    encoding, suffix = target.encoding, target.path.suffix.lower()
    rate = encoding.bitrate * _OF_BITRATE.get(suffix, 1.0) or _PER_CHANNEL[suffix] * encoding.channels
    return round(length * rate / 8) + extra + 2000


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
