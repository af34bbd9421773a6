"""A session: a routine with everything decided. The order is: read, speak, place, measure the gain.

`read_draft` reads the file; `cast_draft` finds the voice; `rehearse` speaks and measures the gain; the `Rehearsal` is
placed at a length.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from narrator.cache import Cache, sharing
from narrator.captions.content import Content
from narrator.captions.forms import write_form
from narrator.covers import Cover, check_cover, make_cover
from narrator.errors import Fault, LostClipError, SpeechError, UsageError, keep_notes
from narrator.mix import Mixer, measure_gain
from narrator.mix.backdrops import open_floor
from narrator.mix.levels import Recordings
from narrator.mix.sources import measure_recordings, measure_rings, open_named_bed, open_recordings
from narrator.request import SessionOptions, SessionRequest
from narrator.routine.importers import is_timed, read_source
from narrator.routine.load import make_routine
from narrator.routine.model import Routine
from narrator.routine.seed import settle_seed
from narrator.routine.source import Source
from narrator.script import Bell, Heading, Script, open_picture, write_script
from narrator.sound.loop import Loop
from narrator.sound.rings import LONGEST
from narrator.speech.cast import Role, cast_voice
from narrator.speech.engine import Voice
from narrator.speech.pauses import find_pauses
from narrator.speech.speak import Clips, speak
from narrator.speech.text.reading import Reader
from narrator.speech.text.unspoken import find_unspoken
from narrator.timeline import Growth, Lengths, Timeline
from narrator.timeline.arrangement import Arrangement, Elastic, Pinned, Timed, place_growth
from narrator.timeline.pinned import PinnedScript, is_script, make_script
from narrator.timeline.pinned_file import format_script
from narrator.timeline.rings import find_long_rings
from narrator.units import Db, Ms

if TYPE_CHECKING:
    from narrator.timeline.timed import TimedScript

T = TypeVar("T")
S = TypeVar("S", Script, PinnedScript, "TimedScript")

Report: TypeAlias = Callable[[str, int, int], None]
"""A function that receives progress: the stage, the amount done, and the total."""


@dataclass(frozen=True)
class Draft:
    """A request and what was read for it: a session that has not been spoken yet."""

    request: SessionRequest
    arrangement: Arrangement
    routine: Routine | None = None
    """The routine that the script was made from; None for a script file."""
    decided: tuple[str, ...] = ()
    """Sentences on what the file leaves open and narrator decided."""

    @property
    def heading(self) -> Heading:
        """The title of the session, and its voice."""
        return self.arrangement.script.heading


@dataclass(frozen=True)
class Session:
    """A routine with everything decided: what is heard and when, in which voice, and how loud."""

    name: str
    """Name of its file in messages."""
    heading: Heading
    voice: Voice
    timeline: Timeline
    clips: Clips
    gain: Db
    floor: Db | None
    """Level of the room tone in dBFS; None for digital silence."""
    room: str
    """Name of the room that its sounds are heard in, or `none`."""
    bed: Loop | None
    recordings: Recordings = field(default_factory=dict)
    warnings: tuple[Fault, ...] = ()
    """What the voice is likely to misread, and why it is not the first choice."""

    @property
    def notes(self) -> tuple[Fault, ...]:
        """All warnings, of the voice and of the timeline."""
        return (*self.warnings, *self.timeline.notes)

    def open_mixer(self) -> Mixer:
        """Return the mixer for the sound of the session."""
        floor = None if self.floor is None else open_floor(self.floor)
        return Mixer(self.clips, self.gain, floor, self.bed, self.recordings)

    def open_cover(self) -> Cover | None:
        """Return the cover of the session's tracks; None for none.

        Raises:
            PictureError: the file is not a picture, is damaged, or cannot be read.

        """
        return make_cover(self.heading.cover, self.heading.title, self.clips.cache)

    def format_script(self, folders: tuple[Path, ...] = ()) -> str:
        """Write the session as a script file; see `timeline.pinned_file.format_script`."""
        voice = self.voice.name_in(folders)
        return format_script(self.heading, voice, self.gain, self.floor, self.room, self.timeline, self.name, folders)

    def write(self, form: str, *, spoken: bool = False, bells: bool = False) -> str:
        """Write what is said and when, in a format of `captions.forms.FORMS`.

        `spoken` adds the text that the voice receives, if the format can show it; with `bells`, captions show strokes
        of bells.

        Raises:
            LostClipError: a clip is missing from the cache.

        """
        return write_form(form, self.make_content(spoken=spoken, bells=bells))

    def make_content(self, *, spoken: bool = False, bells: bool = False) -> Content:
        """Return the input of `write`."""
        readings = self.clips.get_reading if spoken else None
        return Content(self.heading, str(self.voice), self.timeline, readings, self._find_pauses, bells)

    def _find_pauses(self, text: str) -> list[tuple[Ms, Ms]]:
        return find_pauses(self.clips.load(text))


def make_session(request: SessionRequest, cache: Cache, report: Report | None = None) -> Session:
    """Decide everything about a session, including speech.

    Raises:
        NarratorError: of the stage that failed.

    """
    return make_draft_session(read_draft(request), cache, report)


def make_draft_session(draft: Draft, cache: Cache, report: Report | None = None) -> Session:
    """Decide everything about a session that has been read.

    Raises:
        NarratorError: of the stage that failed.

    """
    with cache.lease(), sharing() as shared:
        session, failed = cast_draft(draft, lambda reader: Rehearsals().decide(draft, reader, cache, report))
    return replace(session, warnings=(*shared.notes, *shared.failures, *failed, *session.warnings))


def read_draft(request: SessionRequest) -> Draft:
    """Read a routine, a script file or timed text.

    Raises:
        RoutineError: it cannot be used.
        UsageError: its times are fixed, and an option would change it.

    """
    if is_timed(request.file):
        return _read_timed_draft(request)
    return make_draft(request, read_source(request.file, request.name, request.data))


def make_draft(request: SessionRequest, source: Source) -> Draft:
    """Make a draft from the parsed file; see `read_draft`."""
    options = request.options
    if is_script(source):
        if changes := options.list_changes():
            message = f"{request.name} is a script, whose times are fixed; leave out {', '.join(changes)}"
            raise UsageError(message, options=tuple(changes))
        return Draft(request, Pinned(_change_cover(make_script(source, options.sounds), options)))
    routine = make_routine(source, request.file, options.sounds)
    seed = settle_seed(routine.seed if options.seed is None else options.seed, options.today)
    with keep_notes(routine.notes):
        script = write_script(routine, options.guidance or "full", options.language, options.without, seed)
    script = script if options.bed else replace(script, bed=None)
    return Draft(request, Elastic(_change_cover(script, options)), routine, routine.decided)


def _read_timed_draft(request: SessionRequest) -> Draft:
    from narrator.routine.importers.timed import read_timed
    from narrator.timeline.timed import make_timed_script

    options = request.options
    if changes := [name for name in options.list_changes() if name not in {"length", "language"}]:
        message = f"{request.name} has the times of its lines; leave out {', '.join(changes)}"
        raise UsageError(message, options=tuple(changes))
    text = read_timed(request.file, request.name, options.language)
    return Draft(request, Timed(_change_cover(make_timed_script(text), options)), decided=text.decided)


def _change_cover(script: S, options: SessionOptions) -> S:
    """Return a script with the cover of the options, if they have one."""
    if options.cover is None:
        return script
    tags = script.heading.tags.model_copy(update={"cover": options.cover})
    return replace(script, heading=replace(script.heading, tags=tags, cover=open_picture(options.cover)))


def cast_draft(draft: Draft, work: Callable[[Reader], T]) -> tuple[T, tuple[Fault, ...]]:
    """Do some work with the voice of a session, or, if that fails, with the next one allowed.

    Returns:
        The result of the work, and a warning for each voice that failed.

    Raises:
        UsageError, SpeechError: as `cast_voice`.

    """
    options, respelled = draft.request.options, draft.heading.pronounce
    return cast_voice(
        options.voice, options.fallback, find_role(draft), lambda engine, voice: work(Reader(engine, voice, respelled))
    )


def find_role(draft: Draft) -> Role:
    """Return what the voice of a session has to speak."""
    options, heading = draft.request.options, draft.heading
    mark = None if options.language else heading.voice_mark
    return Role(heading.voice, heading.language, mark, (draft.request.file.parent, *options.sounds))


@dataclass(frozen=True)
class Rehearsal:
    """A draft that was spoken and measured: only the length is left to decide."""

    draft: Draft
    voice: Voice
    clips: Clips
    lengths: Lengths
    gain: Db
    bed: Loop | None
    recordings: Recordings
    warnings: tuple[Fault, ...]

    @cached_property
    def _growth(self) -> Growth | None:
        """The choice of material for each length, made once for all of them."""
        return self.draft.arrangement.grow(self.lengths)

    def place(self, length: Ms | None) -> Session:
        """Return the session at a length, by default its natural one.

        Raises:
            RoutineError, LengthError: it cannot have this length.

        """
        draft, script = self.draft, self.draft.arrangement.script
        if self._growth:
            timeline = place_growth(self._growth, length, nearest=draft.request.options.nearest)
        else:
            timeline = draft.arrangement.place(self.lengths, length)
        return Session(
            draft.request.name, draft.heading, self.voice, timeline, self.clips, self.gain, script.floor,
            draft.request.options.room or script.room, self.bed, self.recordings, self.warnings,
        )  # fmt: skip


def rehearse(draft: Draft, reader: Reader, cache: Cache, report: Report | None = None) -> Rehearsal:
    """Speak, and measure everything that has the same length and level in a track of any length.

    Raises:
        NarratorError: of the stage that failed.

    """
    arrangement, script = draft.arrangement, draft.arrangement.script
    bed = open_named_bed(script.bed, cache)
    check_cover(draft.heading.cover, cache)
    unspoken = find_unspoken(script.list_marked_texts(), reader, draft.heading.pronounce_marks)
    follow = report and partial(report, "speaking")
    clips = speak(script.list_texts(), reader, cache, follow, title=draft.heading.title)
    rings, recordings = measure_rings(arrangement.list_cues()), open_recordings(arrangement.list_cues(), cache)
    lengths = Lengths(clips.lengths, rings, measure_recordings(recordings))
    gain = arrangement.gain
    if gain is None:
        gain = measure_gain(arrangement.place_whole(lengths), clips, script.loudness, recordings)
    warnings = (*script.notes, *unspoken, *review_rings(draft, rings))
    return Rehearsal(draft, reader.voice, clips, lengths, gain, bed, recordings, warnings)


class Rehearsals:
    """The rehearsals of one draft, by voice: each is made once, for all lengths; a voice that fails is asked once."""

    def __init__(self) -> None:
        self._known: dict[Voice, Rehearsal | SpeechError] = {}

    def decide(self, draft: Draft, reader: Reader, cache: Cache, report: Report | None = None) -> Session:
        """Speak and measure, unless that is done, and place the draft at its length.

        Raises:
            NarratorError: of the stage that failed.

        """
        with keep_notes(draft.arrangement.script.notes):
            known = self._known.get(reader.voice)
            if isinstance(known, Rehearsal):
                known.clips.settle()
            elif known is None:
                known = self._known[reader.voice] = _try_to_rehearse(draft, reader, cache, report)
            if isinstance(known, SpeechError):
                raise known
            return known.place(draft.request.options.length)

    def forget(self) -> None:
        """Speak again where needed, because a clip is missing from the cache."""
        self._known.clear()


def _try_to_rehearse(draft: Draft, reader: Reader, cache: Cache, report: Report | None) -> Rehearsal | SpeechError:
    try:
        return rehearse(draft, reader, cache, report)
    except LostClipError:
        raise
    except SpeechError as error:
        return error


def speak_again(request: SessionRequest, cache: Cache, report: Report | None = None) -> int:
    """Speak everything that a session may need again, replace it in the cache, and return the number of texts.

    Raises:
        NarratorError: of the stage that failed.

    """
    draft = read_draft(request)
    texts = draft.arrangement.script.list_texts()

    def follow(done: int, total: int) -> None:
        if report:
            report("speaking", done, total)

    def work(reader: Reader) -> Clips:
        return speak(texts, reader, cache, follow, again=True, title=draft.heading.title)

    with cache.lease(), sharing():
        clips, _ = cast_draft(draft, work)
    return clips.new


def review_rings(draft: Draft, rings: Mapping[Bell, Ms]) -> tuple[Fault, ...]:
    """Return warnings about sound files that are too long for a bell; the author of fixed times chose them."""
    script = draft.arrangement.script
    return tuple(find_long_rings(script, rings, LONGEST)) if isinstance(script, Script) else ()
