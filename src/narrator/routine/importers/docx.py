"""Word documents as Markdown: headings, paragraphs, lists, tables, and what is emphasised."""

import re
import zipfile
from html.parser import HTMLParser
from io import BytesIO

from narrator.errors import Fault, Mark, RoutineError

MAX_BYTES = 16 * 2**20
"""Bytes of a document, pictures included."""
_MAX_XML = 4 * 2**20
_STYLES = "p[style-name='Title'] => h1.title:fresh\np[style-name='Subtitle'] => p:fresh"
_BLOCKS = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "tr"})
_EMPHASIS = re.compile(r"\x01(\s*)([^\x01\x02\n]*?)(\s*)\x02")


def convert_document(data: bytes, name: str) -> tuple[str, tuple[Fault, ...]]:
    """Return a Word document as Markdown, each paragraph on a line, and warnings about what is not spoken.

    Raises:
        RoutineError: it is not a Word document, it is too large, or the package that reads it is missing.

    """
    first = Mark(name, 1, 1)
    try:
        import mammoth
    except ImportError:
        message = "Word documents need the package mammoth; run: pip install mammoth, or save the document as .txt"
        raise RoutineError(message, first) from None
    _check_parts(data, first)
    try:
        pictures = mammoth.images.img_element(lambda _image: {})
        html = mammoth.convert_to_html(BytesIO(data), style_map=_STYLES, convert_image=pictures).value
    except Exception as error:  # a damaged document may raise anything
        raise RoutineError("this Word document is damaged; save it again, or as .txt", first) from error
    writer = _Writer(has_title='<h1 class="title">' in html)
    writer.feed(html)
    writer.close()
    text = "\n\n".join(writer.blocks) + "\n"
    return text, tuple(_list_notes(writer, name))


def _check_parts(data: bytes, mark: Mark) -> None:
    """Refuse what is not a Word document, or would be costly to read."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            parts = [part for part in archive.infolist() if part.filename.endswith((".xml", ".rels"))]
            if "word/document.xml" not in archive.namelist():
                raise RoutineError("this is not a Word document (.docx); save it as one, or as .txt", mark)
            if sum(part.file_size for part in parts) > _MAX_XML:
                raise RoutineError("this document is too large; make several of it", mark)
            if any(b"<!DOCTYPE" in archive.read(part) for part in parts):
                raise RoutineError("this document declares a document type; save it again in Word", mark)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise RoutineError("this is not a Word document (.docx); save it as one, or as .txt", mark) from error


def _list_notes(writer: "_Writer", name: str) -> list[Fault]:
    notes = [
        Fault(f"the footnote {text!r} is not spoken; write it into the text", Mark(name, 1, 1)) for text in writer.notes
    ]
    if writer.pictures:
        what = "a picture is" if writer.pictures == 1 else f"{writer.pictures} pictures are"
        notes.append(Fault(f"{what} left out; write the words that should be spoken", Mark(name, 1, 1)))
    return notes


class _Writer(HTMLParser):
    """Writes the few elements of HTML that a Word document comes to as blocks of Markdown."""

    def __init__(self, *, has_title: bool) -> None:
        super().__init__()
        self.blocks: list[str] = []
        self.notes: list[str] = []
        self.pictures = 0
        self._has_title = has_title
        self._prefix = ""
        self._text = ""
        self._lists: list[str] = []
        self._cells: list[str] | None = None
        self._emphasis = 0
        self._note = False
        self._reference = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin an element."""
        known = dict(attrs)
        if tag in _BLOCKS:
            self._begin_block(tag, known)
        elif tag in {"ul", "ol"}:
            self._end_block()
            self._lists.append("1." if tag == "ol" else "-")
        elif tag == "br":
            self._text += "\n"
        elif tag == "img":
            self.pictures += 1
        elif tag in {"em", "strong"}:
            self._emphasis += 1
            self._text += "\x01" if self._emphasis == 1 else ""
        elif tag == "a":
            self._reference = re.match(r"#(foot|end)note", known.get("href") or "") is not None

    def handle_endtag(self, tag: str) -> None:
        """End an element."""
        if tag in {"em", "strong"}:
            self._emphasis -= 1
            self._text += "\x02" if not self._emphasis else ""
        elif tag == "a":
            self._reference = False
        elif tag in {"td", "th"} and self._cells is not None:
            self._cells.append(" ".join(self._text.split()))
            self._text = ""
        elif tag == "tr" and self._cells is not None:
            self._text = ": ".join(filter(None, self._cells))
            self._cells = None
            self._end_block()
        elif tag in {"ul", "ol"}:
            self._end_block()
            self._lists.pop()
        elif tag in _BLOCKS:
            self._end_block()
            self._note = self._note and tag != "li"

    def handle_data(self, data: str) -> None:
        """Take text over, but for references to notes."""
        if not self._reference:
            self._text += data

    def _begin_block(self, tag: str, known: dict[str, str | None]) -> None:
        if self._cells is not None:
            # Paragraphs within a cell of a table are one text.
            self._text += " "
            return
        if tag == "p" and self._prefix and not self._text.strip():
            return
        self._end_block()
        if tag == "li":
            self._note = re.match(r"(foot|end)note", known.get("id") or "") is not None
            self._prefix = f"{'   ' * (len(self._lists) - 1)}{self._lists[-1] if self._lists else '-'} "
        elif tag == "tr":
            self._cells, self._prefix = [], "- "
        elif tag.startswith("h"):
            level = int(tag[1]) + (self._has_title and known.get("class") != "title")
            self._prefix = f"{'#' * min(level, 6)} "

    def _end_block(self) -> None:
        if self._cells is not None:
            return
        text = _EMPHASIS.sub(lambda found: f"{found[1]}*{found[2]}*{found[3]}" if found[2] else found[1], self._text)
        text = re.sub(r"[\x01\x02]", "", text).strip()
        if self._prefix.startswith("#"):
            text = " ".join(text.split())
        if text and self._note:
            self.notes.append(text)
        elif text:
            self.blocks.append(self._prefix + text)
            self._prefix = ""
        self._prefix = self._prefix if not text and self._prefix.strip() in {"-", "1."} else ""
        self._text = ""
