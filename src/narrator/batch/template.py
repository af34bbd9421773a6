"""Paths of tracks, made from a template such as `{routine}/{language}/{voice}-{length}`, safe on every file system."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from string import Formatter

from narrator.errors import UsageError
from narrator.routine.nearest import suggest

FIELDS = ("routine", "language", "voice", "guidance", "length", "format")
"""Names of the placeholders."""
_UNSAFE = re.compile(r'[<>:"\\|?*\x00-\x1f\x7f]')
"""Characters that a name cannot have on some file system."""
_RESERVED = re.compile(r"^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|$)", re.IGNORECASE)
"""Names that Windows keeps for devices, whatever follows the point."""
_LONGEST = 240
"""Most bytes of a name, which leaves room for the longest suffix: file systems allow 255."""


@dataclass(frozen=True, slots=True)
class PathTemplate:
    """A checked template."""

    text: str

    def __post_init__(self) -> None:
        """Check it.

        Raises:
            UsageError: it has an unknown placeholder, or cannot be the name of a file everywhere.

        """
        try:
            parts = list(Formatter().parse(self.text))
        except ValueError:
            raise UsageError(
                f"a bracket in {self.text!r} is not closed, or not opened; write {{routine}}", options=("path",)
            ) from None
        for _, name, form, conversion in parts:
            if name is not None and (name not in FIELDS or form or conversion):
                known = ", ".join(f"{{{each}}}" for each in FIELDS)
                near = suggest(name, FIELDS) if name not in FIELDS else "write only its name"
                raise UsageError(f"unknown placeholder {{{name}}}; {near} (known are {known})", options=("path",))
        self._check_literal("".join(literal for literal, *_ in parts))
        names = PurePosixPath(self.text).parts
        if self.text.startswith("/") or any(name in {".", ".."} for name in self.text.split("/")) or not names:
            message = f"{self.text!r} leaves the folder of the tracks; begin with a name, as {{routine}}/{{length}}"
            raise UsageError(message, options=("path",))

    def _check_literal(self, text: str) -> None:
        if found := _UNSAFE.search(text):
            shown = "/" if found[0] == "\\" else "-"
            message = f"the path cannot have {found[0]!r}, which some file systems do not allow; write {shown!r}"
            raise UsageError(message, options=("path",))
        if "//" in self.text or self.text.endswith("/"):
            raise UsageError(f"a name in {self.text!r} is empty; remove a slash", options=("path",))

    @property
    def fields(self) -> tuple[str, ...]:
        """The placeholders that it has."""
        return tuple(dict.fromkeys(name for _, name, *_ in Formatter().parse(self.text) if name))

    def fill(self, values: Mapping[str, str]) -> PurePosixPath:
        """Return the path for values, without a suffix, each made safe as a part of a name.

        Raises:
            UsageError: a name in it is too long, or nothing is left of it.

        """
        text = self.text.removesuffix(".{format}")
        filled = text.format_map({name: make_safe(value) for name, value in values.items()})
        return PurePosixPath(*(self._finish(name) for name in filled.split("/")))

    def _finish(self, name: str) -> str:
        name = _RESERVED.sub(r"\1_", unicodedata.normalize("NFC", name).strip(" "), count=1) if name else name
        name = name.rstrip(". ")
        if not name:
            raise UsageError(
                f"a name in {self.text!r} is empty for one of the tracks; add {{routine}}", options=("path",)
            )
        if len(name.encode()) > _LONGEST:
            raise UsageError(f"the name {name[:40]!r}... is too long for a file; use a shorter path", options=("path",))
        return name


def make_safe(value: str) -> str:
    """Return a value as a part of a name: `espeak:en gb` is `espeak-en-gb`."""
    return re.sub(r"[^\w.+]+", "-", unicodedata.normalize("NFC", value)).strip("-.")


def fold_path(path: PurePosixPath | str) -> str:
    """Return a path as file systems compare it that ignore case and the form of accents."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", str(path)).upper().casefold())
