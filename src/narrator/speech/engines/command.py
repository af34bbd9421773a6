"""The engine `command`: any program from the configuration that reads text and writes WAV."""

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
"""Placeholders in braces in a program's arguments."""
_PLACE = re.compile(rf"\{{(?:{'|'.join(PLACES)})\}}")
_LAST_WAIT_S = 1.0
"""Time to wait for a killed program; what it started in another session may keep its output open for longer."""


class CommandConfig(Section):
    """A program that reads text and writes WAV."""

    run: Annotated[tuple[str, ...], Field(min_length=1)]
    """The program and its arguments, with the placeholders `{text}`, `{output}`, `{language}` and `{pace}`.

    Without `{text}` it reads standard input; without `{output}` it writes to standard output."""
    languages: Annotated[tuple[str, ...], Field(min_length=1)] = ("any",)
    """Codes of the languages that it speaks."""
    timeout: Timeout = 60.0
    """Longest time for one sentence, in seconds."""
    workers: Annotated[int, Field(ge=1, le=64)] = 1
    """Number of sentences to speak at once."""

    @model_validator(mode="after")
    def _check_program(self) -> Self:
        if not self.run[0]:
            raise ValueError('\'run\' has no program; write it like ["flite", "-o", "{output}"]')
        # Programs may use braces themselves: only what is nearly a placeholder is taken for a misspelt one.
        for name in set(re.findall(r"\{([a-z]+)\}", " ".join(self.run))) - set(PLACES):
            if near := get_close_matches(name, PLACES, 1):
                raise ValueError(f"'run' has {{{name}}}, which is not a placeholder; did you mean {{{near[0]}}}?")
        return self


class Command(Engine):
    """The engine `command`: its voices are programs in the configuration, which run once per sentence."""

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
        """Return the language codes in the configuration; `any` for a program that speaks all languages."""
        return list(dict.fromkeys(code for program in self._programs.values() for code in program.languages))

    def voices(self, language: str) -> Collection[str]:
        """Return the names of the programs that speak a language."""
        return [
            name
            for name, program in self._programs.items()
            if "any" in program.languages or match_language(language, program.languages)
        ]

    def resolve_voice(self, voice: Voice) -> Voice:
        """Return a voice with a version that depends on its program, arguments, and the state of files among them."""
        run = self._programs[voice.name].run
        known = repr((run, *map(_describe_file, run)))
        return replace(voice, version=f"{self.version} {hashlib.blake2b(known.encode(), digest_size=8).hexdigest()}")

    def synthesize(self, text: str, voice: Voice) -> Clip:
        """Let the program speak a text; a text without letters is a moment of silence."""
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
                f"{arguments[0]!r} wrote {error} for {text[:40]!r}; try it by itself, and check 'run' of {voice} in "
                "the configuration file"
            ) from None

    def close(self) -> None:
        """Kill the programs that are running."""
        self._is_closed = True
        for process in list(self._running):
            kill_group(process)

    def _run(self, arguments: list[str], given: bytes, text: str, timeout_s: float) -> bytes:
        """Run a program without a shell, and return its standard output."""
        program = arguments[0]
        try:
            # In a separate session: Ctrl-C is handled here, by closing it.
            process = subprocess.Popen(  # noqa: S603 - the user's own configuration names it
                arguments,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as error:
            raise SpeechError(
                f"{program!r} cannot be run: {error.strerror or error}; check 'run' in the configuration file"
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
                f"{program!r} did not finish {text[:40]!r} within {timeout_s:g} s; raise 'timeout' in the "
                "configuration file, or use another voice"
            ) from None
        finally:
            self._running.discard(process)
        if process.returncode:
            last = (said.decode(errors="replace").strip().splitlines() or ["it printed nothing"])[-1][:200]
            raise SpeechError(f"{program!r} failed on {text[:40]!r} with code {process.returncode}: {last}")
        return written


def _describe_file(argument: str) -> tuple[int, int] | None:
    """Return when a program or a file among the arguments was last changed, and its size; None if it is not a file."""
    with suppress(OSError, ValueError):
        known = Path(shutil.which(argument) or argument).stat()
        return known.st_mtime_ns, known.st_size
    return None


def _fill(argument: str, meanings: Mapping[str, str]) -> str:
    """Replace the placeholders in an argument; a text that looks like one is not changed."""
    return _PLACE.sub(lambda found: meanings[found.group()], argument)
