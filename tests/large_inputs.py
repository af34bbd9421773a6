"""Small inputs that ask for much: each under 1 MB."""

import numpy as np

from odd_sounds import make_wav, write_sound

MANY = 9_000


def make_routine(steps, head=""):
    return f"title: x\nvoice: silent\n{head}\nsteps:\n{steps}"


def repeat(step, count):
    return "".join(step.format(number) for number in range(count))


ROUTINES = {
    "cues every second of a day": make_routine(
        "  - hold: 10s..24h\n    cues:\n" + "      - {every: 1s, bell: tick}\n" * 200, "length: 24h"
    ),
    "a bell every second of a day": make_routine("  - hold: 10s..24h\n    cues: [{every: 1s, bell: tick}]\n", "length: 24h"),
    "short breaths for a day": make_routine("  - {breathe: 0.5-0.5, for: 24h, voiced: 100000}\n"),
    "counted breaths": make_routine("  - {breathe: 60-60-60-60, for: 24h, voiced: 100000, count: true}\n" * 500),
    "strokes": make_routine("  - bell: {sound: tick, times: 108, every: 250ms}\n" * MANY),
    "as many strokes as there may be": make_routine("  - bell: {sound: tick, times: 20, every: 250ms}\n" * MANY),
    "sections": make_routine(repeat("  - {{section: s{}, steps: [{{pause: 1s}}]}}\n", 4_900)),
    "sections by bells": make_routine(repeat("  - {{section: s{}, steps: [{{hold: 1s..30s}}]}}\n", 4_900)),
    "sections with lengths": make_routine(repeat("  - {{section: s{}, length: 9s, steps: [{{hold: 1s..30s}}]}}\n", 4_900)),
    "optional steps": make_routine("  - hold: 1s..1m\n" + repeat("  - {{say: Rest {}., optional: true}}\n", MANY), "length: 30m"),
    "a text": make_routine(f"  - say: {'word ' * 100_000}\n"),
    "sentences": make_routine(f"  - say: {'Rest. ' * 80_000}\n"),
    "marks": make_routine(f"  - say: {'a.. ' * 100_000}\n"),
    "points": make_routine(f"  - say: {'.' * 400_000}a\n"),
    "brackets": make_routine(f"  - say: '{'[1s]' * 100_000}a'\n"),
    "braces": make_routine(f"  - say: '{'{round}' * 60_000}'\n"),
    "a text again and again": make_routine(f"  - repeat: 1000\n    steps:\n      - say: {'word ' * 90_000}\n"),
    "texts again and again": make_routine("  - repeat: 900\n    steps:\n" + f"      - say: Breathe {'{round}'} and rest.\n" * 10),
    "words to respell": make_routine(
        "  - repeat: 900\n    steps:\n" + "      - say: Breathe {round} and rest.\n" * 10,
        "pronounce:\n" + repeat("  word{0}: other{0}\n", 15_000),
    ),
    "a thousand words to respell": make_routine(
        "  - repeat: 900\n    steps:\n" + "      - say: Breathe {round} and rest.\n" * 10,
        "pronounce:\n" + repeat("  word{0}: other{0}\n", 1_000),
    ),
    "languages": make_routine(
        "  - repeat: 9000\n    steps: [{say: {" + ", ".join(f"en-a{number}: Rest." for number in range(10_000)) + "}}]\n"
    ),
    "wordings": make_routine("  - repeat: 1000\n    steps: [{say: {random: [" + "Rest., " * 30_000 + "]}}]\n"),
    "cues again and again": make_routine(
        "  - repeat: 1000\n    steps:\n      - hold: 1m\n        cues:\n" + "          - {at: half, bell: tick}\n" * 9_000
    ),
    "cues in one hold": make_routine("  - hold: 1m\n    cues:\n" + "      - {at: half, say: Rest.}\n" * 12_000),
    "sides in sides": make_routine("  - {section: a, sides: [a, b, c, d, e, f, g, h], steps: [" * 12 + "{pause: 1s}" + "]}" * 12),
    "faults": make_routine("  - {sya: x}\n" * 30_000),
    "long keys": make_routine(f"  - {{{'k' * 200_000}: x}}\n" * 2),
    "anchors": make_routine("  - say: &a Rest.\n" + "  - say: *a\n" * 9_000),
    "aliases of aliases": make_routine(
        "  - &a0 {say: Rest.}\n" + "".join(f"  - &a{n + 1} {{section: s, steps: [*a{n}, *a{n}]}}\n" for n in range(30))
    ),
    "brackets of YAML": "[" * 500_000,
    "mappings of YAML": "{a: " * 100_000,
    "questions of YAML": "? " * 200_000,
    "dashes of YAML": "- " * 200_000,
    "entries of YAML": "[" + "a," * 99_990 + "]",
    "lines": "\n" * 500_000,
    "quotes": "'" * 500_000,
    "ones": make_routine("  - hold: 1s..1m\n", f"seed: {'1' * 400_000}"),
    "digits": make_routine(f"  - hold: {'1' * 400_000}s\n"),
    "spaces": make_routine(f"  - pause: '{' ' * 400_000}1s'\n"),
    "units": make_routine(f"  - pause: '{'1h ' * 100_000}'\n"),
    "bells of all lengths": make_routine(repeat("  - bell: {{sound: long.wav, length: {}ms}}\n", MANY).replace(": 0ms", ": 60ms")
        .replace("length: ", "length: 5")),
    "a bed": make_routine("  - hold: 1m\n", "bed: bed.mp3"),
}  # fmt: skip

SCRIPT = "narrator_script: 1\ntitle: x\nvoice: silent\nlength: 24h\n"
SCRIPTS = {
    "cues": SCRIPT + "cues:\n" + repeat("  - {{at: {}s, say: Rest.}}\n", 16_000),
    "cues in sections": SCRIPT
    + "sections:\n" + repeat("  - {{title: a, at: {0}s, to: {0}.5s}}\n", 6_000)
    + "cues:\n" + repeat("  - {{at: {}s, say: Rest.}}\n", 8_000),
    "strokes": SCRIPT + "cues:\n" + repeat("  - {{at: {}s, bell: {{sound: tick, times: 108, every: 250ms}}}}\n", 9_000),
    "levels": SCRIPT + "bed: {sound: rain, levels: [" + repeat("{{at: {}s, level: -20}}, ", 15_000) + "]}\ncues: []\n",
    "overlaps": SCRIPT + "cues:\n" + "  - {at: 1s, say: Rest.}\n" * 16_000,
}  # fmt: skip

CONFIGURATIONS = {
    "brackets": "a = " + "[" * 100_000,
    "dots": "a" + ".a" * 60_000 + " = 1\n",
    "tables": repeat("[command.c{}]\nrun = ['x']\n", 7_000),
    "fallbacks": "fallback = '" + "silent," * 30_000 + "'\n",
    "braces": "[command.a]\nrun = ['" + "{texx}" * 30_000 + "']\n",
    "digits": "[gtts]\nwait = " + "1" * 200_000 + "\n",
}


def write_sounds(folder):
    """Write the sound files that the routines name."""
    rng = np.random.default_rng(0)
    (folder / "long.wav").write_bytes(make_wav(rng.integers(-99, 99, 8_000 * 59).astype("<i2").tobytes(), rate=8_000))
    hum = np.tile((8000 * np.sin(np.arange(8_000) / 4)).astype(np.int16), 620)
    (folder / "bed.mp3").write_bytes(write_sound("mp3", "libmp3lame", hum, 8_000, bit_rate=8_000))
