"""German."""

import re

from narrator.speech.text.wording.numbers import spell
from narrator.speech.text.wording.table import Table, Unit, list_words

_DATIVE = list_words("nach mit von zu bei seit aus vor in an auf")
_ACCUSATIVE = list_words("für um durch ohne gegen pro")
_WEAK_N = list_words("am im zum vom beim zur dem den des jeden jedem diesem diesen alle allen")
_WEAK_E = list_words("die das jede diese ins ans aufs jedes dieses")
_OWN_N = re.compile(r"(?:[mdks]?ein|ihr|unser|eur)(?:en|em|er|es)")
_OWN_E = re.compile(r"(?:[mdks]?ein|ihr|unser|eur)e")
_DER = list_words("der jeder dieser")
_PREPOSITIONS = _DATIVE | list_words("während wegen bis ab gegenüber")
_NEUTER = list_words(
    "mal jahr bein knie becken ende kapitel bild chakra level glas video kissen set drittel viertel "
    "jahrhundert semester geräusch lied"
)
_ENDINGS_F = ("ung", "heit", "keit", "schaft", "tion", "sion", "ität", "ik", "enz", "anz", "ei", "e")


class German(Table):
    """The words and the grammar of German."""

    code = "de"
    comma, to, times, ratio, of, per = "Komma", "bis", "mal", "zu", "von", "pro"
    over = "zu"
    number, plus_minus = "Nummer", "plus minus"
    number_signs = r"Nr\.|Nr|No\.|Nº|N°"
    hour_minutes = "{hour} h {minute} min"
    am, pm = "morgens", ("nachmittags", "abends")
    abbreviations = {
        "z. B.": "zum Beispiel", "z.B.": "zum Beispiel", "d. h.": "das heißt", "d.h.": "das heißt",
        "u. a.": "unter anderem", "u.a.": "unter anderem", "bzw.": "beziehungsweise", "ca.": "circa",
        "evtl.": "eventuell", "ggf.": "gegebenenfalls", "vgl.": "vergleiche", "inkl.": "inklusive",
        "usw.": "und so weiter", "etc.": "et cetera",
        "vs.": "gegen", "vs": "gegen", "o. Ä.": "oder Ähnliches", "o.Ä.": "oder Ähnliches", "s. o.": "siehe oben",
        "Dr.": "Doktor", "Prof.": "Professor", "St.": "Sankt", "max.": "maximal", "min.": "mindestens", "li.": "links",
        "re.": "rechts", "Wdh.": "Wiederholungen", "bspw.": "beispielsweise", "sog.": "sogenannte", "Std.": "Stunden",
        "Min.": "Minuten", "Sek.": "Sekunden", "Tel.": "Telefon",
    }  # fmt: skip
    units = {
        **dict.fromkeys(("s", "Sek", "sek", "sec", "Sec"), Unit("Sekunde", "Sekunden", "f")),
        **dict.fromkeys(("min", "Min", "Mins"), Unit("Minute", "Minuten", "f")),
        **dict.fromkeys(("h", "Std", "std", "Stdn"), Unit("Stunde", "Stunden", "f")),
        **dict.fromkeys(("Wdh", "Whg"), Unit("Wiederholung", "Wiederholungen", "f")),
        **dict.fromkeys(("x", "X", "×"), Unit("mal", "mal", "n")),
        "ms": Unit("Millisekunde", "Millisekunden", "f"), "mm": Unit("Millimeter", "Millimeter"),
        "cm": Unit("Zentimeter", "Zentimeter"), "m": Unit("Meter", "Meter"), "km": Unit("Kilometer", "Kilometer"),
        "km/h": Unit("Kilometer pro Stunde", "Kilometer pro Stunde"), "ml": Unit("Milliliter", "Milliliter"),
        "l": Unit("Liter", "Liter"), "g": Unit("Gramm", "Gramm", "n"), "kg": Unit("Kilogramm", "Kilogramm", "n"),
        "mg": Unit("Milligramm", "Milligramm", "n"), "kcal": Unit("Kilokalorie", "Kilokalorien", "f"),
        "Hz": Unit("Hertz", "Hertz", "n"), "dB": Unit("Dezibel", "Dezibel", "n"), "%": Unit("Prozent", "Prozent", "n"),
        "bpm": Unit("Schlag pro Minute", "Schläge pro Minute"),
        "°": Unit("Grad", "Grad", "n"), "°C": Unit("Grad Celsius", "Grad Celsius", "n"),
        "°F": Unit("Grad Fahrenheit", "Grad Fahrenheit", "n"), "Jh": Unit("Jahrhundert", "Jahrhunderte", "n"),
    }  # fmt: skip
    currencies = {
        "€": Unit("Euro", "Euro"), "EUR": Unit("Euro", "Euro"), "$": Unit("Dollar", "Dollar"),
        "£": Unit("Pfund", "Pfund", "n"), "CHF": Unit("Franken", "Franken"),
    }  # fmt: skip
    signs = {
        "&": "und", "+": "plus", "=": "gleich", "±": "plus minus", "≤": "höchstens", "≥": "mindestens", "≈": "etwa",
        "~": "etwa", "→": "zu", "×": "mal", "÷": "geteilt durch", "<": "weniger als", ">": "mehr als", "≠": "ungleich",
        "%": "Prozent",
    }  # fmt: skip
    months = (
        "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November",
        "Dezember",
    )  # fmt: skip
    fractions = {
        3: ("Drittel", "Drittel"), 4: ("Viertel", "Viertel"), 5: ("Fünftel", "Fünftel"), 6: ("Sechstel", "Sechstel"),
        8: ("Achtel", "Achtel"), 10: ("Zehntel", "Zehntel"),
    }  # fmt: skip
    labels = list_words(
        "runde schritt teil übung tag woche phase stufe nummer level seite position kapitel variante option "
        "satz platz krieger lektion einheit serie band gruppe monat jahr uhr auf bis von ab"
    )
    function_words = list_words(
        "und oder bis von vom mit in im an am auf zu zum zur bei für pro je als wie nach vor aus der die das "
        "den dem des ist sind wird dann so aber mal"
    )
    feminine = list_words(
        "minute minuten sekunde sekunden stunde stunden runde runden woche wochen seite seiten hand hände "
        "zeit haltung matte übung wiederholung einatmung ausatmung pause stufe phase schulter hüfte ferse "
        "zehe faust schleife nacht brust wand kraft luft drehung person"
    )
    masculine = list_words("name atem friede gedanke")

    def find_gender(self, noun: str) -> str:
        """Return the gender of a noun; for a compound, that of its last part."""
        word = noun.lower()
        if word in self.feminine:
            return "f"
        if any(word.endswith(known) for known in _NEUTER):
            return "n"
        if word in self.masculine:
            return "m"
        return "f" if word.endswith((*_ENDINGS_F, *self.feminine)) else "m"

    def say_whole(self, value: int, gender: str, noun: str) -> str:  # noqa: ARG002 - one form for all nouns
        """Return `eins`, `ein` or `eine` for one; other numbers have one form each."""
        if value == 1 and gender:
            return "eine" if gender == "f" else "ein"
        return spell(value, "de")

    def say_decimals(self, figures: str) -> str:
        """Return the digits one by one, as German reads them."""
        return " ".join(spell(int(figure), "de") for figure in figures)

    def inflect_one(self, gender: str, before: str) -> str:
        """Return the word for one before a noun, in the case that the preceding word requires."""
        if before in _DATIVE:
            return "einer" if gender == "f" else "einem"
        if before in _ACCUSATIVE and gender == "m":
            return "einen"
        return "eine" if gender == "f" else "ein"

    def join_times(self, number: str, unit: Unit) -> str:
        """Return `dreimal`."""
        return "einmal" if number in {"ein", "eins"} else f"{number}{unit.one}"

    def say_ordinal(self, value: int, suffix: str, before: str, noun: str) -> str:
        """Return an ordinal with the ending that the article, or else the noun's gender, requires."""
        ending = re.sub(r"^(?:s?te)", "", suffix) if suffix[:1] in {"t", "s"} else self._find_ending(before, noun)
        return spell(value, "de", "spellout-ordinal") + ending

    def _find_ending(self, before: str, noun: str) -> str:
        *earlier, last = ["", *before.lower().split()]
        gender = self.find_gender(noun)
        if last in _WEAK_N or _OWN_N.fullmatch(last):
            return "n"
        if last in _WEAK_E or _OWN_E.fullmatch(last):
            return ""
        if last in _DER:
            # Nominative of a masculine noun; of others it is the genitive or dative.
            return "" if gender == "m" and (not earlier or earlier[-1] not in _PREPOSITIONS) else "n"
        if last in {"und", "oder", "bis"} and earlier and (found := re.search(r"t(e[nrs]?)$", earlier[-1])):
            return found[1][1:]
        return {"f": "", "n": "s", "m": "r"}[gender]

    def say_time(self, hour: int, minute: int) -> str:
        """Return `neunzehn Uhr dreißig`."""
        return f"{self.say_whole(hour, 'n', '')} Uhr {spell(minute, 'de') if minute else ''}".rstrip()

    def say_date(self, day: int, month: int, year: int | None, before: str) -> str:
        """Return `dritten Mai zweitausendsechsundzwanzig`."""
        said = f"{self.say_ordinal(day, '', before, self.months[month - 1])} {self.months[month - 1]}"
        return f"{said} {self.say_year(year)}" if year else said

    def say_year(self, year: int) -> str:
        """Return a year; before 2000, in hundreds."""
        return spell(year, "de", "spellout-numbering-year" if 1100 <= year < 2000 else "spellout-numbering")

    def say_half(self, whole: str, unit: Unit | None) -> str:
        """Return `eine halbe Minute`, `zweieinhalb Stunden`."""
        if whole:
            count = f"{'ein' if whole in {'ein', 'eine', 'eins'} else whole}einhalb"
            return f"{count} {unit.many}" if unit else count
        if unit is None:
            return "ein halb"
        return {"f": "eine halbe", "m": "ein halber", "n": "ein halbes"}[unit.gender] + f" {unit.one}"

    def say_share(self, count: int, parts: int, unit: Unit | None) -> str:
        """Return `drei Viertel`, or with a unit `drei viertel Stunden`."""
        name = self.fractions[parts][0]
        if unit is None:
            return f"{self.say_whole(count, 'n', name)} {name}"
        article = self.inflect_one(unit.gender, "") if count == 1 else spell(count, "de")
        return f"{article} {name.lower()} {unit.one if count == 1 else unit.many}"
