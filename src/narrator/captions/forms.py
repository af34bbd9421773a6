"""The formats that a timeline can be written in, by name and by suffix."""

from collections.abc import Iterable
from importlib import import_module
from pathlib import PurePath
from typing import TYPE_CHECKING, NamedTuple

from narrator.errors import UsageError

if TYPE_CHECKING:
    from narrator.captions.content import Content


class Form(NamedTuple):
    """A format: its name, its suffix, and its module, whose function `write` takes the content."""

    name: str
    suffix: str
    module: str
    has_readings: bool = False
    """Whether it can show what the voice receives."""


FORMS = {
    form.name: form
    for form in (
        Form("text", ".txt", "narrator.captions.text", has_readings=True),
        Form("json", ".json", "narrator.captions.json", has_readings=True),
        Form("vtt", ".vtt", "narrator.captions.vtt"),
        Form("srt", ".srt", "narrator.captions.srt"),
        Form("lrc", ".lrc", "narrator.captions.lrc"),
        Form("chapters", ".chapters.json", "narrator.captions.chapters"),
        Form("transcript", ".transcript.txt", "narrator.captions.transcript"),
        Form("sheet", ".html", "narrator.captions.sheet"),
    )
}
"""Every format by name; modules are imported when needed."""


def find_form(path: PurePath) -> Form | None:
    """Return the format of a file by the longest suffix that matches; None for an unknown suffix."""
    fitting = [form for form in FORMS.values() if path.name.lower().endswith(form.suffix)]
    return max(fitting, key=lambda form: len(form.suffix), default=None)


def name_forms(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names of formats, each once; a suffix without its point is a name, too.

    Raises:
        UsageError: there is no such format; lists those that there are.

    """
    found: dict[str, None] = {}
    for name in names:
        form = FORMS.get(name) or next((form for form in FORMS.values() if form.suffix == f".{name}"), None)
        if form is None:
            message = f"there are no captions {name!r}; use {', '.join(FORMS)}"
            raise UsageError(message, options=("captions",))
        found[form.name] = None
    return tuple(found)


def write_form(name: str, content: "Content") -> str:
    """Return the content of a session in a format."""
    written: str = import_module(FORMS[name].module).write(content)
    return written
