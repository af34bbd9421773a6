"""Spanish."""

from narrator.speech.text.wording.numbers import spell
from narrator.speech.text.wording.table import Table, Unit, list_words


class Spanish(Table):
    """The words and the grammar of Spanish."""

    code = "es"
    comma, to, times, ratio, of, per = "coma", "a", "por", "a", "de", "por"
    over = "sobre"
    number, plus_minus = "número", "más o menos"
    number_signs = r"[Nn]\.?[º°]|[Nn]úm\.|[Nn]ro\.|No\."
    am, pm = "de la mañana", ("de la tarde", "de la noche")
    abbreviations = {
        "p. ej.": "por ejemplo", "p.ej.": "por ejemplo", "etc.": "etcétera", "vs.": "contra", "vs": "contra",
        "aprox.": "aproximadamente", "Ud.": "usted", "Uds.": "ustedes", "Vd.": "usted", "Sr.": "señor",
        "Sra.": "señora", "Dr.": "doctor", "Dra.": "doctora", "máx.": "máximo", "mín.": "mínimo", "izq.": "izquierda",
        "der.": "derecha", "dcha.": "derecha", "c/u": "cada uno", "pág.": "página",
    }  # fmt: skip
    units = {
        **dict.fromkeys(("s", "seg", "segs", "sec"), Unit("segundo", "segundos")),
        **dict.fromkeys(("min", "mins"), Unit("minuto", "minutos")),
        **dict.fromkeys(("h", "hs", "hr", "hrs"), Unit("hora", "horas", "f")),
        **dict.fromkeys(("rep", "reps"), Unit("repetición", "repeticiones", "f")),
        **dict.fromkeys(("x", "X", "×"), Unit("vez", "veces", "f")),
        "ms": Unit("milisegundo", "milisegundos"), "mm": Unit("milímetro", "milímetros"),
        "cm": Unit("centímetro", "centímetros"), "m": Unit("metro", "metros"), "km": Unit("kilómetro", "kilómetros"),
        "km/h": Unit("kilómetro por hora", "kilómetros por hora"), "ml": Unit("mililitro", "mililitros"),
        "l": Unit("litro", "litros"), "g": Unit("gramo", "gramos"), "kg": Unit("kilogramo", "kilogramos"),
        "mg": Unit("miligramo", "miligramos"), "kcal": Unit("kilocaloría", "kilocalorías", "f"),
        "Hz": Unit("hercio", "hercios"), "dB": Unit("decibelio", "decibelios"),
        "%": Unit("por ciento", "por ciento", ""), "lpm": Unit("latido por minuto", "latidos por minuto"),
        "°": Unit("grado", "grados"), "°C": Unit("grado Celsius", "grados Celsius"),
        "°F": Unit("grado Fahrenheit", "grados Fahrenheit"),
    }  # fmt: skip
    currencies = {
        "€": Unit("euro", "euros"), "EUR": Unit("euro", "euros"), "$": Unit("dólar", "dólares"),
        "£": Unit("libra", "libras", "f"), "MXN": Unit("peso", "pesos"),
    }  # fmt: skip
    signs = {
        "&": "y", "+": "más", "=": "igual a", "±": "más o menos", "≤": "como máximo", "≥": "como mínimo",
        "≈": "aproximadamente", "~": "unos", "→": "a", "×": "por", "÷": "entre", "<": "menos de", ">": "más de",
        "≠": "distinto de", "%": "por ciento",
    }  # fmt: skip
    months = (
        "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre",
        "noviembre", "diciembre",
    )  # fmt: skip
    fractions = {
        3: ("tercio", "tercios"), 4: ("cuarto", "cuartos"), 5: ("quinto", "quintos"), 6: ("sexto", "sextos"),
        8: ("octavo", "octavos"), 10: ("décimo", "décimos"),
    }  # fmt: skip
    labels = list_words(
        "ronda paso parte ejercicio día semana fase nivel número lado posición capítulo variante opción serie "
        "guerrero lección grupo hasta a de mes"
    )
    function_words = list_words(
        "y o u e a al de del en con por para sin que el la los las un una es son más menos hasta desde cuando "
        "si no se lo le luego mientras antes después como"
    )
    feminine = list_words(
        "mano manos vez veces noche noches parte partes serie series pierna clase clases fase fases tarde "
        "tardes base frase frases pose poses llave imagen piel"
    )
    masculine = list_words(
        "día días mapa problema programa clima tema sistema planeta chakra chakras asana asanas mantra "
        "mantras prana avión yoga minuto"
    )
    feminine_endings = ("a", "as", "ción", "ciones", "sión", "siones", "dad", "dades", "tud", "tudes")

    def say_whole(self, value: int, gender: str, noun: str) -> str:  # noqa: ARG002 - one form for all nouns
        """Return `uno`, `un` or `una` for one, and likewise for twenty-one and hundreds."""
        if not gender:
            return spell(value, "es")
        return spell(value, "es", f"spellout-cardinal-{'feminine' if gender == 'f' else 'masculine'}")

    def say_ordinal(self, value: int, suffix: str, before: str, noun: str) -> str:  # noqa: ARG002 - by what is written
        """Return an ordinal in the written gender, short before a masculine noun: `tercer`."""
        if suffix in {"ª", "a", "ra", "da", "ta", "ma", "va", "na"}:
            return spell(value, "es", "spellout-ordinal-feminine")
        is_short = suffix == "er" or (noun and noun.lower() not in self.function_words)
        return spell(value, "es", f"spellout-ordinal-masculine{'-adjective' if is_short else ''}")

    def say_time(self, hour: int, minute: int) -> str:
        """Return `siete y treinta`; hours are feminine."""
        said = self.say_whole(hour, "f", "horas")
        if not minute:
            return said if hour <= 12 else f"{said} horas"
        return f"{said} y {self.say_whole(minute, '', '')}" if hour <= 12 else f"{said} {spell(minute, 'es')}"

    def say_date(self, day: int, month: int, year: int | None, before: str) -> str:  # noqa: ARG002 - no cases
        """Return `tres de mayo de dos mil veintiséis`."""
        said = f"{'primero' if day == 1 else spell(day, 'es')} de {self.months[month - 1]}"
        return f"{said} de {spell(year, 'es')}" if year else said

    def say_half(self, whole: str, unit: Unit | None) -> str:
        """Return `media hora`, `dos horas y media`."""
        half = "media" if unit and unit.gender == "f" else "medio"
        if whole:
            one = whole in {"un", "una", "uno"}
            return f"{whole} {unit.one if one else unit.many} y {half}" if unit else f"{whole} y medio"
        return f"{half} {unit.one}" if unit else "un medio"
