"""First words of marks and headings, by language; those of pauses are in `routine.text`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from narrator.languages import find_base


@dataclass(frozen=True, slots=True)
class Words:
    """Words of a mark, in lower case."""

    hold: frozenset[str]
    bells: Mapping[str, str]
    """Bells by what they are called: which of narrator's they are."""
    breathe: frozenset[str]
    bed: frozenset[str]
    extra: frozenset[str]
    optional: frozenset[str]
    note: frozenset[str]
    halfway: frozenset[str]
    last: frozenset[str]
    """What comes before the time that is left of a hold: "last 10 s"."""
    rounds: frozenset[str]
    breaths: frozenset[str]
    to: frozenset[str]
    """What is between the two ends of a range."""
    both: frozenset[str]
    """Ways of saying that something is done on both sides."""
    sides: Mapping[str, str]
    """Names of sides in the forms that authors use: which of narrator's they are."""
    fillers: frozenset[str]
    """What may follow a word for holding, breathing or ringing, and changes nothing."""
    common: frozenset[str]
    """Frequent words by which a text is known to be in the language."""


def _split(text: str) -> frozenset[str]:
    """Return the entries of a comma-separated list."""
    return frozenset(entry.strip() for entry in text.split(",") if entry.strip())


def _map(text: str) -> Mapping[str, str]:
    """Return the entries of lines such as `bowl: bell, bells`, each with the name before its colon."""
    pairs = (line.split(":") for line in text.strip().split("\n"))
    return MappingProxyType({word: name.strip() for name, words in pairs for word in _split(words)})


_WORDS = {
    "en": Words(
        hold=_split("hold, stay, rest, remain, keep, practice, practise"),
        bells=_map("""
            bowl: bell, bells, bowl, bowls, singing bowl, ding, ring
            bowl-low: bowl-low, low bowl, deep bowl
            chime: chime, chimes
            tingsha: tingsha, tingshas, cymbals
            gong: gong, gongs
            woodblock: woodblock, wood block, block
            tick: tick, click
        """),
        breathe=_split("breathe, breath, breathing, breathwork"),
        bed=_split("bed, music, ambience, background"),
        extra=_split("extra, if there is time"),
        optional=_split("optional, may be left out"),
        note=_split("note, notes, comment, todo, cue, teacher"),
        halfway=_split("halfway, half way, half, half time, in the middle"),
        last=_split("last, final, the last"),
        rounds=_split("rounds, round, times, time, x, sets, set, repetitions, reps, cycles"),
        breaths=_split("breaths, breath"),
        to=_split("to, or, up to"),
        both=_split(
            "both sides, each side, both, left and right, right and left, per side, on each side, on both sides"
        ),
        sides=_map("""
            right: right, right side, r, the right, on the right, right leg, right arm
            left: left, left side, l, the left, on the left, left leg, left arm
            clockwise: clockwise
            counterclockwise: counterclockwise, counter-clockwise, anticlockwise, anti-clockwise
            forward: forward, forwards
            backward: backward, backwards
        """),
        fillers=_split("for, here, the, this, pose, it, still, about, around, of, in, and, with, ring, sound"),
        common=_split(
            "the, and, your, you, to, of, is, with, as, let, this, that, it, are, into, from, on, be, now, for, "
            "breath, breathe, feel, slowly, gently, back, down, in, at, or, if, out, side, rest, eyes, body"
        ),
    ),
    "de": Words(
        hold=_split(
            "halten, halte, haltet, halt, bleiben, bleibe, bleib, verweile, verweilen, nachspüren, ruhen, ruhe"
        ),
        bells=_map("""
            bowl: klangschale, klangschalen, glocke, glocken, schale, glöckchen
            bowl-low: tiefe klangschale
            chime: klangstab, klangspiel
            tingsha: zimbeln, zimbel
            gong: gong, gongschlag
            woodblock: holzblock
            tick: tick
        """),
        breathe=_split("atmen, atme, atmet, atem, atmung"),
        bed=_split("klangbett, hintergrund, musik, klangteppich"),
        extra=_split("extra, zusätzlich, zusatz, wenn zeit ist"),
        optional=_split("optional, wahlweise, kann entfallen"),
        note=_split("notiz, notizen, anmerkung, hinweis, kommentar, anleitung"),
        halfway=_split("hälfte, halbzeit, zur hälfte, nach der hälfte, auf halber strecke"),
        last=_split("letzte, letzten, die letzten, noch, zuletzt"),
        rounds=_split("runden, runde, mal, male, durchgänge, durchgang, wiederholungen, sätze, x"),
        breaths=_split("atemzüge, atemzug, atemzügen"),
        to=_split("bis, oder, bis zu"),
        both=_split(
            "beide seiten, beidseitig, beidseits, jede seite, je seite, pro seite, auf beiden seiten, "
            "rechts und links, links und rechts, beide"
        ),
        sides=_map("""
            right: rechts, rechte seite, re, re., r, rechte, nach rechts, rechtes bein, rechter arm
            left: links, linke seite, li, li., l, linke, nach links, linkes bein, linker arm
            clockwise: im uhrzeigersinn
            counterclockwise: gegen den uhrzeigersinn
            forward: vorwärts, nach vorn, nach vorne
            backward: rückwärts, nach hinten
        """),
        fillers=_split("für, hier, die, der, den, position, haltung, etwa, ca., so, im, in, und, mit"),
        common=_split(
            "der, die, das, und, du, dich, dein, deine, deinen, deinem, ist, nicht, mit, ein, eine, einen, zu, auf, "
            "den, dem, wie, wenn, nun, jetzt, atme, dir, lass, spüre, sich, im, von, es, oder, bis, für, langsam"
        ),
    ),
    "es": Words(
        hold=_split("mantén, mantener, mantenga, mantente, sostén, sostener, permanece, permanecer, quédate, aguanta"),
        bells=_map("""
            bowl: campana, campanas, cuenco, cuencos, cuenco tibetano, campanilla
            bowl-low: cuenco grave
            chime: carillón
            tingsha: címbalos
            gong: gong
            woodblock: bloque de madera
            tick: tic
        """),
        breathe=_split("respira, respirar, respiración, respire"),
        bed=_split("fondo, música, ambiente"),
        extra=_split("extra, adicional, si hay tiempo"),
        optional=_split("opcional"),
        note=_split("nota, notas, comentario, indicación"),
        halfway=_split("mitad, a la mitad, a mitad"),
        last=_split("últimos, últimas, último, los últimos, quedan"),
        rounds=_split("rondas, ronda, veces, vez, vueltas, series, serie, repeticiones, x"),
        breaths=_split("respiraciones, respiración"),
        to=_split("a, o, hasta"),
        both=_split("ambos lados, cada lado, los dos lados, por lado, derecha e izquierda, izquierda y derecha"),
        sides=_map("""
            right: derecha, derecho, lado derecho, d, der, der., pierna derecha, brazo derecho
            left: izquierda, izquierdo, lado izquierdo, i, izq, izq., pierna izquierda, brazo izquierdo
            forward: hacia delante, adelante
            backward: hacia atrás, atrás
        """),
        fillers=_split("durante, por, aquí, la, el, postura, posición, unos, unas, de, en, y, con"),
        common=_split(
            "el, la, los, las, y, de, tu, tus, que, en, con, una, un, por, para, se, es, lo, al, del, como, más, "
            "respira, ahora, siente, deja, cuerpo, hacia, o, si, sin, te, no, aire"
        ),
    ),
    "fr": Words(
        hold=_split("tenir, tiens, tenez, maintenir, maintiens, maintenez, rester, reste, restez, garde, gardez"),
        bells=_map("""
            bowl: cloche, cloches, bol, bol tibétain, bol chantant, clochette
            bowl-low: bol grave
            chime: carillon
            tingsha: cymbales
            gong: gong
            woodblock: bloc de bois
            tick: tic
        """),
        breathe=_split("respirer, respire, respirez, respiration"),
        bed=_split("fond, fond sonore, musique, ambiance"),
        extra=_split("extra, en plus, supplément, s'il reste du temps"),
        optional=_split("optionnel, facultatif, en option"),
        note=_split("note, notes, remarque, commentaire"),
        halfway=_split("moitié, à la moitié, à mi-temps, mi-temps"),
        last=_split("dernières, derniers, dernière, les dernières, encore"),
        rounds=_split("tours, tour, fois, séries, série, répétitions, cycles, x"),
        breaths=_split("respirations, respiration, souffles"),
        to=_split("à, ou, jusqu'à"),
        both=_split(
            "deux côtés, des deux côtés, chaque côté, de chaque côté, par côté, droite et gauche, gauche et droite"
        ),
        sides=_map("""
            right: droite, droit, côté droit, d, à droite, jambe droite, bras droit
            left: gauche, côté gauche, g, à gauche, jambe gauche, bras gauche
            forward: vers l'avant, en avant
            backward: vers l'arrière, en arrière
        """),
        fillers=_split("pendant, ici, la, le, posture, position, environ, de, en, et, avec"),
        common=_split(
            "le, la, les, et, de, des, ton, ta, tes, votre, vos, que, dans, avec, une, un, pour, sur, est, du, au, "
            "vous, tu, ne, pas, maintenant, laisse, laissez, corps, vers, se, en, ou, respirez, inspire"
        ),
    ),
    "it": Words(
        hold=_split("tieni, tenere, mantieni, mantenere, resta, restare, rimani, rimanere, fermati"),
        bells=_map("""
            bowl: campana, campane, campanella, ciotola, ciotola tibetana, campanello
            bowl-low: campana grave
            chime: carillon
            tingsha: cembali
            gong: gong
            woodblock: blocco di legno
            tick: tic
        """),
        breathe=_split("respira, respirare, respiro, respirazione"),
        bed=_split("sottofondo, musica, ambiente"),
        extra=_split("extra, in più, se c'è tempo"),
        optional=_split("opzionale, facoltativo"),
        note=_split("nota, note, commento"),
        halfway=_split("metà, a metà"),
        last=_split("ultimi, ultime, ultimo, gli ultimi, ancora"),
        rounds=_split("giri, giro, volte, volta, serie, ripetizioni, cicli, x"),
        breaths=_split("respiri, respiro, respirazioni"),
        to=_split("a, o, fino a"),
        both=_split("entrambi i lati, ogni lato, per lato, due lati, destra e sinistra, sinistra e destra"),
        sides=_map("""
            right: destra, destro, lato destro, d, dx, a destra, gamba destra, braccio destro
            left: sinistra, sinistro, lato sinistro, s, sx, a sinistra, gamba sinistra, braccio sinistro
            forward: in avanti, avanti
            backward: all'indietro, indietro
        """),
        fillers=_split("per, qui, la, il, posizione, circa, di, in, e, con"),
        common=_split(
            "il, lo, la, gli, le, e, di, che, tuo, tua, tuoi, tue, con, una, un, per, nel, nella, del, della, è, "
            "non, ora, adesso, lascia, corpo, verso, senti, respira, si, dei, alla, al, sul, mentre"
        ),
    ),
    "pt": Words(
        hold=_split("mantenha, manter, mantém, segure, segurar, permaneça, permanecer, fique, ficar"),
        bells=_map("""
            bowl: sino, sinos, taça, taça tibetana, sininho, tigela
            bowl-low: taça grave
            chime: carrilhão
            tingsha: címbalos
            gong: gongo
            woodblock: bloco de madeira
            tick: tique
        """),
        breathe=_split("respire, respirar, respira, respiração"),
        bed=_split("fundo, música, ambiente"),
        extra=_split("extra, adicional, se houver tempo"),
        optional=_split("opcional"),
        note=_split("nota, notas, comentário, observação"),
        halfway=_split("metade, na metade, a meio"),
        last=_split("últimos, últimas, último, os últimos, faltam"),
        rounds=_split("rodadas, rodada, voltas, volta, vezes, vez, séries, série, repetições, x"),
        breaths=_split("respirações, respiração"),
        to=_split("a, ou, até"),
        both=_split("ambos os lados, cada lado, os dois lados, por lado, direita e esquerda, esquerda e direita"),
        sides=_map("""
            right: direita, direito, lado direito, d, dir, dir., perna direita, braço direito
            left: esquerda, esquerdo, lado esquerdo, e, esq, esq., perna esquerda, braço esquerdo
            forward: para a frente, para frente
            backward: para trás
        """),
        fillers=_split("durante, por, aqui, a, o, postura, posição, uns, umas, de, em, e, com"),
        common=_split(
            "o, a, os, as, e, de, que, seu, sua, seus, suas, em, com, uma, um, para, do, da, no, na, dos, das, "
            "não, você, agora, deixe, corpo, sinta, ao, pelo, pela, é, respire, se, enquanto"
        ),
    ),
}


@cache
def find_words(language: str) -> tuple[Words, ...]:
    """Return the words of a language, if known, and those of English, which are valid everywhere."""
    base = find_base(language)
    return tuple(_WORDS[code] for code in dict.fromkeys((base, "en")) if code in _WORDS)


def list_common() -> Iterator[tuple[str, frozenset[str]]]:
    """Yield each language with the frequent words that identify it."""
    yield from ((language, words.common) for language, words in _WORDS.items())
