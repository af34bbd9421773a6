"""A sheet in HTML to teach from or to print: a drawing of the session, what is said, and how long silences are."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from narrator.captions.content import Content
from narrator.captions.drawing import draw_timeline
from narrator.captions.outline import Entry, Line, Part, Place, Rest, Rounds, Sound, Turn, make_outline
from narrator.captions.page import escape, find_direction, find_words, show_length, write_page, write_time
from narrator.routine.phrases import find_phrases, find_side_key, list_languages
from narrator.units import Ms

_STYLE = Path(__file__).parent / "sheet.css"
_SHOWN: Ms = 2500
"""The shortest silence behind words that is shown."""
_LONG: Ms = 10_000
"""The shortest silence that is shown as large as a hold."""
_HOUR: Ms = 3_600_000
"""The length from which times can have hours, which take a wider column."""
_MANY = 12
"""Most cues of a hold that is kept on one page."""


def write(content: Content) -> str:
    """Return the sheet."""
    heading, timeline = content.heading, content.timeline
    parts = make_outline(timeline, heading.language)
    writer = _Writer(heading.language)
    hours = ' class="hours"' if timeline.length >= _HOUR else ""
    head = (
        f"<header{hours}>\n<h1>{escape(heading.title)}</h1>\n"
        f'<p class="facts"><b>{show_length(timeline.length)}</b> · {writer.label("voice")} '
        f'<span dir="ltr">{escape(content.voice)}</span></p>\n'
        f"<figure>\n{draw_timeline(timeline, parts, heading.title, writer.labels)}"
        f"<figcaption>{writer.write_legend(parts)}</figcaption>\n</figure>\n</header>\n"
    )
    body = "".join(writer.write_part(part, number) for number, part in enumerate(parts, 1))
    return write_page(heading.title, heading.language, _STYLE.read_text("utf-8"), head + body)


class _Writer:
    """Writes the parts of a sheet in a language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.phrases, self._written_in = find_words(language)
        self.labels = self.phrases.labels

    def label(self, name: str) -> str:
        """Return one of narrator's own words, marked if it is not in the language of the sheet."""
        return self._mark(getattr(self.labels, name))

    def _mark(self, word: str) -> str:
        if self._written_in == self.language:
            return escape(word)
        return f'<span lang="{self._written_in}" dir="{find_direction(self._written_in)}">{escape(word)}</span>'

    def write_legend(self, parts: Iterable[Part]) -> str:
        """Return the meanings of the colours that the drawing has."""
        steps = [step for part in parts for step in part.steps]
        inside = [entry for step in steps if isinstance(step, Rest | Rounds) for entry in step.entries]
        kinds = {type(step) for step in (*steps, *inside)}
        shown = {"words": Line, "hold": Rest, "breath": Rounds, "bell": Sound}
        keys = (name for name, kind in shown.items() if kind in kinds)
        return "".join(f'<span class="key-{name}">{self.label(name)}</span>' for name in keys)

    def write_part(self, part: Part, number: int) -> str:
        """Return a section with its heading; without a title, its steps alone."""
        head = ""
        if part.title is not None:
            length = show_length(part.end - part.start)
            text = self._mark(part.title) if part.is_introduction else escape(part.title)
            title = f'<span class="number">{number}</span><bdi>{text}</bdi>'
            head = f'<h2>{write_time(part.start)} <span>{title}</span> <span class="length">{length}</span></h2>\n'
        return f"<section>\n{head}{''.join(self._write_steps(part))}</section>\n"

    def _write_steps(self, part: Part) -> Iterator[str]:
        is_open = False
        for step in part.steps:
            if isinstance(step, Turn):
                yield "</ol>\n" if is_open else ""
                is_open = False
                yield self._write_turn(step)
                continue
            yield "" if is_open else "<ol>\n"
            is_open = True
            match step:
                case Rest():
                    yield self._write_rest(step)
                case Rounds():
                    yield self._write_rounds(step)
                case _:
                    yield f"<li{_find_class(step)}>{self._write_entry(step, _write_wait(step.wait))}</li>\n"
        yield "</ol>\n" if is_open else ""

    def _write_turn(self, turn: Turn) -> str:
        shown = list(self._describe_place(turn.place))
        if not shown:
            return "<hr>\n"
        return f"<h3>{write_time(turn.start)} <span>{' · '.join(shown)}</span></h3>\n"

    def _describe_place(self, place: Place) -> Iterator[str]:
        if place.section:
            yield escape(place.section)
        if place.side and place.side.casefold() not in (place.section or "").casefold():
            yield escape(self._say_side(place.side))
        if place.rounds:
            yield f"{self.label('round')} {'.'.join(map(str, place.rounds))}"

    def _say_side(self, side: str) -> str:
        """Return the name of a side in the language of the sheet, if it is one that narrator knows."""
        key = next((key for code in list_languages() if (key := find_side_key(side, code))), None)
        phrases = find_phrases(self.language)
        return phrases.sides[key] if key and phrases else side

    def _write_rest(self, rest: Rest) -> str:
        side = f' <span class="side">{escape(self._say_side(rest.side))}</span>' if rest.side else ""
        head = f"{self.label('hold')}{side}"
        return self._write_block("hold", rest, head, self._write_inside(rest))

    def _write_inside(self, rest: Rest) -> Iterator[str]:
        for entry in rest.entries:
            at = f'<span class="at" dir="ltr">+{show_length(entry.start - rest.start)}</span>'
            yield f"<li{_find_class(entry)}>{self._write_entry(entry, at)}</li>\n"

    def _write_rounds(self, rounds: Rounds) -> str:
        pattern = " · ".join(self._write_phases(rounds))
        head = f'{self.label("breath")} <bdi>{rounds.count} ×</bdi> <span class="more">{pattern}</span>'
        return self._write_block("breath", rounds, head, self._write_phrases(rounds))

    def _write_phases(self, rounds: Rounds) -> Iterator[str]:
        for at, (phase, first) in enumerate(rounds.first):
            last = rounds.last[at][1] if at < len(rounds.last) else first
            lengths = dict.fromkeys((_show_seconds(first), _show_seconds(last)))
            yield f"<bdi>{self._name_phase(phase)} {'→'.join(lengths)}</bdi>"

    def _write_phrases(self, rounds: Rounds) -> Iterator[str]:
        before: int | None = None
        for entry in rounds.entries:
            number = entry.round if isinstance(entry, Line) else None
            at = f'<span class="at">{number}/{rounds.count}</span>' if number and number != before else ""
            before = number or before
            yield f"<li{_find_class(entry)}>{self._write_entry(entry, at)}</li>\n"

    def _name_phase(self, phase: str) -> str:
        return self._mark(self.phrases.breath.get(phase))

    def _write_block(self, name: str, step: Rest | Rounds, head: str, inside: Iterable[str]) -> str:
        many = " many" if len(step.entries) > _MANY else ""
        entries = "".join(inside)
        return (
            f'<li class="{name}{many}"><div class="row head">{write_time(step.start)} <p>{head}</p> '
            f'<b class="big">{show_length(step.end - step.start)}</b></div>\n'
            + (f"<ol>\n{entries}</ol>\n" if entries else "")
            + "</li>\n"
        )

    def _write_entry(self, entry: Entry, end: str) -> str:
        match entry:
            case Sound():
                words = f"<p>{_write_sound(entry)}</p>"
            case Line(texts=(text,)):
                words = f"<p>{escape(text)}</p>"
            case Line(texts=texts):
                words = f'<p class="count">{" ".join(f"<span>{escape(text)}</span>" for text in texts)}</p>'
        return f'<div class="row">{write_time(entry.start)} {words} {end}</div>'


def _find_class(entry: Entry) -> str:
    return ' class="bell"' if isinstance(entry, Sound) else ""


def _write_sound(sound: Sound) -> str:
    times = f" {sound.times} ×" if sound.times > 1 else ""
    length = "" if sound.length is None else f" {show_length(sound.length)}"
    text = f' <span class="text">{escape(sound.text)}</span>' if sound.text else ""
    return f"<bdi>{escape(sound.name)}{times}{length}</bdi>{text}"


def _write_wait(wait: Ms) -> str:
    if wait < _SHOWN:
        return ""
    return f'<b class="wait{" long" if wait >= _LONG else ""}">{show_length(wait)}</b>'


def _show_seconds(length: Ms) -> str:
    """Return a length in seconds, to a tenth of which ticks are not shown."""
    tenths = (length + 50) // 100
    return f"{tenths // 10}.{tenths % 10}" if tenths % 10 else str(tenths // 10)
