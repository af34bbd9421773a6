"""Routines, scripts and configurations, generated from their grammars and then damaged."""

import json
import random
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from .harness import Failed, Kind, Trial, run_here

HOSTILE = [
    "+3", "1e2", "5_000", "0x10", "0o7", "1:30:61", ".inf", "-.inf", ".nan", "~", "null", "yes", "2001-01-01", "-0", "1e400", "-1s",
    "99999999999h", "1e9s", "0s", "24h", "25h", "0.0000001s", "1000 breaths..", "5s..2s", "..", "\x1b[31mred\x1b[0m", "\x9b31m", "\x00",
    "\u202eabc", "\u2066abc", "\ufeff", "\u200b", "é", "𝒳", "{side}", "{round}", "{", "}", "[3s]", "[99999h]", "[", "]", "[[3s]]", "", " ",
    "\n\n", "../../../etc/passwd", "/etc/passwd", "/dev/zero", "/dev/stdin", ".", "..", "session.yaml", "a" * 300, "a/" * 2000, "ä" * 200,
    "http://127.0.0.1:9/a.wav", "file:///etc/passwd", "concat:a|b", "p.m3u8", "\\\\server\\share", "C:\\x", "con", "%s%n", "$(id)", "`id`",
    "; rm -rf x", "--force", "-", "9" * 400, "0." + "3" * 400, "word " * 3000, "true", "false", "!!python/object:os.system", "*a", "&a",
    "<<", "=", "0b1", "१२", "１２s", "½", "∞", "1m30", "1 m 30 s", "half", "quarter", "box", "4-7-8", "0-0-0", "9999-1",
]  # fmt: skip
"""Values that have gone wrong somewhere: here, or in others' programs."""
_LENGTHS = [
    "1s",
    "2s",
    "10s",
    "30s",
    "1m",
    "20s..2m",
    "1s..1m",
    "5 breaths",
    "3..6 breaths",
    "600ms",
    "1m30s",
    "10s..24h",
    "24h",
]
_WORDS = [
    "Rest.",
    "Breathe in. [2s] And out.",
    "Turn to the {side}.",
    "Round {round} of {rounds}.",
    "One.\n\nTwo.",
    "4-7-8",
    "Ruh dich aus.",
]
_BELLS = ["bowl", "chime", "gong", "tick", "woodblock", "tingsha", "bowl-low"]


class Author:
    """Generates steps of a routine, most of them valid."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance

    def pick(self, *values: Any) -> Any:
        return self.chance.choice(values)

    def maybe(self, odds: float) -> bool:
        return self.chance.random() < odds

    def text(self) -> Any:
        words = self.pick(*_WORDS) if self.maybe(0.2) else self.pick("Rest.", "Breathe in. [2s] And out.")
        if self.maybe(0.1):
            return {"en": words, "de": "Ruhe.", **({"es": "Paz."} if self.maybe(0.5) else {})}
        return {"random": [words, self.pick(*_WORDS)]} if self.maybe(0.1) else words

    def fixed(self) -> str:
        return self.pick("30s", "2m", "5m", "10m", "1h", "90m")

    def length(self) -> str:
        return self.pick(*_LENGTHS)

    def bell(self) -> Any:
        sound = self.pick(*_BELLS)
        if self.maybe(0.5):
            return sound
        more = {
            "times": self.chance.randint(1, 5),
            "every": "3s",
            "pitch": self.pick(100, 432.5),
            "length": "4s",
            "level": -6,
        }
        return {"sound": sound} | {key: value for key, value in more.items() if self.maybe(0.4)}

    def hold(self) -> dict[str, Any]:
        cue = {"say": "Soften."} if self.maybe(0.5) else {"bell": self.bell()}
        places: list[dict[str, Any]] = [
            {"at": "half"}, {"at": "-10s"}, {"at": "25%"} | cue, {"every": self.pick("1s", "30s")} | cue, {"at": "20s"} | cue, {"countdown": 3},
        ]  # fmt: skip
        count = 200 if self.maybe(0.01) else self.chance.randint(0, 3)
        cues = [self.pick(*places) for _ in range(count)]
        return {"hold": self.length()} | ({"cues": cues} if cues else {})

    def breathe(self) -> dict[str, Any]:
        step: dict[str, Any] = {"breathe": self.pick("4-6", "box", "4-7-8", "relaxing", "coherent", "2-2-2-2")}
        step |= self.pick({"for": self.length()}, {"rounds": self.chance.randint(1, 8)})
        return step | self.pick(
            {},
            {"voiced": 2},
            {"count": True},
            {"words": {"in": "In.", "out": "Out.", "last": "Last."}},
            {"cues": [{"at": "half"}]},
        )

    def section(self, depth: int) -> dict[str, Any]:
        step: dict[str, Any] = {"section": self.pick("Twist", "Rest", "End"), "steps": self.steps(depth - 1)}
        if self.maybe(0.3):
            step |= {"sides": ["right", "left"], "between": {"say": "Change sides.", "pause": "2s"}}
        return step | self.pick({}, {}, {"length": self.fixed()}, *[{"bed": "none"}] * self.maybe(0.1))

    def step(self, depth: int) -> dict[str, Any]:
        kinds: list[Callable[[], dict[str, Any]]] = [
            lambda: {"say": self.text()} | ({"brief": "Short."} if self.maybe(0.2) else {}),
            lambda: {"pause": self.length()},
            self.hold,
            lambda: {"bell": self.bell()},
            self.breathe,
            lambda: {"include": self.pick(*["part.yaml", "session.yaml"] * 8, "none.yaml", "../part.yaml")},
        ]
        if depth:
            kinds += [
                lambda: self.section(depth),
                lambda: {
                    "repeat": self.pick(1, 3, "1..4", "2..9", {"natural": 2, "min": 1, "max": 5}),
                    "steps": self.steps(depth - 1),
                },
            ]
        step = self.pick(*kinds)()
        if "hold" in step:
            step |= self.pick({}, {}, {"quiet": True}, {"equal": self.pick("a", "b")})
        grown = [
            {"optional": True},
            {"optional": 2},
            {"extra": True},
            {"extra": 3},
            {"from": "2m"},
            {"until": "9m"},
            {"from": "1m", "until": "8m"},
        ]
        return step | (self.pick(*grown) if self.maybe(0.25) else {})

    def steps(self, depth: int) -> list[dict[str, Any]]:
        return [self.step(depth) for _ in range(self.chance.randint(1, 4))]

    def routine(self) -> dict[str, Any]:
        more = {"language": "en", "length": self.fixed(), "voice": {"pace": 0.9}, "bed": self.pick("rain", {"sound": "drone", "duck": 8}),
                "floor": self.pick("none", -75), "loudness": -18, "pronounce": {"asana": "ah sa na"}, "seed": 4,
                "tags": {"artist": "Me"}, "description": "Short."}  # fmt: skip
        return (
            {"title": "Trial"}
            | {key: value for key, value in more.items() if self.maybe(0.25)}
            | {"steps": self.steps(2)}
        )

    def script(self) -> dict[str, Any]:
        cues, at = [], 0
        for _ in range(self.chance.randint(0, 8)):
            at += self.chance.randint(0, 9000)
            kind = self.pick(
                {"say": "Rest."}, {"bell": self.bell()}, {"breathe": "in", "takes": "4s", "say": ["In.", "two"]}
            )
            cues.append({"at": f"{at // 1000}.{at % 1000:03}s"} | kind)
        sections = [{"title": "One", "at": "0s", "to": "5s"}, {"title": "Two", "at": "5s", "to": "9s"}][
            : self.chance.randint(0, 2)
        ]
        bed = {"sound": "rain", "level": -22, "levels": [{"at": "0s", "level": -22}, {"at": "9s", "level": "none"}]}
        more = {"gain": -3, "floor": "none", "voice": "espeak", "bed": bed, "language": "en", "tags": {"album": "A"}}
        known = {
            "narrator_script": 1,
            "title": "Trial",
            "length": f"{at // 1000 + 20}s",
            "sections": sections,
            "cues": cues,
        }
        return known | {key: value for key, value in more.items() if self.maybe(0.3)}


def bend(chance: random.Random, value: Any, odds: float) -> Any:
    """Replace, drop, double or rename parts of a structure."""
    if chance.random() < odds:
        return chance.choice(
            [
                *HOSTILE,
                None,
                True,
                -1,
                0,
                3,
                10**30,
                1.5,
                [],
                {},
                [value],
                [[value] * 3],
                {"say": value},
                [value, value],
            ]
        )
    if isinstance(value, list):
        value = [bend(chance, each, odds) for each in value if chance.random() > odds / 4]
        return value * 50 if chance.random() < odds / 20 else value
    if isinstance(value, dict):
        bent = {
            key if chance.random() > odds / 4 else chance.choice([*HOSTILE, key[:-1], 3]): each
            for key, each in value.items()
        }
        return {key: bend(chance, each, odds) for key, each in bent.items() if chance.random() > odds / 4}
    return value


def bend_text(chance: random.Random, text: str) -> bytes:
    """Cut a text, repeat parts of it, and insert characters."""
    for _ in range(chance.choice([0, 0, 0, 1, 3])):
        start = chance.randrange(len(text) + 1)
        end = min(len(text), start + chance.choice([0, 1, 4, 30, 200]))
        scrap = chance.choice(
            [
                "",
                text[start:end] * 2,
                chance.choice(HOSTILE),
                "- ",
                ": ",
                "\t",
                "{",
                "[",
                "'",
                '"',
                "&a [*a, *a]",
                "---\n",
            ]
        )
        text = text[:start] + scrap + text[end:]
    data = text.encode("utf-8", "surrogatepass")
    if chance.random() < 0.03:
        start = chance.randrange(len(data) + 1)
        return data[:start] + bytes([chance.randrange(256)]) + data[start:]
    return data.decode().encode("utf-16") if chance.random() < 0.01 else data


_BYTES = 16_000
"""Size of a second of a track, at 128 kbit/s."""

BOMBS = [
    "title: x\nsteps: " + "[" * 5000,
    "a: &a [x]\n" + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(9)) + "steps: *j\n",
    "title: x\nsteps:\n" + "  - repeat: 1000\n    steps:\n" * 3 + "      - say: x\n",
    "title: x\nsteps:\n" + "".join(f"{'    ' * n}  - section: x\n{'    ' * n}    steps:\n" for n in range(200)),
    "title: x\nsteps:\n  - include: bomb.yaml\n  - include: bomb.yaml\n",
    "title: x\nsteps:\n  - hold: 10s..24h\n    cues: [" + ", ".join(["{every: 1s, bell: tick}"] * 200) + "]\n",
    "title: x\nlength: 24h\nsteps:\n  - hold: 10s..24h\n    cues: [" + ", ".join(["{every: 1s, bell: tick}"] * 200) + "]\n",
    "title: x\nsteps:\n  - say: " + "word " * 20_000 + "\n",
    "title: x\nsteps:\n" + "  - say: x\n" * 20_000,
    "title: x\nsteps:\n  - breathe: 1-1\n    for: 24h\n    count: true\n",
    "title: x\nsteps:\n  - bell: {sound: tick, times: 100000, every: 1s}\n",
    "title: 'x\n" * 3000,
]  # fmt: skip


def dump(chance: random.Random, value: Any) -> str:
    """Write a structure as YAML, or as JSON, which is YAML too."""
    if chance.random() < 0.1:
        return json.dumps(value, ensure_ascii=chance.random() < 0.5)
    return yaml.safe_dump(
        value, allow_unicode=chance.random() < 0.5, sort_keys=False, default_flow_style=chance.choice([None, False])
    )


def prepare_authored(folder: Path, draw: Callable[[Author], Any]) -> Trial:
    """Prepare trials of a file that `narrator check` reads; now and then one is rendered and verified."""
    (folder / "part.yaml").write_text("steps:\n  - say: Part.\n")
    (folder / "session.yaml").write_text("title: s\nsteps:\n  - say: Session.\n")

    def trial(seed: int) -> float:
        chance = random.Random(seed)
        value = draw(Author(chance))
        data = bend_text(chance, dump(chance, bend(chance, value, chance.choice([0, 0, 0.01, 0.03, 0.1]))))
        name = "trial.yaml"
        if chance.random() < 0.004:
            name, data = "bomb.yaml", chance.choice(BOMBS).encode()
        (folder / name).write_bytes(data)
        as_json = chance.random() < 0.2
        done = run_here("check", name, "--voice", "silent", *["--json"] * as_json, cwd=folder).check(0, 1)
        if as_json:
            for line in done.out.splitlines():
                json.loads(line)
        # A long track would take the time of a thousand trials.
        is_short = not (as_json or done.code) and not re.search(r"ok; [^;]*(h|\d\dm|[3-9]m)", done.out)
        if is_short and not done.code and chance.random() < 0.05:
            done = run_here("render", name, "--voice", "silent", "--output", "out", "--force", cwd=folder).check(0, 1)
            if done.code == 0:
                track = Path("out", f"{Path(name).stem}-silent.mp3")
                run_here("verify", str(track), cwd=folder).check(0)
                return (folder / track).stat().st_size / _BYTES

        return 0.0

    return trial


TABLES: dict[str, dict[str, list[Any]]] = {
    "": {"voice": ["espeak", "gtts:en", "silent"], "fallback": [["espeak"], "espeak, silent"]},
    "cache": {"limit": ["2GB", "500 MB", "none"]},
    "gtts": {"url": ["http://127.0.0.1:9"], "interval": [0.5, 1], "wait": [1.0], "timeout": [20]},
    "openai": {
        "url": ["http://localhost:8880/v1"],
        "model": ["kokoro"],
        "voice": ["af"],
        "speed": [1.0],
        "workers": [2],
        "timeout": [5],
    },
    "command.box": {"run": [["flite", "-o", "{output}"]], "languages": [["en"]], "timeout": [3], "workers": [1]},
}


def write_toml(value: Any, chance: random.Random) -> str:
    """Write a value as TOML; its strings are JSON's, which TOML reads but for some escapes."""
    if isinstance(value, str):
        return chance.choice([json.dumps(value), json.dumps(value, ensure_ascii=False), f"'{value}'", f'"""{value}"""'])
    if isinstance(value, dict):
        return (
            "{" + ", ".join(f"{json.dumps(str(key))} = {write_toml(each, chance)}" for key, each in value.items()) + "}"
        )
    if isinstance(value, list):
        return "[" + ", ".join(write_toml(each, chance) for each in value) + "]"
    return (
        {None: '""', True: "true", False: "false"}.get(value, repr(value))
        if not isinstance(value, int | float) or isinstance(value, bool)
        else repr(value)
    )


def draw_config(chance: random.Random) -> bytes:
    """Generate a configuration file with some damage."""
    odds = chance.choice([0, 0.03, 0.15])
    lines: list[str] = []
    for table, keys in TABLES.items():
        if chance.random() < 0.4 and table:
            continue
        lines += [f"[{table}]"] * bool(table) if chance.random() > odds / 4 else [f"[{chance.choice(HOSTILE)}]"]
        for key, values in keys.items():
            if chance.random() < 0.5:
                shown = (
                    key
                    if chance.random() > odds / 2
                    else chance.choice([key[:-1], key + "s", '"' + key + '"', *HOSTILE])
                )
                lines.append(f"{shown} = {write_toml(bend(chance, chance.choice(values), odds), chance)}")
        lines += ["# a remark"] * (chance.random() < 0.2)
    return bend_text(chance, "\n".join(lines) + "\n")


def read_toml(data: bytes) -> dict[str, Any] | None:
    try:
        return tomllib.loads(data.decode())
    except (ValueError, RecursionError):
        return None


def prepare_configurations(folder: Path) -> Trial:
    """Prepare trials of a configuration file that is read, and into which a limit of the cache is written."""
    path = folder / "config.toml"
    (folder / "session.yaml").write_text("title: s\nsteps:\n  - say: Session.\n")

    def trial(seed: int) -> None:
        chance = random.Random(seed)
        data = draw_config(chance)
        path.write_bytes(data)
        try:
            if chance.random() < 0.3:
                run_here("check", "session.yaml", "--voice", "silent", cwd=folder).check(0, 1, 2)
            read = run_here("cache", "--json", cwd=folder).check(0, 1)
            if chance.random() < 0.5:
                before = read_toml(data)
                done = run_here("cache", "limit", "3GB", cwd=folder).check(0, 1)
                after = read_toml(path.read_bytes())
                if done.code and path.read_bytes() != data:
                    raise Failed("a configuration that could not be changed was changed")
                if not done.code and (
                    before is None or after != before | {"cache": before.get("cache", {}) | {"limit": "3GB"}}
                ):
                    raise Failed(f"a limit changed more than itself: {before} became {after}")
                if not done.code and not read.code:
                    run_here("cache", "--json", cwd=folder).check(0)
        finally:
            path.write_text("")

    return trial


KINDS = [
    Kind("routines", 9000, lambda folder: prepare_authored(folder, Author.routine)),
    Kind("scripts", 7000, lambda folder: prepare_authored(folder, Author.script)),
    Kind("configurations", 8000, prepare_configurations),
]
