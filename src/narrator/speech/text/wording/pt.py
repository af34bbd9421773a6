"""Brazilian Portuguese; the numbers of `pt-PT` differ."""

from narrator.speech.text.wording.numbers import spell
from narrator.speech.text.wording.table import Table, Unit, list_words


class Portuguese(Table):
    """The words and the grammar of Portuguese."""

    code = "pt"
    comma, to, times, ratio, of, per = "vírgula", "a", "vezes", "para", "de", "por"
    over = "por"
    number, plus_minus = "número", "mais ou menos"
    number_signs = r"[Nn]\.?[º°]|[Nn]úm\.|No\."
    hour_minutes = "{hour} h e {minute} min"
    am, pm = "da manhã", ("da tarde", "da noite")
    abbreviations = {
        "p. ex.": "por exemplo", "p.ex.": "por exemplo", "ex.": "exemplo", "etc.": "etcétera", "vs.": "contra",
        "vs": "contra", "aprox.": "aproximadamente", "Sr.": "senhor", "Sra.": "senhora", "Dr.": "doutor",
        "Dra.": "doutora", "máx.": "máximo", "mín.": "mínimo", "esq.": "esquerda", "dir.": "direita", "pág.": "página",
        "c/": "com", "s/": "sem", "p/": "para",
    }  # fmt: skip
    units = {
        **dict.fromkeys(("s", "seg", "segs", "sec"), Unit("segundo", "segundos")),
        **dict.fromkeys(("min", "mins"), Unit("minuto", "minutos")),
        **dict.fromkeys(("h", "hr", "hrs", "hs"), Unit("hora", "horas", "f")),
        **dict.fromkeys(("rep", "reps"), Unit("repetição", "repetições", "f")),
        **dict.fromkeys(("x", "X", "×"), Unit("vez", "vezes", "f")),
        "ms": Unit("milissegundo", "milissegundos"), "mm": Unit("milímetro", "milímetros"),
        "cm": Unit("centímetro", "centímetros"), "m": Unit("metro", "metros"), "km": Unit("quilômetro", "quilômetros"),
        "km/h": Unit("quilômetro por hora", "quilômetros por hora"), "ml": Unit("mililitro", "mililitros"),
        "l": Unit("litro", "litros"), "g": Unit("grama", "gramas"), "kg": Unit("quilograma", "quilogramas"),
        "mg": Unit("miligrama", "miligramas"), "kcal": Unit("quilocaloria", "quilocalorias", "f"),
        "Hz": Unit("hertz", "hertz"), "dB": Unit("decibel", "decibéis"), "%": Unit("por cento", "por cento"),
        "bpm": Unit("batimento por minuto", "batimentos por minuto"),
        "°": Unit("grau", "graus"), "°C": Unit("grau Celsius", "graus Celsius"),
        "°F": Unit("grau Fahrenheit", "graus Fahrenheit"),
    }  # fmt: skip
    currencies = {
        "€": Unit("euro", "euros"), "EUR": Unit("euro", "euros"), "R$": Unit("real", "reais"),
        "$": Unit("dólar", "dólares"), "£": Unit("libra", "libras", "f"),
    }  # fmt: skip
    signs = {
        "&": "e", "+": "mais", "=": "igual a", "±": "mais ou menos", "≤": "no máximo", "≥": "no mínimo",
        "≈": "cerca de", "~": "cerca de", "→": "a", "×": "vezes", "÷": "dividido por", "<": "menos de",
        ">": "mais de", "≠": "diferente de", "%": "por cento",
    }  # fmt: skip
    months = (
        "janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho", "agosto", "setembro", "outubro",
        "novembro", "dezembro",
    )  # fmt: skip
    fractions = {
        3: ("terço", "terços"), 4: ("quarto", "quartos"), 5: ("quinto", "quintos"), 6: ("sexto", "sextos"),
        8: ("oitavo", "oitavos"), 10: ("décimo", "décimos"),
    }  # fmt: skip
    labels = list_words(
        "rodada passo parte exercício dia semana fase nível número lado posição capítulo variante opção série "
        "guerreiro lição grupo até mês"
    )
    function_words = list_words(
        "e ou a ao à aos às de do da em no na com por para sem que o os as um uma é são mais menos até depois "
        "se não quando"
    )
    feminine = list_words(
        "mão mãos vez vezes noite noites parte partes série séries respiração fase fases tarde classe base "
        "frase pose poses"
    )
    masculine = list_words(
        "dia dias mapa problema programa clima tema sistema planeta chakra chakras asana asanas mantra "
        "mantras prana grama gramas"
    )
    feminine_endings = ("a", "as", "ção", "ções", "são", "sões", "dade", "dades", "gem", "gens")

    def __init__(self, code: str = "pt") -> None:
        self.code = code

    def say_whole(self, value: int, gender: str, noun: str) -> str:  # noqa: ARG002 - one form for all nouns
        """Return `um` or `uma` for one, `dois` or `duas` for two, and so on."""
        return spell(value, self.code, f"spellout-cardinal-{'feminine' if gender == 'f' else 'masculine'}")

    def say_ordinal(self, value: int, suffix: str, before: str, noun: str) -> str:  # noqa: ARG002 - by what is written
        """Return an ordinal in the written gender."""
        return spell(value, self.code, f"spellout-ordinal-{'feminine' if suffix in {'ª', 'a'} else 'masculine'}")

    def say_time(self, hour: int, minute: int) -> str:
        """Return `dezenove e trinta`; hours are feminine."""
        said = self.say_whole(hour, "f", "horas")
        if minute:
            return f"{said} e {spell(minute, self.code)}"
        return f"{said} {'hora' if hour == 1 else 'horas'}"

    def say_date(self, day: int, month: int, year: int | None, before: str) -> str:  # noqa: ARG002 - no cases
        """Return `três de maio de dois mil e vinte e seis`."""
        said = f"{'primeiro' if day == 1 else spell(day, self.code)} de {self.months[month - 1]}"
        return f"{said} de {spell(year, self.code)}" if year else said

    def say_half(self, whole: str, unit: Unit | None) -> str:
        """Return `meia hora`, `duas horas e meia`."""
        half = "meia" if unit and unit.gender == "f" else "meio"
        if whole:
            one = whole in {"um", "uma"}
            return f"{whole} {unit.one if one else unit.many} e {half}" if unit else f"{whole} e meio"
        return f"{half} {unit.one}" if unit else "meio"
