"""Language codes: which of them are equivalent, and which text or voice suits a requested language."""

import re
from collections.abc import Iterable

from narrator.errors import UsageError

LANGUAGE = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$"
"""Syntax of a language code."""
_SAME = {
    # Withdrawn codes, and the several codes of one language.
    "no": "nb", "nn": "nb", "iw": "he", "in": "id", "ji": "yi", "jw": "jv", "mo": "ro", "tl": "fil", "cmn": "zh",
    "zsm": "ms", "arb": "ar", "pes": "fa", "swh": "sw", "lvs": "lv", "ekk": "et",
    # ISO 639-2 and 639-3 codes that have two letters in BCP 47.
    "eng": "en", "deu": "de", "ger": "de", "spa": "es", "fra": "fr", "fre": "fr", "ita": "it", "por": "pt",
    "nld": "nl", "dut": "nl", "hin": "hi", "jpn": "ja", "zho": "zh", "chi": "zh", "ara": "ar", "rus": "ru",
    "kor": "ko", "tur": "tr", "pol": "pl", "swe": "sv", "dan": "da", "nor": "nb", "nob": "nb", "nno": "nb",
    "fin": "fi", "ces": "cs", "cze": "cs", "ell": "el", "gre": "el", "heb": "he", "hun": "hu", "ron": "ro",
    "rum": "ro", "ukr": "uk", "vie": "vi", "tha": "th", "ind": "id", "tgl": "fil",
}  # fmt: skip
_SCRIPTS = {"cn": "hans", "sg": "hans", "my": "hans", "tw": "hant", "hk": "hant", "mo": "hant"}
"""Script of Chinese by region."""


_LONG_CODES = dict(
    pair.split(":")
    for line in (
        "af:afr am:amh ar:ara bg:bul bn:ben bs:bos ca:cat cs:ces cy:cym da:dan de:deu el:ell en:eng eo:epo",
        "es:spa et:est eu:eus fa:fas fi:fin fr:fra ga:gle gl:glg gu:guj he:heb hi:hin hr:hrv hu:hun hy:hye",
        "id:ind is:isl it:ita ja:jpn ka:kat kk:kaz kn:kan ko:kor la:lat lt:lit lv:lav mk:mkd ml:mal mr:mar",
        "ms:msa mt:mlt my:mya nb:nob ne:nep nl:nld no:nor pa:pan pl:pol pt:por ro:ron ru:rus si:sin sk:slk",
        "sl:slv sq:sqi sr:srp sv:swe sw:swa ta:tam te:tel th:tha tr:tur uk:ukr ur:urd uz:uzb vi:vie zh:zho",
    )
    for pair in line.split()
)
"""ISO 639-2 codes of the languages that have a two-letter code and a voice here."""


def check_language(code: str, option: str = "language") -> None:
    """Refuse an invalid language code; `option` is the option that it was given by.

    Raises:
        UsageError: it is not valid.

    """
    if not re.fullmatch(LANGUAGE, code):
        message = f"{code!r} is not a language code; write one such as en, de or es"
        raise UsageError(message, options=(option,))


def find_long_code(code: str) -> str:
    """Return the ISO 639-2 code of a language, as in ID3v2's TLAN: `deu` for `de-AT`."""
    base = code.lower().partition("-")[0]
    return _LONG_CODES.get(base, base)


def fold_language(code: str) -> str:
    """Return one code for all equivalent ones: `nb` for `no`, `he` for `iw-IL`'s `iw`, `zh-hans` for `zh_CN`.

    Chinese without a script or a region is `zh-hans`.
    """
    base, *rest = code.strip().lower().replace("_", "-").split("-")
    base = _SAME.get(base, base)
    if base == "zh":
        scripts = [part for part in rest if part in {"hans", "hant"}] or [
            _SCRIPTS[part] for part in rest if part in _SCRIPTS
        ]
        return f"zh-{scripts[0] if scripts else 'hans'}"
    return "-".join((base, *rest))


def find_base(code: str) -> str:
    """Return the code of a language without its region or script: `pt` for `pt-BR`, `nb` for `no`."""
    return fold_language(code).partition("-")[0]


_RIGHT_TO_LEFT = {"ar", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi"}
_RIGHT_TO_LEFT_SCRIPTS = {"arab", "hebr", "nkoo", "syrc", "thaa"}


def runs_right_to_left(language: str) -> bool:
    """Return whether a language is written from right to left: in the script that its code names, else in its own."""
    base, *rest = fold_language(language).split("-")
    script = next((part for part in rest if len(part) == 4 and part.isalpha()), None)
    return script in _RIGHT_TO_LEFT_SCRIPTS if script else base in _RIGHT_TO_LEFT


def match_language(wanted: str, known: Iterable[str]) -> str | None:
    """Return the best code in `known` for a language, or None.

    The same language is best, then without its region, then with another region. The two scripts of Chinese do not
    match each other.
    """
    by_folded: dict[str, str] = {}
    for code in known:
        # Of two equivalent codes, the one written as wanted.
        if fold_language(code) not in by_folded or code.lower() == wanted.lower():
            by_folded[fold_language(code)] = code
    folded = fold_language(wanted)
    parts = folded.split("-")
    for count in range(len(parts), 0, -1):
        if (code := "-".join(parts[:count])) in by_folded:
            return by_folded[code]
    if parts[0] == "zh":
        return None
    return next((code for key, code in by_folded.items() if key.partition("-")[0] == parts[0]), None)
