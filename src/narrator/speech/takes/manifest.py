"""The manifest of a recorded voice, `voice.yaml`: which sentence is in which file."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from narrator.errors import Fault, Mark, RoutineError
from narrator.languages import LANGUAGE, match_language
from narrator.paths import find_below, is_file
from narrator.routine.load import type_mapping
from narrator.routine.marked import Marked
from narrator.routine.source import Source, read_yaml
from narrator.routine.values import Duration, Word, fault_at
from narrator.speech.takes.sentences import fold_sentence
from narrator.speech.text.breaths import has_words

MANIFEST = "voice.yaml"
ANY = "any"

Sentence = Annotated[str, StringConstraints(min_length=1, max_length=4000)]
State = Literal["good", "doubtful", "missing"]


class Entry(Marked):
    """A sentence, and where its recording is."""

    sentence: Sentence
    file: Word | None = None
    """Path of a sound file, relative to the folder."""
    from_: Duration | None = Field(None, alias="from")
    """Start in that file, where it has more than the sentence."""
    to: Duration | None = None
    state: State = "good"
    """Whether the recording is right: `doubtful` gives a warning, `missing` is the same as no entry."""
    take: Word | None = None
    """Name of the take that it was cut from, and the time there."""
    at: Duration | None = None
    digest: Word | None = None
    """Digest of the file as it was cut, so that an edited one is recognised."""
    checked: bool = False
    """Whether a person has decided about it: the same take does not change it again."""
    notes: Sentence | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        if not has_words(self.sentence):
            raise fault_at("sentence", "there are no words in this sentence; write it as in the routine")
        if self.file is None and self.state != "missing":
            raise ValueError("'file' is missing; add 'file:' with the name of the recording, or 'state: missing'")
        if self.from_ is not None and self.to is not None and self.to <= self.from_:
            raise fault_at("to", "a recording must end ('to') after it starts ('from')")
        return self


class ManifestFile(Marked):
    """The whole file."""

    speaker: Word | None = None
    language: Annotated[str, Field(pattern=LANGUAGE)] = ANY
    clean: Literal["gentle", "none"] = "gentle"
    """Whether rumble and noise are reduced."""
    notes: Sentence | None = None
    sentences: tuple[Entry, ...] = ()


@dataclass(frozen=True)
class Manifest:
    """A recorded voice: its folder, and what is in its manifest."""

    folder: Path
    file: ManifestFile
    text: str = ""
    """The file as written."""

    @cached_property
    def entries(self) -> dict[str, Entry]:
        """The entries by their folded sentences."""
        return {fold_sentence(entry.sentence): entry for entry in self.file.sentences}

    def find_entry(self, sentence: str) -> Entry | None:
        """Return the entry of a sentence if it has a recording."""
        found = self.entries.get(fold_sentence(sentence))
        return found if found and found.state != "missing" else None

    def speaks(self, language: str) -> bool:
        """Return whether the recordings are in a language."""
        return self.file.language == ANY or match_language(language, [self.file.language]) is not None

    def find_file(self, entry: Entry, *, is_trusted: bool = False) -> Path:
        """Return the sound file of an entry, which is in the folder or below it.

        Only in a folder that the user named may the manifest name files elsewhere, by their full paths.

        Raises:
            RoutineError: there is no such file there.

        """
        name = entry.file or ""
        if found := find_below(self.folder, name):
            return found
        if is_trusted and Path(name).is_absolute() and is_file(Path(name)):
            return Path(name)
        raise RoutineError(
            f"there is no sound file {name!r} in the folder of this voice or below it; put it there, or write "
            "'state: missing'",
            entry.find_mark("file"),
        )


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest in a folder.

    Raises:
        RoutineError: it cannot be read, or is not valid; with all faults found and their places.

    """
    source = read_yaml(folder / MANIFEST)
    return Manifest(folder, type_manifest(source), source.text)


def type_manifest(source: Source) -> ManifestFile:
    """Make a manifest from its file's data.

    Raises:
        RoutineError: it is not valid; with all faults found and their places.

    """
    if not isinstance(source.data, dict):
        raise RoutineError("a manifest is a mapping; start with 'language:' and 'sentences:'", source.find_mark(()))
    file = type_mapping(source, ManifestFile)
    if twice := list(_find_twice(file)):
        raise RoutineError.gather(twice)
    return file


def _find_twice(file: ManifestFile) -> Iterator[Fault]:
    """Yield a fault for each sentence that an earlier entry has."""
    first: dict[str, Mark] = {}
    for entry in file.sentences:
        mark = entry.find_mark("sentence")
        before = first.setdefault(fold_sentence(entry.sentence), mark)
        if before is not mark:
            yield Fault(f"this sentence is on line {before.line} already; keep one of the entries", mark)
