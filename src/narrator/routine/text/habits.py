"""Words with a full stop that do not end a sentence, by language; `sentences` has the rules that use them."""

from dataclasses import dataclass
from functools import cache

from narrator.languages import find_base

_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Habits:
    """Words of one language in lower case, without the last full stop."""

    before: frozenset[str] = _NONE
    """Words that belong to any word after them: titles, "e.g.", "approx."."""
    before_numbers: frozenset[str] = _NONE
    """Words that belong to a number after them, and otherwise are ordinary words: "no. 3", "pág. 4"."""
    after_numbers: frozenset[str] = _NONE
    """Units; they end a sentence before a capital letter, unless it begins a noun that belongs to them."""
    open: frozenset[str] = _NONE
    """Words that end a sentence only before a capital letter: "etc.", "a.m."."""
    ordinals: frozenset[str] = _NONE
    """Words before a number with a full stop that make it an ordinal; empty if ordinals have no full stop."""
    months: frozenset[str] = _NONE
    """Nouns that make the number before them an ordinal, whatever precedes it."""
    starters: frozenset[str] = _NONE
    """Words that begin a sentence if capitalised, for languages that also capitalise nouns."""


def _words(text: str) -> frozenset[str]:
    """Return the entries of a comma-separated list."""
    return frozenset(entry.strip() for entry in text.split(","))


_HABITS = {
    "en": Habits(
        before=_words(
            "dr, mr, mrs, ms, mx, prof, st, rev, hon, capt, col, gen, lt, sgt, messrs, mt, ft, e.g, eg, i.e, ie, "
            "e. g, i. e, cf, vs, viz, approx, ca, esp, incl, excl, dept, est, aka"
        ),
        before_numbers=_words(
            "no, nos, nr, vol, ch, chap, p, pp, pg, fig, sec, op, ver, min, max, jan, feb, mar, apr, jun, jul, "
            "aug, sep, sept, oct, nov, dec"
        ),
        after_numbers=_words(
            "s, sec, secs, min, mins, m, h, hr, hrs, ms, in, ft, yd, mi, lb, lbs, oz, cm, mm, km, kg, g, ml, l, "
            "tbsp, tsp, reps, rep, rds, bpm, deg, pt, qt, wk, wks, mo, mos, yr, yrs"
        ),
        open=_words(
            "a.m, p.m, a. m, p. m, etc, inc, ltd, co, corp, u.s, u.k, b.c, a.d, ph.d, m.d, b.a, m.a, et al, jan, "
            "feb, aug, sept, oct, nov, dec"
        ),
    ),
    "de": Habits(
        before=_words(
            "dr, hr, hrn, fr, prof, dipl, ing, med, st, sel, z.b, z. b, d.h, d. h, u.a, u. a, i.d.r, i. d. r, "
            "o.ä, o. ä, v.a, v. a, z.t, z. t, u.u, u. u, s.o, s. o, s.u, s. u, bzw, ca, bspw, ggf, evtl, ggfs, "
            "inkl, exkl, max, min, insb, insbes, sog, vgl, gem, lt, zzgl, z.zt, m.e, m. e, e.v, z, d, u, i, v, "
            "geb, gest, resp, mind, circa, ungef, entspr, einschl, jh, jhd, mio, mrd, versch, re, li"
        ),
        before_numbers=_words("nr, nrn, s, bd, abs, kap, abb, tab, str, ziff, anm, aufl"),
        after_numbers=_words("s, sek, min, std, h, mal, wdh, whg, whlg, x, cm, mm, km, kg, g, ml, l, wo, mon, tg, j"),
        open=_words(
            "usw, etc, usf, u.s.w, ff, f, uhr, gmbh, co, o.g, o. g, u.v.m, u. v. m, u.ä, u. ä, "
            "bzgl, a.d, a. d, n.chr, n. chr, v.chr, v. chr"
        ),
        ordinals=_words(
            "der, die, das, den, dem, des, am, im, zum, zur, beim, vom, ins, ans, aufs, jede, jeder, jedes, "
            "jeden, jedem, diese, dieser, dieses, diesen, diesem, deine, deiner, deinen, deinem, dein, meine, "
            "meiner, meinen, meinem, mein, seine, seiner, seinen, seinem, sein, ihre, ihrer, ihren, ihrem, ihr, "
            "unsere, unserer, unseren, unserem, unser, eure, eurer, euren, eurem, eine, einer, einen, einem, ein, "
            "keine, keiner, keinen, pro, und, oder, sowie, jeweils, nächste, nächsten, letzte, letzten, welche, "
            "welcher, welchen"
        ),
        months=_words(
            "januar, jänner, februar, feber, märz, april, mai, juni, juli, august, september, oktober, november, "
            "dezember, jan, feb, mär, apr, jun, jul, aug, sep, sept, okt, nov, dez, runde, mal, seite, durchgang, "
            "durchlauf, wiederholung, satz, übung, schritt, tag, woche, monat, jahr, stunde, minute, sekunde, "
            "atemzug, position, haltung, stufe, stellung, phase, teil, kapitel, abschnitt, finger, zeh, zehe, "
            "rippe, wirbel, chakra"
        ),
        starters=_words(
            "der, die, das, den, dem, ein, eine, einen, einem, einer, und, oder, aber, dann, jetzt, nun, danach, "
            "dabei, dazu, damit, davon, so, wenn, während, bis, als, da, du, ihr, wir, ich, er, sie, es, man, "
            "dein, deine, deinen, deinem, deiner, euer, eure, mein, meine, unser, unsere, lass, lasse, lasst, "
            "spür, spüre, spürt, atme, atmet, halte, haltet, bleib, bleibe, bleibt, komm, komme, kommt, geh, "
            "gehe, geht, leg, lege, legt, setz, setze, setzt, stell, stelle, heb, hebe, senk, senke, löse, lös, "
            "ruh, ruhe, dreh, drehe, streck, strecke, beug, beuge, mach, mache, macht, nimm, nehmt, schließ, "
            "schließe, öffne, öffnet, wechsle, wechsel, wechselt, entspann, entspanne, entspannt, beginne, "
            "beginn, zähle, zähl, zählt, noch, nur, auch, ganz, mit, ohne, bei, beim, zu, zum, zur, in, im, an, "
            "am, auf, aus, nach, vor, über, unter, hinter, neben, zwischen, von, vom, für, durch, gegen, um, "
            "hier, dort, heute, morgen, wer, was, wie, wo, warum, ja, nein, bitte, danke, gut, weiter, langsam, "
            "sanft, ruhig, kurz, gleich, wieder, zuerst, zuletzt, zurück, erst, schließlich, alle, alles, jeder, "
            "jede, jedes, kein, keine, nicht, ist, sind, hat, war, denk, denke, achte, achtet, fühl, fühle, "
            "fühlt, genieß, genieße, richte, richtet, wiederhole, wiederholt, steh, stehe, steht, roll, rolle, "
            "rollt, zieh, ziehe, zieht, drück, drücke, drückt, schau, schaue, schaut, lächle, verweile, spann, "
            "spanne, sag, sage, einatmen, ausatmen, links, rechts"
        ),
    ),
    "es": Habits(
        before=_words(
            "sr, sra, srta, sres, sras, dr, dra, d, dña, prof, profa, ud, uds, vd, vds, st, sto, sta, lic, ing, "
            "arq, gral, p.ej, p. ej, ej, aprox, ca, máx, mín, incl, esp, hno, hna, mons, excmo, excma"
        ),
        before_numbers=_words(
            "n, no, nº, núm, num, nro, pág, págs, pag, p, pp, cap, caps, vol, art, fig, tel, av, avda, c"
        ),
        after_numbers=_words("s, seg, segs, min, mins, m, h, hs, hr, hrs, cm, mm, km, kg, g, ml, l, rep, reps"),
        open=_words("etc, a.m, p.m, a. m, p. m, ee.uu, ee. uu, cía, s.a, s. a, d.c, a.c"),
    ),
    "fr": Habits(
        before=_words(
            "m, mm, mme, mmes, mlle, mlles, dr, pr, prof, me, st, ste, p.ex, p. ex, ex, c.-à-d, c.à.d, càd, env, "
            "approx, max, incl, cf, resp, vs, mgr"
        ),
        before_numbers=_words("n, no, nos, nº, n°, p, pp, pag, chap, vol, fig, art, éd, t, tél, av, bd, ch, env"),
        after_numbers=_words("s, sec, secs, min, mn, h, cm, mm, km, kg, g, ml, l, rép, reps, répét"),
        open=_words("etc, a.m, p.m, apr. j.-c, av. j.-c, s.a, j.-c"),
    ),
    "it": Habits(
        before=_words(
            "sig, sig.ra, sigra, sig.na, sigg, dott, dott.ssa, dottssa, dr, prof, prof.ssa, avv, ing, arch, rag, "
            "geom, on, s, ss, p.es, p. es, es, per es, ad es, ca, max, cfr, gent, egr, spett"
        ),
        before_numbers=_words("n, nn, no, nr, num, pag, pagg, p, pp, cap, vol, fig, art, tel"),
        after_numbers=_words("s, sec, min, h, hr, cm, mm, km, kg, g, ml, l, rip"),
        open=_words("ecc, etc, a.m, p.m, d.c, a.c, s.p.a, s.r.l"),
    ),
    "pt": Habits(
        before=_words(
            "sr, sra, srta, srs, sras, dr, dra, d, prof, profa, st, sto, sta, eng, exmo, exma, ilmo, p.ex, p. ex, "
            "ex, aprox, máx, mín, incl, esp, v.ex, v. ex, v, vs"
        ),
        before_numbers=_words("n, no, nº, núm, num, nr, pág, págs, pag, p, pp, cap, vol, art, fig, tel, av, r"),
        after_numbers=_words("s, seg, segs, min, mins, h, hs, cm, mm, km, kg, g, ml, l, rep, reps"),
        open=_words("etc, a.m, p.m, a. m, p. m, d.c, a.c, s.a, ltda, cia"),
    ),
    "nl": Habits(
        before=_words(
            "dhr, mevr, mw, dr, drs, ir, ing, prof, mr, bijv, bv, d.w.z, d. w. z, o.a, o. a, m.n, m. n, ca, evt, "
            "incl, excl, resp, vgl, max, i.p.v, t.o.v, n.a.v, m.b.v, z.g, zgn"
        ),
        before_numbers=_words("nr, nrs, blz, p, pag, hfst, fig, art, tel"),
        after_numbers=_words("s, sec, min, u, cm, mm, km, kg, g, ml, l"),
        open=_words("enz, etc, a.m, p.m, e.d, e. d, jl, a.s"),
    ),
}


@cache
def find_habits(language: str) -> Habits | None:
    """Return the habits of a language, or None if they are not known."""
    return _HABITS.get(find_base(language))
