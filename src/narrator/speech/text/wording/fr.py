"""French."""

from narrator.speech.text.wording.numbers import Number, spell
from narrator.speech.text.wording.table import Table, Unit, list_words


class French(Table):
    """The words and the grammar of French."""

    code = "fr"
    comma, to, times, ratio, of, per = "virgule", "à", "fois", "pour", "sur", "par"
    over = "sur"
    number, plus_minus = "numéro", "plus ou moins"
    number_signs = r"[Nn][º°]|[Nn]o\.|[Nn]um\."
    hour_minutes = "{hour} h {minute}"
    am, pm = "du matin", ("de l'après-midi", "du soir")
    abbreviations = {
        "p. ex.": "par exemple", "p.ex.": "par exemple", "ex.": "exemple", "etc.": "et cetera", "vs.": "contre",
        "vs": "contre", "env.": "environ", "c.-à-d.": "c'est-à-dire", "M.": "monsieur", "Mme": "madame",
        "Mlle": "mademoiselle", "Dr": "docteur", "Dr.": "docteur", "max.": "maximum", "min.": "minimum",
        "resp.": "respectivement", "pers.": "personnes", "St": "Saint", "Ste": "Sainte",
    }  # fmt: skip
    units = {
        **dict.fromkeys(("s", "sec", "secs", "Sec"), Unit("seconde", "secondes", "f")),
        **dict.fromkeys(("min", "mn", "mins", "Min"), Unit("minute", "minutes", "f")),
        **dict.fromkeys(("h", "hr", "hrs"), Unit("heure", "heures", "f")),
        **dict.fromkeys(("rép", "rep", "reps"), Unit("répétition", "répétitions", "f")),
        **dict.fromkeys(("x", "X", "×"), Unit("fois", "fois", "f")),
        "ms": Unit("milliseconde", "millisecondes", "f"), "mm": Unit("millimètre", "millimètres"),
        "cm": Unit("centimètre", "centimètres"), "m": Unit("mètre", "mètres"), "km": Unit("kilomètre", "kilomètres"),
        "km/h": Unit("kilomètre par heure", "kilomètres par heure"), "ml": Unit("millilitre", "millilitres"),
        "l": Unit("litre", "litres"), "g": Unit("gramme", "grammes"), "kg": Unit("kilogramme", "kilogrammes"),
        "mg": Unit("milligramme", "milligrammes"), "kcal": Unit("kilocalorie", "kilocalories", "f"),
        "Hz": Unit("hertz", "hertz"), "dB": Unit("décibel", "décibels"), "%": Unit("pour cent", "pour cent"),
        "bpm": Unit("battement par minute", "battements par minute"), "j": Unit("jour", "jours"),
        "°": Unit("degré", "degrés"), "°C": Unit("degré Celsius", "degrés Celsius"),
        "°F": Unit("degré Fahrenheit", "degrés Fahrenheit"),
    }  # fmt: skip
    currencies = {
        "€": Unit("euro", "euros"), "EUR": Unit("euro", "euros"), "$": Unit("dollar", "dollars"),
        "£": Unit("livre", "livres", "f"), "CHF": Unit("franc suisse", "francs suisses"),
    }  # fmt: skip
    signs = {
        "&": "et", "+": "plus", "=": "égale", "±": "plus ou moins", "≤": "au plus", "≥": "au moins", "≈": "environ",
        "~": "environ", "→": "à", "×": "fois", "÷": "divisé par", "<": "moins de", ">": "plus de",
        "≠": "différent de", "%": "pour cent",
    }  # fmt: skip
    months = (
        "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
        "décembre",
    )  # fmt: skip
    fractions = {
        3: ("tiers", "tiers"), 4: ("quart", "quarts"), 5: ("cinquième", "cinquièmes"), 6: ("sixième", "sixièmes"),
        8: ("huitième", "huitièmes"), 10: ("dixième", "dixièmes"),
    }  # fmt: skip
    labels = list_words(
        "tour étape partie exercice jour semaine phase niveau numéro côté position chapitre variante option "
        "série guerrier leçon groupe jusqu'à mois"
    )
    function_words = list_words(
        "et ou à au aux de du des en dans avec par pour sans que qui le la les un une est sont plus moins "
        "puis sur se ne il elle on jusqu quand si"
    )
    feminine = list_words(
        "minute minutes seconde secondes heure heures fois respiration semaine semaines série séries jambe "
        "jambes pose poses posture postures main mains pause pauses phase phases étape étapes partie parties "
        "séance séances nuit année années journée inspire expire épaule épaules hanche hanches cheville "
        "personne vague boucle page salutation torsion chaise planche image voix chose couverture brique "
        "sangle"
    )
    feminine_endings = ("tion", "tions", "sion", "sions", "ée", "ées", "té", "tés", "ette", "ettes", "ance", "ence",
                        "ure", "ures", "ine", "ines")  # fmt: skip

    def is_single(self, number: Number) -> bool:
        """Return whether the counted noun is in the singular: below two, it is."""
        return number.value < 2

    def say_whole(self, value: int, gender: str, noun: str) -> str:  # noqa: ARG002 - one form for all nouns
        """Return `un` or `une` for one, and likewise for twenty-one."""
        return spell(value, "fr", "spellout-cardinal-feminine" if gender == "f" else "spellout-numbering")

    def say_ordinal(self, value: int, suffix: str, before: str, noun: str) -> str:  # noqa: ARG002 - by what is written
        """Return an ordinal in the written gender: only the first, and `second`, have two."""
        if suffix in {"nd", "nde"} and value == 2:
            return "second" if suffix == "nd" else "seconde"
        is_feminine = suffix in {"re", "ère"}
        return spell(value, "fr", f"spellout-ordinal-{'feminine' if is_feminine else 'masculine'}")

    def say_time(self, hour: int, minute: int) -> str:
        """Return `dix-neuf heures trente`."""
        name = "heure" if hour < 2 else "heures"
        return f"{self.say_whole(hour, 'f', name)} {name} {spell(minute, 'fr') if minute else ''}".rstrip()

    def say_date(self, day: int, month: int, year: int | None, before: str) -> str:  # noqa: ARG002 - no cases
        """Return `trois mai deux mille vingt-six`."""
        said = f"{'premier' if day == 1 else spell(day, 'fr')} {self.months[month - 1]}"
        return f"{said} {spell(year, 'fr')}" if year else said

    def say_half(self, whole: str, unit: Unit | None) -> str:
        """Return `une demi-heure`, `deux heures et demie`."""
        if whole:
            one = whole in {"un", "une"}
            half = "demie" if unit and unit.gender == "f" else "demi"
            return f"{whole} {unit.one if one else unit.many} et {half}" if unit else f"{whole} et demi"
        if unit is None:
            return "un demi"
        return f"{'une' if unit.gender == 'f' else 'un'} demi-{unit.one}"

    def join_share(self, noun: str) -> str:
        """Return the noun with its preposition, which is elided before a vowel."""
        return f"d'{noun}" if noun[0] in "aeéiouh" else f"de {noun}"
