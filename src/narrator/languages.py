"""Codes of languages: which of them mean the same, and which text or voice serves for a language that was asked for."""

from collections.abc import Iterable

_SAME = {
    # Codes that were withdrawn, and those of one language that has several.
    "no": "nb", "nn": "nb", "iw": "he", "in": "id", "ji": "yi", "jw": "jv", "mo": "ro", "tl": "fil", "cmn": "zh",
    "zsm": "ms", "arb": "ar", "pes": "fa", "swh": "sw", "lvs": "lv", "ekk": "et",
    # ISO 639-2 and 639-3 where BCP 47 has two letters.
    "eng": "en", "deu": "de", "ger": "de", "spa": "es", "fra": "fr", "fre": "fr", "ita": "it", "por": "pt",
    "nld": "nl", "dut": "nl", "hin": "hi", "jpn": "ja", "zho": "zh", "chi": "zh", "ara": "ar", "rus": "ru",
    "kor": "ko", "tur": "tr", "pol": "pl", "swe": "sv", "dan": "da", "nor": "nb", "nob": "nb", "nno": "nb",
    "fin": "fi", "ces": "cs", "cze": "cs", "ell": "el", "gre": "el", "heb": "he", "hun": "hu", "ron": "ro",
    "rum": "ro", "ukr": "uk", "vie": "vi", "tha": "th", "ind": "id", "tgl": "fil",
}  # fmt: skip
_SCRIPTS = {"cn": "hans", "sg": "hans", "my": "hans", "tw": "hant", "hk": "hant", "mo": "hant"}
"""How Chinese is written in a region."""


def fold_language(code: str) -> str:
    """Return the one code that stands for a language: `nb` for `no`, `he` for `iw-IL`'s `iw`, `zh-hans` for `zh_CN`.

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


def match_language(wanted: str, known: Iterable[str]) -> str | None:
    """Return the code among those `known` that serves best for a language, or None.

    The very language is best, then it without its region, then it with a region of its own. One way of writing
    Chinese does not serve for the other.
    """
    by_folded: dict[str, str] = {}
    for code in known:
        # Of two that mean the same, the one that is written as wanted.
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
