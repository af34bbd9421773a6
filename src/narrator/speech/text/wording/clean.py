"""Removal of what no voice should say in any language: emoji, Markdown, HTML entities, invisible signs, accents."""

import html
import re
import unicodedata
from functools import cache

from narrator.routine.lexicon import SANSKRIT, drop_sanskrit_marks
from narrator.speech.engine import read_base
from narrator.speech.text.letters import list_scripts

# Markup ---------------------------------------------------------------------------------------------------------------

_PLAIN = re.compile(r"(?!\s*-\s)[\w ,.;:!?'\"()/%-]*", re.ASCII)
"""Text with nothing to remove except underscores."""
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*\)")
_HEADING = re.compile(r"^\s*(?:#{1,6}|>|[-*+•‣◦▪–])\s+(?=\S)")
_TIMES = re.compile(r"(?<=\d) ?\* ?(?=\d)")
_MARKS = re.compile(r"[*`•‣◦▪]|~~")
_UNDERSCORES = re.compile(r"(?<![^\W_])_+|_+(?![^\W_])")
_LEFT_OVER = re.compile(r" (?=[,;.!?](?:\s|$))")
"""A space before a stop, left where a sign between the two was removed."""
_HASHTAG = re.compile(r"(?<![\w&])#(?=[^\W\d])")

# Emoji ----------------------------------------------------------------------------------------------------------------

_KEYCAP = re.compile("[0-9#*]\ufe0f?\u20e3")
_PRESENTED = re.compile("[^\\w\\s]\ufe0f|[\u2139\u3297\u3299\u24c2]\ufe0f")
"""A text character that is shown as an emoji."""
_SIGNS_KEPT = frozenset("°№℃℉©")
_DROPPED = {"So", "Co", "Cs", "Cn", "Me"}
_SPOKEN_SIGNS = str.maketrans({
    "№": "No. ", "℃": "°C", "℉": "°F", "©": " ", "‼": "!", "⁉": "?!", "⁈": "?!", "⁇": "?", "\u2044": "/",
    "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u200a": " ", "\u2007": " ",
})  # fmt: skip

# Letters --------------------------------------------------------------------------------------------------------------

_JOINERS = "\u200c\u200d"
_JOINING = (
    (0x0600, 0x06FF), (0x0700, 0x08FF), (0x0900, 0x0DFF), (0x1000, 0x109F), (0x1780, 0x18AF), (0xFB50, 0xFEFC),
)  # fmt: skip
"""Blocks of joining letters: Arabic, Syriac, those of India, Myanmar, Khmer, Mongolian."""
_OWN_LETTERS = {
    "pl": "ąćęłńóśźż", "cs": "áčďéěíňóřšťúůýž", "sk": "áäčďéíĺľňóôŕšťúýž", "hu": "áéíóöőúüű", "ro": "ăâîșțşţ",
    "tr": "çğıöşüâî", "az": "çəğıöşü", "lv": "āčēģīķļņōŗšūž", "lt": "ąčęėįšųūž", "et": "äõöüšž", "hr": "čćđšž",
    "bs": "čćđšž", "sr": "čćđšž", "sl": "čšž", "eo": "ĉĝĥĵŝŭ", "cy": "âêîôûŵŷáéíóúẃýàèìòùẁỳäëïöüẅÿ", "mt": "ċġħż",
    "ca": "àçèéíïòóúüŀ", "mi": "āēīōū", "haw": "āēīōū", "sm": "āēīōū", "la": "āēīōūȳ", "fr": "œÿ", "gn": "ãẽĩñõũỹ",
    "ku": "çêîşû", "tk": "äçňöşüýž", "sq": "çë", "ha": "ɓɗƙ",
}  # fmt: skip
"""Letters with marks beyond Western Europe's (U+00C0 to U+00FF), which every voice is assumed to know."""
_MARKED_LANGUAGES = frozenset({"vi", "yo", "ig", "ee", "pcm", "cmn", "sa", "nv"})
"""Languages in Latin letters whose marks are all kept."""


def clean_text(text: str, language: str) -> str:
    """Return a text in one line without anything that no voice should say.

    Emoji, Markdown and invisible signs are removed, and HTML entities decoded. A Latin letter keeps only the marks that
    the language has, such as `é` in French, and those of Sanskrit, which `sound_sanskrit` reads.
    """
    if _PLAIN.fullmatch(text) and "_" not in text:
        return " ".join(text.split())
    text = _ENTITY.sub(lambda found: html.unescape(found[0]), text)
    text = _HEADING.sub("", _LINK.sub(r"\1", text))
    if not text.isascii():
        text = _drop_signs(text)
        if "ॐ" in text and "LATIN" in list_scripts(language):
            text = text.replace("ॐ", "Om")
        # Another spelling of ṛ (ISO 15919).
        text = _drop_marks(text.replace("r\u0325", "ṛ").replace("R\u0325", "Ṛ"), read_base(language))
    text = _MARKS.sub("", _TIMES.sub("×", text))
    text = _HASHTAG.sub("", _UNDERSCORES.sub("", text).replace("_", " "))
    return _LEFT_OVER.sub("", " ".join(text.split()))


_SH = {
    "de": "sch",
    "fr": "ch",
    "nl": "sj",
    "pt": "x",
    "pl": "sz",
    "hu": "s",
    "cs": "š",
    "sk": "š",
    "sl": "š",
    "hr": "š",
    "tr": "ş",
}
"""Spelling of ś and ṣ in languages where it differs from English."""


def sound_sanskrit(text: str, language: str) -> str:
    """Return Sanskrit in letters that sound approximately right: `Krishna` for `Kṛṣṇa`, `Krischna` in German."""
    base = read_base(language)
    if base in _MARKED_LANGUAGES or SANSKRIT.isdisjoint(text):
        return text
    own = _OWN_LETTERS.get(base, "")
    return "".join(_sound_letter(char, base) if char in SANSKRIT and char.lower() not in own else char for char in text)


def _sound_letter(char: str, base: str) -> str:
    lower = char.lower()
    sound = _SH.get(base, "sh") if lower in "śṣ" else "ri" if lower in "ṛṝ" else drop_sanskrit_marks(lower)
    return sound.capitalize() if char != lower else sound


def _drop_signs(text: str) -> str:
    """Return a text without emoji and invisible signs, in composed letters (NFC)."""
    text = unicodedata.normalize("NFC", _PRESENTED.sub(" ", _KEYCAP.sub(" ", text)).translate(_SPOKEN_SIGNS))
    return "".join(_keep_sign(text, place) for place in range(len(text)))


def _keep_sign(text: str, place: int) -> str:
    char = text[place]
    if char.isascii() or char.isalnum():
        return char
    category = unicodedata.category(char)
    if char in _JOINERS:
        return char if _is_joining(text[place - 1 : place]) and _is_joining(text[place + 1 : place + 2]) else ""
    if category == "Cf" or 0xFE00 <= ord(char) <= 0xFE0F or 0xE0100 <= ord(char) <= 0xE01EF:
        return ""
    if category in _DROPPED or 0x1F3FB <= ord(char) <= 0x1F3FF:
        return char if char in _SIGNS_KEPT else " "
    return char


def _is_joining(char: str) -> bool:
    return bool(char) and any(first <= ord(char) <= last for first, last in _JOINING)


def _drop_marks(text: str, language: str) -> str:
    """Return a text whose Latin letters have only the marks of the language."""
    if language in _MARKED_LANGUAGES:
        return text
    kept: list[str] = []
    for char in text:
        if unicodedata.combining(char):
            # A mark after a letter of another script belongs to that script.
            if kept and _is_latin(kept[-1][-1:]):
                continue
            kept.append(char)
        else:
            kept.append(_simplify(char, language) if ord(char) > 0xFF and char not in SANSKRIT else char)
    return "".join(kept)


@cache
def _is_latin(char: str) -> bool:
    return char.isalpha() and unicodedata.name(char, "").startswith("LATIN")


@cache
def _simplify(char: str, language: str) -> str:
    """Return a Latin letter without its marks, unless the language has them."""
    if not _is_latin(char) or char.lower() in _OWN_LETTERS.get(language, ""):
        return char
    plain = unicodedata.normalize("NFD", char)
    return plain[0] if len(plain) > 1 and all(map(unicodedata.combining, plain[1:])) else char
