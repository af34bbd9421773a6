"""One routine, or script file, through every stage: this file alone knows their order."""

import hashlib
import json
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

import av

from narrator.cache import Cache, make_key
from narrator.errors import (
    Fault,
    LengthError,
    LostClipError,
    Mark,
    OutsideError,
    PublishError,
    SoundError,
    UsageError,
)
from narrator.files import sweep_parts
from narrator.formats.coding import Coding
from narrator.formats.mp3 import write_mp3
from narrator.formats.tags import is_ours
from narrator.mix import Console, measure_gain, measure_stroke
from narrator.mix.backdrops import open_bed, open_floor
from narrator.paths import exists, is_file, open_regular, refuse_special
from narrator.review.advice import review_growth
from narrator.review.figures import USUAL, Row, look_at_lengths
from narrator.routine.coverage import review_translations
from narrator.routine.load import make_routine
from narrator.routine.seed import Seed, settle_seed
from narrator.routine.source import read_source
from narrator.script import Bell, Guidance, Heading, Script, write_script
from narrator.sound.loop import Loop
from narrator.speech.cast import Role, cast_voice
from narrator.speech.engine import Engine, Voice
from narrator.speech.speak import Clips, find_lengths, speak
from narrator.speech.text.reading import Reader
from narrator.speech.text.unspoken import find_unspoken
from narrator.timeline import Growth, Lengths, Range, Timeline, lay_out, measure_range
from narrator.timeline.pinned import ScriptFile, format_script, is_script, make_script, place_script
from narrator.units import Db, Ms, format_duration
from narrator.verifying.compare import Check, compare_bytes, verify_track

T = TypeVar("T")

Report: TypeAlias = Callable[[str, int, int], None]
"""Told of progress: which stage, how much of it is done, of how much."""

_SHELF = "tracks"
_FORMAT = 4
"""Raised whenever the same input would give another track."""


@dataclass(frozen=True, slots=True)
class Request:
    """What to make of a file; what is None is left to the file."""

    file: Path
    name: str
    """What messages call the file."""
    length: Ms | None = None
    voice: str | None = None
    """`ENGINE[:NAME]` or `auto`, which is also what None means."""
    guidance: Guidance | None = None
    language: str | None = None
    fallback: tuple[str, ...] = ()
    """Who speaks the whole session instead, when that voice fails: the next of these, and so on."""
    no_bed: bool = False
    sounds: tuple[Path, ...] = ()
    """Folders of sound files besides those of the files that name them."""
    without: tuple[str, ...] = ()
    """Titles of sections to leave out."""
    nearest: bool = False
    """Whether the nearest length that can be met will do."""
    seed: Seed | None = None
    today: date = field(default_factory=date.today)
    """The local date, which the seed `today` stands for; one for all requests of a command."""


@dataclass(frozen=True, slots=True)
class Job:
    """A request, and the track to make of it."""

    request: Request
    output: Path
    coding: Coding = field(default_factory=Coding)
    force: bool = False
    """Whether to make the track again in any case, and to replace a file that narrator did not make."""
    remake: bool = False
    """Whether to make the track again in any case, because what is in the cache has changed."""
    threads: int = 1


@dataclass(frozen=True)
class Plan:
    """A session with everything decided: what is heard when, in which voice, and how loud."""

    heading: Heading
    voice: Voice
    timeline: Timeline
    clips: Clips
    gain: Db
    floor: Db | None
    """Level of the room tone in dBFS; None for digital silence."""
    bed: Loop | None
    warnings: tuple[Fault, ...] = ()
    """What the voice is likely to misread; and why it is not the one that was chosen first."""


@dataclass(frozen=True, slots=True)
class Track:
    """What became of a job. Loudness and peak are those of what it decodes to; None without sound."""

    path: str
    voice: str
    length_ms: Ms
    samples: int
    lufs: float | None
    true_peak_db: float | None
    clips_new: int
    clips_cached: int
    seconds: float
    skipped: bool = False
    replaced: str | None = None
    """Who spoke the track that was there before, where that was another voice."""
    notes: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """What a file comes to, and what is odd; figures are estimates where not all of its clips are in the cache."""

    title: str
    range: Range
    length: Ms
    is_estimate: bool
    notes: tuple[Fault, ...]
    rows: tuple[Row, ...] = ()
    """What it comes to at several lengths; none for a script file."""
    advice: tuple[Fault, ...] = ()
    """What could be better at these lengths."""


def render(job: Job, cache: Cache, report: Report | None = None) -> Track:
    """Make a track, unless it lies there already and nothing that goes into it has changed.

    Raises:
        NarratorError: of the stage that failed. A file that lay there before is then still there, unharmed.

    """
    with cache.lease():
        try:
            return _render(job, cache, report)
        except LostClipError:
            # What was known of the clips is forgotten: now each is looked at, and spoken again where that is needed.
            return _render(job, cache, report)


def _render(job: Job, cache: Cache, report: Report | None) -> Track:
    started = time.monotonic()
    authored = _read(job.request)

    def find_or_plan(engine: Engine, voice: Voice) -> tuple[str, Track | Plan]:
        reader = _open_reader(authored, engine, voice)
        given = [reader.read(text) for text in authored.list_texts()]
        fingerprint = make_key(
            _FORMAT, av.__version__, authored, _list_digests(authored), voice, job.request.length, job.request.nearest,
            job.coding, given,
        )  # fmt: skip
        if not (job.force or job.remake) and (track := _find_track(job, fingerprint, cache)):
            return fingerprint, track
        _prepare_output(job)
        return fingerprint, _plan(authored, job.request, reader, cache, report)

    (fingerprint, session), warnings = _cast(job.request, authored, find_or_plan)
    if isinstance(session, Track):
        return replace(session, notes=(*warnings, *session.notes))
    before = _find_record(job.output, cache)
    measured = write_mp3(
        job.output,
        session.heading,
        session.timeline,
        make_console(session),
        coding=job.coding,
        threads=job.threads,
        report=report and (lambda done, total: report("mixing", done, total)),
    )
    track = Track(
        path=str(job.output),
        voice=str(session.voice),
        length_ms=session.timeline.length,
        samples=measured.samples,
        lufs=_round(measured.lufs),
        true_peak_db=_round(measured.true_peak_db),
        clips_new=session.clips.new,
        clips_cached=session.clips.cached,
        seconds=round(time.monotonic() - started, 3),
        replaced=before["track"]["voice"] if before and before["track"]["voice"] != str(session.voice) else None,
        notes=(*session.warnings, *session.timeline.notes),
    )
    try:
        # Kept without the other warnings: they report this run, and the fingerprint is that of the voice that spoke.
        _keep_track(job, fingerprint, track, _write_plan(session, job), cache)
    except OutsideError as error:
        # The track is there, and good.
        warnings += tuple(Fault(f"narrator will not recognise this track: {each.message}") for each in error.faults)
    return replace(track, notes=(*warnings, *track.notes))


def _list_digests(authored: Script | ScriptFile) -> list[str]:
    """What the sound files of a session hold: a file may change while what names it does not."""
    bed = authored.make_bed() if isinstance(authored, ScriptFile) else authored.bed
    return [cue.digest for cue in authored.list_cues() if isinstance(cue, Bell)] + ([bed.digest] if bed else [])


def _write_plan(session: Plan, job: Job) -> str:
    voice = str(session.voice)
    return format_script(session.heading, voice, session.gain, session.floor, session.timeline, job.request.name)


def plan(request: Request, cache: Cache, report: Report | None = None) -> Plan:
    """Decide everything about a session, speech included, and make no track of it.

    Raises:
        NarratorError: of the stage that failed.

    """
    authored = _read(request)
    with cache.lease():
        session, warnings = _cast(
            request,
            authored,
            lambda engine, voice: _plan(authored, request, _open_reader(authored, engine, voice), cache, report),
        )
    return replace(session, warnings=(*warnings, *session.warnings))


def respeak(request: Request, cache: Cache, report: Report | None = None) -> int:
    """Speak everything that a session may need again, replace what is in the cache of it, and return how much it was.

    Raises:
        NarratorError: of the stage that failed.

    """
    authored = _read(request)

    def follow(done: int, total: int) -> None:
        if report:
            report("speaking", done, total)

    def speak_again(engine: Engine, voice: Voice) -> Clips:
        reader = _open_reader(authored, engine, voice)
        return speak(authored.list_texts(), reader, cache, follow, again=True)

    with cache.lease():
        clips, _ = _cast(request, authored, speak_again)
    return clips.new


def make_console(session: Plan) -> Console:
    """What the sound of a session goes through."""
    floor = None if session.floor is None else open_floor(session.floor)
    return Console(session.clips, session.gain, floor, session.bed)


def verify(path: Path, script: Request | None, cache: Cache) -> list[Check]:
    """Hold a finished track against its plan: the script given, or what was kept when narrator made it.

    Raises:
        NarratorError: there is no plan of it, or it cannot be read.

    """
    with cache.lease():
        return _verify(path, script, cache)


def _verify(path: Path, script: Request | None, cache: Cache) -> list[Check]:
    if script:
        session = plan(script, cache)
        return verify_track(path, session.heading, session.timeline, make_console(session))
    if not is_file(path):
        raise PublishError(f"there is no track {path}; name one that narrator made")
    data = cache.get(_SHELF, _track_key(path))
    if data is None:
        raise UsageError(f"nothing is known of how {path} was made; name its script with --script")
    known = json.loads(data)
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "plan.yaml"
        kept.write_text(known["script"], "utf-8")
        # Its sound files are named by their whole paths, as they were found.
        session = plan(Request(kept, str(path), sounds=(Path(kept.anchor),)), cache)
    return [
        compare_bytes(known["digest"], _hash_file(path)),
        *verify_track(path, session.heading, session.timeline, make_console(session)),
    ]


def check(request: Request, cache: Cache, lengths: Sequence[Ms] | None = None) -> Checked:
    """Read a file and lay it out, speaking nothing: clips that are not in the cache are estimated.

    A routine is looked at in each of `lengths`, which are its own and some usual ones unless they are given.

    Raises:
        NarratorError: of the stage that found a fault.

    """
    authored = _read(request, is_reviewed=True)

    def find(engine: Engine, voice: Voice) -> tuple[dict[str, Ms], bool, tuple[Fault, ...]]:
        reader = _open_reader(authored, engine, voice)
        unspoken = find_unspoken(authored.list_marked_texts(), reader, authored.heading.pronounce_marks)
        return *find_lengths(authored.list_texts(), reader, cache), unspoken

    (clips, is_estimate, unspoken), failed = _cast(request, authored, find)
    measured = Lengths(clips, measure_rings(authored), is_estimate)
    _open_bed(authored, cache)
    if isinstance(authored, ScriptFile):
        if lengths is not None:
            raise UsageError(f"{request.name} is a script, which has one length: leave the lengths out")
        timeline = place_script(authored, measured)
        span = Range(timeline.length, timeline.length, timeline.length, ((timeline.length, timeline.length),))
        return Checked(
            authored.heading.title, span, timeline.length, is_estimate, (*failed, *unspoken, *timeline.notes)
        )
    growth = Growth(authored, measured)
    span = measure_range(growth, measured)
    timeline = _lay_out(growth, request)
    asked = tuple(lengths or (*USUAL, timeline.length))
    if request.nearest:
        asked = tuple(span.find_nearest(length) for length in asked)
    rows, advice = look_at_lengths(growth, asked, explains=lengths is not None)
    notes = tuple(dict.fromkeys([*failed, *authored.notes, *unspoken, *review_growth(growth), *timeline.notes]))
    return Checked(authored.heading.title, span, timeline.length, is_estimate, notes, tuple(rows), tuple(advice))


def _open_reader(authored: Script | ScriptFile, engine: Engine, voice: Voice) -> Reader:
    return Reader(engine, voice, authored.heading.pronounce)


def _plan(
    authored: Script | ScriptFile,
    request: Request,
    reader: Reader,
    cache: Cache,
    report: Report | None,
) -> Plan:
    bed = _open_bed(authored, cache)
    unspoken = find_unspoken(authored.list_marked_texts(), reader, authored.heading.pronounce_marks)
    clips = speak(
        authored.list_texts(), reader, cache, report and (lambda done, total: report("speaking", done, total))
    )
    lengths = Lengths(clips.lengths, measure_rings(authored))
    timeline = _place(authored, lengths, request)
    gain = authored.gain if isinstance(authored, ScriptFile) else None
    if gain is None:
        gain = measure_gain(_lay_out_whole(authored, lengths) or timeline, clips, authored.loudness)
    notes = (*_list_notes(authored), *unspoken)
    return Plan(authored.heading, reader.voice, timeline, clips, gain, authored.floor, bed, notes)


def _list_notes(authored: Script | ScriptFile) -> tuple[Fault, ...]:
    return authored.notes if isinstance(authored, Script) else ()


def _read(request: Request, *, is_reviewed: bool = False) -> Script | ScriptFile:
    """Read a routine or a script file; `is_reviewed` adds notes about its translations."""
    source = read_source(request.file, request.name)
    if not is_script(source):
        routine = make_routine(source, request.file, request.sounds)
        seed = settle_seed(routine.seed if request.seed is None else request.seed, request.today)
        script = write_script(routine, request.guidance or "full", request.language, request.without, seed)
        if is_reviewed:
            script = replace(script, notes=(*script.notes, *review_translations(routine)))
        return replace(script, bed=None) if request.no_bed else script
    choices = (request.length, request.guidance, request.language, request.seed, *request.without)
    if request.no_bed or request.nearest or any(value is not None for value in choices):
        raise UsageError(
            f"{request.name} is a script, which stands as it is: leave out --length, --nearest, --guidance, "
            "--language, --seed, --without and --no-bed"
        )
    return make_script(source, request.sounds)


def _place(authored: Script | ScriptFile, lengths: Lengths, request: Request) -> Timeline:
    if isinstance(authored, ScriptFile):
        return place_script(authored, lengths)
    return _lay_out(Growth(authored, lengths), request)


def _lay_out(growth: Growth, request: Request) -> Timeline:
    """Lay a routine out at the length asked for, or else its own; with `nearest`, at the nearest that can be met."""
    target = growth.script.length if request.length is None else request.length
    if target is None or not request.nearest:
        return lay_out(growth, growth.lengths, target)
    nearest = measure_range(growth, growth.lengths).find_nearest(target)
    timeline = lay_out(growth, growth.lengths, nearest)
    if nearest == target:
        return timeline
    note = f"{format_duration(target)} cannot be met; this is the nearest length that can: {format_duration(nearest)}"
    return replace(timeline, notes=(Fault(note, growth.script.mark), *timeline.notes))


def _lay_out_whole(authored: Script | ScriptFile, lengths: Lengths) -> Timeline | None:
    """A routine at its own length with full guidance: its levels are settled by that, whatever is made of it."""
    if isinstance(authored, ScriptFile):
        return None
    try:
        return lay_out(authored.material, lengths, authored.length)
    except LengthError:
        return lay_out(authored.material, lengths)


def measure_rings(authored: Script | ScriptFile) -> dict[Bell, Ms]:
    """How long each bell is heard after a stroke.

    Raises:
        SoundError: the file of a bell is no sound.

    """
    cues = [*authored.list_cues(), *(authored.material.list_cues() if isinstance(authored, Script) else ())]
    rings: dict[Bell, Ms] = {}
    for bell in dict.fromkeys(cue.stroke for cue in cues if isinstance(cue, Bell)):
        with _sound_placed(bell.mark):
            rings[bell] = measure_stroke(bell)
    return rings


def _open_bed(authored: Script | ScriptFile, cache: Cache) -> Loop | None:
    bed = authored.make_bed() if isinstance(authored, ScriptFile) else authored.bed
    if bed is None:
        return None
    with _sound_placed(bed.mark):
        return open_bed(bed.sound, bed.digest, cache)


@contextmanager
def _sound_placed(mark: Mark | None) -> Iterator[None]:
    """Give a fault of a sound file the place where the file is named."""
    try:
        yield
    except SoundError as error:
        raise SoundError(error.faults[0].message, mark) from None


def _cast(
    request: Request, authored: Script | ScriptFile, work: Callable[[Engine, Voice], T]
) -> tuple[T, tuple[Fault, ...]]:
    heading = authored.heading
    mark = None if request.language else heading.voice_mark
    return cast_voice(request.voice, request.fallback, Role(heading.voice, heading.language, mark), work)


def _round(level: float | None) -> float | None:
    return None if level is None else round(level, 2)


def _track_key(path: Path) -> str:
    # A name need not be UTF-8.
    return make_key(_FORMAT, str(path.resolve()).encode(errors="backslashreplace").decode())


def _find_track(job: Job, fingerprint: str, cache: Cache) -> Track | None:
    """The track at the job's place, if it was made from the same input and is still as it was made."""
    known = _find_record(job.output, cache)
    if known is None or known["fingerprint"] != fingerprint or known["digest"] != _hash_file(job.output):
        return None
    notes = tuple(Fault(note["message"], note["mark"] and Mark(**note["mark"])) for note in known["notes"])
    return Track(**(known["track"] | {"path": str(job.output)}), skipped=True, notes=notes)


def _find_record(output: Path, cache: Cache) -> dict[str, Any] | None:
    """Return what was kept of the track that is at a place, if narrator made one there."""
    data = cache.get(_SHELF, _track_key(output))
    if data is None or not is_file(output):
        return None
    known: dict[str, Any] = json.loads(data)
    return known


def _keep_track(job: Job, fingerprint: str, track: Track, script: str, cache: Cache) -> None:
    plain = asdict(replace(track, notes=()))
    del plain["notes"], plain["skipped"], plain["replaced"]
    known = {
        "fingerprint": fingerprint,
        "digest": _hash_file(job.output),
        "track": plain,
        "notes": [asdict(note) for note in track.notes],
        "script": script,
    }
    cache.put(_SHELF, _track_key(job.output), json.dumps(known).encode())


def _hash_file(path: Path) -> str:
    try:
        with open_regular(path) as file:
            return hashlib.file_digest(file, "blake2b").hexdigest()
    except OSError as error:
        raise PublishError(f"cannot read {path}: {error.strerror or error}; choose another --output") from error


def _prepare_output(job: Job) -> None:
    """Make the output folder, and refuse a file there that narrator did not make."""
    try:
        refuse_special(job.output)
    except OSError as error:
        raise PublishError(f"cannot write {job.output}: {error.strerror}; choose another --output") from error
    try:
        job.output.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PublishError(
            f"cannot make the folder {job.output.parent}: {error.strerror or error}; choose another with --output"
        ) from error
    sweep_parts(job.output.parent)
    if exists(job.output) and not job.force and not is_ours(job.output):
        raise PublishError(f"{job.output} was not made by narrator; move it away, or replace it with --force")
