"""Italian."""

from narrator.speech.text.wording.numbers import spell
from narrator.speech.text.wording.table import Table, Unit, list_words

_VOWELS = "aeiouàèéìòù"


class Italian(Table):
    """The words and the grammar of Italian."""

    code = "it"
    comma, to, times, ratio, of, per = "virgola", "a", "per", "a", "su", "al"
    over = "su"
    number, plus_minus = "numero", "più o meno"
    number_signs = r"[Nn][º°]|[Nn]\.|[Nn]r\.|No\."
    hour_minutes = "{hour} h e {minute} min"
    am, pm = "di mattina", ("del pomeriggio", "di sera")
    abbreviations = {
        "p. es.": "per esempio", "p.es.": "per esempio", "ad es.": "ad esempio", "es.": "esempio", "ecc.": "eccetera",
        "etc.": "eccetera", "vs.": "contro", "vs": "contro", "ca.": "circa", "circa": "circa", "Sig.": "signor",
        "Sig.ra": "signora", "Dott.": "dottor", "Dr.": "dottor", "max.": "massimo", "min.": "minimo", "sx": "sinistra",
        "dx": "destra", "pag.": "pagina", "sec.": "secondi", "rip.": "ripetizioni",
    }  # fmt: skip
    units = {
        **dict.fromkeys(("s", "sec", "Sec"), Unit("secondo", "secondi")),
        **dict.fromkeys(("min", "Min"), Unit("minuto", "minuti")),
        **dict.fromkeys(("h", "hr"), Unit("ora", "ore", "f")),
        **dict.fromkeys(("rip", "ripet", "reps"), Unit("ripetizione", "ripetizioni", "f")),
        **dict.fromkeys(("x", "X", "×"), Unit("volta", "volte", "f")),
        "ms": Unit("millisecondo", "millisecondi"), "mm": Unit("millimetro", "millimetri"),
        "cm": Unit("centimetro", "centimetri"), "m": Unit("metro", "metri"), "km": Unit("chilometro", "chilometri"),
        "km/h": Unit("chilometro all'ora", "chilometri all'ora"), "ml": Unit("millilitro", "millilitri"),
        "l": Unit("litro", "litri"), "g": Unit("grammo", "grammi"), "kg": Unit("chilogrammo", "chilogrammi"),
        "mg": Unit("milligrammo", "milligrammi"), "kcal": Unit("chilocaloria", "chilocalorie", "f"),
        "Hz": Unit("hertz", "hertz"), "dB": Unit("decibel", "decibel"), "%": Unit("per cento", "per cento"),
        "bpm": Unit("battito al minuto", "battiti al minuto"),
        "°": Unit("grado", "gradi"), "°C": Unit("grado Celsius", "gradi Celsius"),
        "°F": Unit("grado Fahrenheit", "gradi Fahrenheit"),
    }  # fmt: skip
    currencies = {
        "€": Unit("euro", "euro"), "EUR": Unit("euro", "euro"), "$": Unit("dollaro", "dollari"),
        "£": Unit("sterlina", "sterline", "f"),
    }  # fmt: skip
    signs = {
        "&": "e", "+": "più", "=": "uguale a", "±": "più o meno", "≤": "al massimo", "≥": "almeno", "≈": "circa",
        "~": "circa", "→": "a", "×": "per", "÷": "diviso", "<": "meno di", ">": "più di", "≠": "diverso da",
        "%": "per cento",
    }  # fmt: skip
    months = (
        "gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre", "ottobre",
        "novembre", "dicembre",
    )  # fmt: skip
    fractions = {
        3: ("terzo", "terzi"), 4: ("quarto", "quarti"), 5: ("quinto", "quinti"), 6: ("sesto", "sesti"),
        8: ("ottavo", "ottavi"), 10: ("decimo", "decimi"),
    }  # fmt: skip
    labels = list_words(
        "giro passo parte esercizio giorno settimana fase livello numero lato posizione capitolo variante "
        "opzione serie guerriero lezione gruppo fino a mese"
    )
    function_words = list_words(
        "e o a al alla alle ai di del della in nel con per senza che il lo la i gli le un una è sono più meno "
        "poi su se non si fino quando"
    )
    feminine = list_words(
        "volta mano mani parte parti notte notti serie respirazione fase fasi classe base frase chiave gambe "
        "braccia spalle anche ore settimane"
    )
    masculine = list_words("problema programma tema clima sistema chakra asana mantra prana yoga poema")
    feminine_endings = ("a", "zione", "sione", "tà", "tù")

    def say_whole(self, value: int, gender: str, noun: str) -> str:
        """Return `uno`, `un`, `una` or `un'` for one, depending on how the noun begins."""
        if value != 1 or not gender:
            return spell(value, "it")
        if gender == "f":
            return "un'" if noun[:1].lower() in _VOWELS and noun else "una"
        start = noun.lower()
        is_hard = start[:1] in {"z", "x", "y"} or start[:2] in {"gn", "ps", "pn"}
        is_hard = is_hard or (start[:1] == "s" and start[1:2] not in {*_VOWELS, ""})
        return "uno" if is_hard else "un"

    def say_ordinal(self, value: int, suffix: str, before: str, noun: str) -> str:  # noqa: ARG002 - by what is written
        """Return an ordinal in the written gender."""
        gender = "feminine" if suffix in {"ª", "a"} else "masculine"
        return spell(value, "it", f"spellout-ordinal-{gender}")

    def say_time(self, hour: int, minute: int) -> str:
        """Return `diciannove e trenta`."""
        said = "una" if hour == 1 else spell(hour, "it")
        return f"{said} e {spell(minute, 'it')}" if minute else said

    def say_date(self, day: int, month: int, year: int | None, before: str) -> str:  # noqa: ARG002 - no cases
        """Return `tre maggio duemilaventisei`."""
        said = f"{'primo' if day == 1 else spell(day, 'it')} {self.months[month - 1]}"
        return f"{said} {spell(year, 'it')}" if year else said

    def say_half(self, whole: str, unit: Unit | None) -> str:
        """Return `mezz'ora`, `due ore e mezza`."""
        half = "mezza" if unit and unit.gender == "f" else "mezzo"
        if whole:
            if unit is None:
                return f"{whole} e mezzo"
            one = whole in {"un", "una", "uno", "un'"}
            return f"{whole} {unit.one if one else unit.many} e {half}".replace("' ", "'")
        if unit is None:
            return "un mezzo"
        return f"mezz'{unit.one}" if unit.one[0] in _VOWELS else f"{half} {unit.one}"

    def join_share(self, noun: str) -> str:
        """Return the noun with its preposition."""
        return f"d'{noun}" if noun[0] in _VOWELS else f"di {noun}"
