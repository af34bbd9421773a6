"""The forms that a timeline can be written in, by their names and by the endings of files."""

from collections.abc import Iterable
from importlib import import_module
from pathlib import PurePath
from typing import TYPE_CHECKING, NamedTuple

from narrator.errors import UsageError

if TYPE_CHECKING:
    from narrator.captions.content import Content


class Form(NamedTuple):
    """A form: its name, the ending of its files, and its module, whose `write` is called with the content."""

    name: str
    suffix: str
    module: str
    has_readings: bool = False
    """Whether it can show what the voice is given for a text."""


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
    )
}
"""Every form by its name; the module is imported when it is needed."""


def find_form(path: PurePath) -> Form | None:
    """Return the form that a file's name ends for, by the longest ending; None for none."""
    fitting = [form for form in FORMS.values() if path.name.lower().endswith(form.suffix)]
    return max(fitting, key=lambda form: len(form.suffix), default=None)


def check_forms(names: Iterable[str]) -> None:
    """Refuse what is not the name of a form.

    Raises:
        UsageError: one of the names is not; says which there are.

    """
    for name in names:
        if name not in FORMS:
            message = f"there are no captions {name!r}; they can be {', '.join(FORMS)}"
            raise UsageError(message, options=("captions",))


def write_form(name: str, content: "Content") -> str:
    """Write the content of a session in a form."""
    written: str = import_module(FORMS[name].module).write(content)
    return written
