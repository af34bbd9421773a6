"""Words that mark a pause in a text, by language."""

from dataclasses import dataclass
from functools import cache

from narrator.languages import find_base


@dataclass(frozen=True, slots=True)
class MarkWords:
    """Words of a mark, in lower case."""

    pause: tuple[str, ...]
    """Words for a pause; the first is rarely spoken if set apart."""
    minutes: tuple[str, ...]
    seconds: tuple[str, ...]
    fillers: tuple[str, ...] = ()
    short: tuple[str, ...] = ()
    long: tuple[str, ...] = ()
    nouns_after: tuple[str, ...] = ()
    """Words, such as articles, that make a following word in stars a noun of the sentence."""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_WORDS = {
    "en": MarkWords(
        pause=_words("pause silence silent wait break beat"),
        minutes=_words("minutes minute mins min. min m"),
        seconds=_words("seconds second secs sec. sec s"),
        fillers=_words("for of about a an the long"),
        short=_words("short brief quick small"),
        long=_words("long longer"),
        nouns_after=_words("the a an this that each every your our my no"),
    ),
    "de": MarkWords(
        pause=_words("pause stille schweigen warten wartezeit sprechpause"),
        minutes=_words("minuten minute min. min m"),
        seconds=_words("sekunden sekunde sek. sek sec s"),
        fillers=_words("für von etwa ca. eine einer lang lange"),
        short=_words("kurze kurz kleine"),
        long=_words("lange lang längere"),
        nouns_after=_words("die der das den dem eine einer diese dieser jede jeder deine deiner keine"),
    ),
    "es": MarkWords(
        pause=_words("pausa silencio espera esperar espere"),
        minutes=_words("minutos minuto mins min. min m"),
        seconds=_words("segundos segundo segs seg. seg s"),
        fillers=_words("de por durante unos una un"),
        short=_words("corta corto breve pequeña"),
        long=_words("larga largo"),
        nouns_after=_words("la el una un esta este ese esa cada tu tus su al del"),
    ),
    "fr": MarkWords(
        pause=_words("pause silence attendre attendez attends"),
        minutes=_words("minutes minute mins min. min mn m"),
        seconds=_words("secondes seconde secs sec. sec s"),
        fillers=_words("de pendant une un d'une d'un d'environ"),
        short=_words("courte court brève bref petite"),
        long=_words("longue long"),
        nouns_after=_words("la le les une un cette ce chaque ta ton votre sa au du"),
    ),
    "it": MarkWords(
        pause=_words("pausa silenzio attesa attendi attendere aspetta"),
        minutes=_words("minuti minuto min. min m"),
        seconds=_words("secondi secondo sec. sec s"),
        fillers=_words("di per da una un"),
        short=_words("corta corto breve piccola"),
        long=_words("lunga lungo"),
        nouns_after=_words("la il lo una un questa questo ogni tua tuo nel nella"),
    ),
    "pt": MarkWords(
        pause=_words("pausa silêncio silencio espera espere aguarde esperar"),
        minutes=_words("minutos minuto mins min. min m"),
        seconds=_words("segundos segundo segs seg. seg s"),
        fillers=_words("de por durante uns uma um"),
        short=_words("curta curto breve pequena"),
        long=_words("longa longo"),
        nouns_after=_words("a o as os uma um esta este essa cada tua sua na no da do"),
    ),
    "nl": MarkWords(
        pause=_words("pauze stilte wacht wachten"),
        minutes=_words("minuten minuut min. min m"),
        seconds=_words("seconden seconde sec. sec s"),
        fillers=_words("van voor gedurende een lang"),
        short=_words("korte kort"),
        long=_words("lange lang"),
        nouns_after=_words("de het een deze dit elke je jouw"),
    ),
    "hi": MarkWords(
        pause=_words("विराम ठहराव मौन रुकें रुकिए"),
        minutes=_words("मिनटों मिनट"),
        seconds=_words("सेकंडों सेकंड सेकेंड सेकण्ड"),
        fillers=_words("का की के लिए तक"),
        short=_words("छोटा छोटी"),
        long=_words("लंबा लंबी लम्बा"),
    ),
    "ja": MarkWords(
        pause=_words("ポーズ 間 休止 沈黙 一時停止 休憩"),
        minutes=_words("分間 分"),
        seconds=_words("秒間 秒"),
        fillers=_words("の を"),
        short=_words("短い"),
        long=_words("長い"),
    ),
    "zh": MarkWords(
        pause=_words("停顿 停頓 暂停 暫停 静默 靜默 沉默"),
        minutes=_words("分钟 分鐘 分"),
        seconds=_words("秒钟 秒鐘 秒"),
        fillers=_words("的"),
        short=_words("短"),
        long=_words("长 長"),
    ),
}  # fmt: skip


@cache
def find_mark_words(language: str) -> tuple[MarkWords, ...]:
    """Return the words of a language, if known, and those of English, which are valid everywhere."""
    own = _WORDS.get(find_base(language))
    return tuple(dict.fromkeys(words for words in (own, _WORDS["en"]) if words))
