"""Any program that reads a text and writes WAV, as the configuration names it."""

import hashlib
import re
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from narrator.config import Section, Timeout
from narrator.errors import SpeechError
from narrator.languages import match_language
from narrator.sound.resample import NoSoundError, decode_mono
from narrator.speech.child import kill_group
from narrator.speech.clip import Clip, make_clip, make_silent_clip
from narrator.speech.engine import Engine, Voice
from narrator.speech.text.breaths import has_words

PLACES = ("text", "output", "language", "pace")
"""What stands in braces in a program's arguments for what it is to be given."""
_PLACE = re.compile(rf"\{{(?:{'|'.join(PLACES)})\}}")
_LAST_WAIT_S = 1.0
"""For a program that was ended; what it started in another session may hold on to its output for longer."""


class CommandConfig(Section):
    """A program that reads a text and writes WAV."""

    run: Annotated[tuple[str, ...], Field(min_length=1)]
    """The program and its arguments; `{text}`, `{output}`, `{language}` and `{pace}` stand for what they say.

    Without `{text}` it reads the text from standard input; without `{output}` it writes to standard output."""
    languages: Annotated[tuple[str, ...], Field(min_length=1)] = ("any",)
    """Codes of the languages it speaks."""
    timeout: Timeout = 60.0
    """Longest time for one sentence, in seconds."""
    workers: Annotated[int, Field(ge=1, le=64)] = 1
    """How many may run at the same time."""

    @model_validator(mode="after")
    def _check_program(self) -> Self:
        if not self.run[0]:
            raise ValueError('\'run\' names no program; write it like ["flite", "-o", "{output}"]')
        # Programs have braces of their own: only what is nearly one of ours is taken for a slip.
        for name in set(re.findall(r"\{([a-z]+)\}", " ".join(self.run))) - set(PLACES):
            if near := get_close_matches(name, PLACES, 1):
                raise ValueError(f"'run' has {{{name}}}, which stands for nothing; did you mean {{{near[0]}}}?")
        return self


class Command(Engine):
    """The engine `command`: its voices are the programs of the configuration, each run once for a sentence."""

    name = "command"
    version = "1"
    quality, licence, is_offline = "its own", "its own", True
    settings = dict[str, CommandConfig]

    def __init__(self, programs: Mapping[str, CommandConfig]) -> None:
        if not programs:
            raise SpeechError(
                "the engine 'command' has no program yet; name one in the configuration file, such as "
                '[command.flite] with run = ["flite", "-o", "{output}", "-t", "{text}"]'
            )
        self._programs = programs
        self.workers = max(program.workers for program in programs.values())
        self._turns = {name: threading.Semaphore(program.workers) for name, program in programs.items()}
        self._running: set[subprocess.Popen[bytes]] = set()
        self._is_closed = False

    def languages(self) -> Collection[str]:
        """Codes that the configuration gives, `any` for a program that speaks whatever it is given."""
        return list(dict.fromkeys(code for program in self._programs.values() for code in program.languages))

    def voices(self, language: str) -> Collection[str]:
        """Names of the programs that speak a language."""
        return [
            name
            for name, program in self._programs.items()
            if "any" in program.languages or match_language(language, program.languages)
        ]

    def resolve_voice(self, voice: Voice) -> Voice:
        """A voice with a version that follows from its program, its arguments, and the state of files among them."""
        run = self._programs[voice.name].run
        known = repr((run, *map(_describe_file, run)))
        return replace(voice, version=f"{self.version} {hashlib.blake2b(known.encode(), digest_size=8).hexdigest()}")

    def synthesize(self, text: str, voice: Voice) -> Clip:
        """Have the program speak a text; one without letters is a moment of silence."""
        if not has_words(text):
            return make_silent_clip(text)
        program = self._programs[voice.name]
        with self._turns[voice.name], tempfile.TemporaryDirectory(prefix="narrator-") as folder:
            output = Path(folder) / "speech.wav"
            meanings = {
                "{text}": text, "{output}": str(output), "{language}": voice.language, "{pace}": f"{voice.pace:g}",
            }  # fmt: skip
            arguments = [_fill(argument, meanings) for argument in program.run]
            has_text = any("{text}" in argument for argument in program.run)
            written = self._run(arguments, b"" if has_text else text.encode() + b"\n", text, program.timeout)
            if any("{output}" in argument for argument in program.run):
                written = output.read_bytes() if output.is_file() else b""
        try:
            return make_clip(text, decode_mono(written, "wav"))
        except NoSoundError as error:
            raise SpeechError(
                f"{arguments[0]!r} wrote {error} for {text[:40]!r}; try it by itself, and see 'run' of {voice} in the "
                "configuration file"
            ) from None

    def close(self) -> None:
        """End the programs that are running."""
        self._is_closed = True
        for process in list(self._running):
            kill_group(process)

    def _run(self, arguments: list[str], given: bytes, text: str, timeout_s: float) -> bytes:
        """Run a program without a shell; what it writes to standard output."""
        program = arguments[0]
        try:
            # In a session of its own: Ctrl-C is ours to handle, by closing.
            process = subprocess.Popen(  # noqa: S603 - the user's own configuration names it
                arguments,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as error:
            raise SpeechError(
                f"{program!r} cannot be run: {error.strerror or error}; see 'run' in the configuration file"
            ) from error
        self._running.add(process)
        try:
            if self._is_closed:
                kill_group(process)
            written, said = process.communicate(given, timeout_s)
        except subprocess.TimeoutExpired:
            kill_group(process)
            with process, suppress(subprocess.TimeoutExpired):
                process.communicate(timeout=_LAST_WAIT_S)
            raise SpeechError(
                f"{program!r} was not done with {text[:40]!r} after {timeout_s:g} s; raise 'timeout' in the "
                "configuration file, or take another voice"
            ) from None
        finally:
            self._running.discard(process)
        if process.returncode:
            last = (said.decode(errors="replace").strip().splitlines() or ["it said nothing"])[-1][:200]
            raise SpeechError(f"{program!r} failed on {text[:40]!r} with code {process.returncode}: {last}")
        return written


def _describe_file(argument: str) -> tuple[int, int] | None:
    """When a program or a file among the arguments was last written, and its size; None for what is no file."""
    with suppress(OSError, ValueError):
        known = Path(shutil.which(argument) or argument).stat()
        return known.st_mtime_ns, known.st_size
    return None


def _fill(argument: str, meanings: Mapping[str, str]) -> str:
    """Put what they stand for in the places of an argument; a text that looks like one stays as it is."""
    return _PLACE.sub(lambda found: meanings[found.group()], argument)
