"""Keys and kinds of steps in other languages."""

from unicodedata import normalize

_WORDS = {
    "title": "titel título titulo titre titolo",
    "description": "beschreibung descripción descripcion descrizione descrição",
    "language": "sprache idioma lengua langue lingua língua",
    "length": "länge laenge dauer duración duracion durée duree durata duração longueur lunghezza",
    "voice": "stimme voz voix voce",
    "steps": "schritte pasos étapes etapes passi passos",
    "say": "sagen sage sag sprich sprechen decir di dire dis dì dizer",
    "hold": "halten halte mantener sostener maintenir tenir mantieni mantenere manter",
    "pause": "stille pausa",
    "bell": "glocke klang campana cloche sino",
    "section": "abschnitt teil sección seccion sezione seção",
    "sides": "seiten lados côtés cotes côté lati",
    "between": "dazwischen zwischen entre",
    "repeat": "wiederholen wiederhole wiederholung repetir repite répéter repeter ripeti ripetere",
    "breathe": "atmen atme respirar respira respirer respirez respirare",
    "rounds": "runden rondas vueltas tours giri",
    "include": "einbinden einfügen incluir inclure includere",
    "brief": "kurz breve bref",
    "cues": "hinweise avisos indicaciones",
    "bed": "hintergrund fondo fond sottofondo",
    "gap": "lücke luecke",
    "every": "alle jede cada chaque ogni",
    "times": "mal veces fois volte vezes",
}
_ENGLISH = {word: key for key, words in _WORDS.items() for word in words.split()}


def translate_key(word: str) -> str | None:
    """Return the English key for a German, Spanish, French, Italian or Portuguese one; None for any other word."""
    return _ENGLISH.get(normalize("NFC", word.lower()))
