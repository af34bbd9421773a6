"""A small stand-in for Kokoro's files: a model of the same inputs and output, wheels that hold it, and tables.

The model gives a tone, as long as there are phonemes and as slow as it is asked to be, louder for another style.
"""

import hashlib
import io
import json
import zipfile

import numpy as np
from onnx import TensorProto, helper

from narrator.speech.engines.kokoro_parts import Member, Part
from narrator.speech.net.pip_download import Wheel

SYMBOLS = ' ;:,.!?—…"()AIOQSTWYᵊabcdefhijklmnopqrstuvwxyzɑɐɒæβɔɕçɖðʤəɚɛɜɟɡɥɨɪʝɯɰŋɳɲɴøɸθœɹɾɻʁɽʂʃʈʧʊʋʌɣɤχʎʒʔˈˌːʰʲʣʦᵻ̃'
VOICES = {"es": ["em_alex", "ef_dora"], "en-US": ["af_heart"], "en-GB": ["bf_emma"], "hi": ["hf_alpha"]}
EACH = 600
"""Samples at 24 kHz of a phoneme, at speed 1."""


def make_model() -> bytes:
    """Make a model: EACH / speed samples of a tone for each token; its level is the style's first number."""
    numbers = {"one": 1, "zero": 0, "start": 0.0, "step": 1.0, "each": float(EACH), "pitch": 0.2}
    constants = [
        helper.make_tensor(name, TensorProto.INT64 if isinstance(value, int) else TensorProto.FLOAT, [], [value])
        for name, value in numbers.items()
    ]
    constants.append(helper.make_tensor("flat", TensorProto.INT64, [1], [-1]))
    steps = [
        ("Shape", ["tokens"], "sizes"), ("Gather", ["sizes", "one"], "count"), ("Cast", ["count"], "many"),
        ("Gather", ["speed", "zero"], "fast"), ("Mul", ["many", "each"], "long"), ("Div", ["long", "fast"], "length"),
        ("Range", ["start", "length", "step"], "time"), ("Mul", ["time", "pitch"], "phase"), ("Sin", ["phase"], "wave"),
        ("Reshape", ["style", "flat"], "row"), ("Gather", ["row", "zero"], "level"), ("Mul", ["wave", "level"], "audio"),
    ]  # fmt: skip
    nodes = [
        helper.make_node(kind, inputs, [output], **({"to": TensorProto.FLOAT} if kind == "Cast" else {}))
        for kind, inputs, output in steps
    ]
    inputs = [
        ("tokens", TensorProto.INT64, [1, None]),
        ("style", TensorProto.FLOAT, [1, 256]),
        ("speed", TensorProto.FLOAT, [1]),
    ]
    graph = helper.make_graph(
        nodes,
        "tone",
        [helper.make_tensor_value_info(*each) for each in inputs],
        [helper.make_tensor_value_info("audio", TensorProto.FLOAT, [None])],
        constants,
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8).SerializeToString()


def make_table(number: int) -> bytes:
    """Make a voice's table: the level of its tone, for each number of phonemes."""
    styles = np.zeros((510, 256), "<f4")
    styles[:, 0] = 0.2 + 0.1 * number
    return styles.tobytes()


def hash_bytes(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def make_part(name: str, data: bytes) -> Part:
    return Part(name, len(data), hash_bytes(data))


def make_wheel(package: str, files: dict[str, bytes]) -> bytes:
    """Make a wheel that pip takes: whenever it is made, of the same bytes."""
    file, stem = io.BytesIO(), package.replace("-", "_")
    about = {
        "METADATA": f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n",
        "WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "RECORD": "",
    }
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data)
        for name, text in about.items():
            archive.writestr(zipfile.ZipInfo(f"{stem}-1.0.dist-info/{name}"), text)
    return file.getvalue()


class Store:
    """Everything that can be fetched: `wheels` by file name, `tables` by voice; and what is known of them."""

    def __init__(self) -> None:
        model, vocabulary = make_model(), json.dumps({"vocab": {c: n for n, c in enumerate(SYMBOLS, 1)}}).encode()
        half = len(model) // 2
        self.model = model
        self.parts = {"part-1": model[:half], "part-2": model[half:]}
        inside = {
            "tone-1": {"tone_1/part.bin": model[:half]},
            "tone-2": {"tone_2/part.bin": model[half:]},
            "tone": {"tone/vocab.json": vocabulary, "tone/LICENSE": b"Do as you like."},
        }
        packed = {package: make_wheel(package, files) for package, files in inside.items()}
        pins = {package: Wheel(package, "1.0", len(data), hash_bytes(data)) for package, data in packed.items()}
        self.wheels = {pins[package].file: data for package, data in packed.items()}
        self.files = {"model.onnx": model, "vocab.json": vocabulary, "LICENSE": b"Do as you like."}
        self.MODEL, self.VOCABULARY, self.LICENCE = (make_part(*each) for each in self.files.items())
        self.PIECES = tuple(
            Member(pins[f"tone-{n}"], f"tone_{n}/part.bin", make_part(f"part {n}", self.parts[f"part-{n}"]))
            for n in (1, 2)
        )
        self.EXTRAS = (
            Member(pins["tone"], "tone/vocab.json", self.VOCABULARY),
            Member(pins["tone"], "tone/LICENSE", self.LICENCE),
        )
        names = [name for voices in VOICES.values() for name in voices]
        self.tables = {name: make_table(number) for number, name in enumerate(names)}
        self.TABLES = {code: {name: hash_bytes(self.tables[name]) for name in names} for code, names in VOICES.items()}

    def put_in(self, folder, *names: str) -> None:
        """Write all wheels, and the tables of voices, into a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        for file, data in self.wheels.items():
            (folder / file).write_bytes(data)
        for name in names:
            (folder / f"{name}.bin").write_bytes(self.tables[name])

    def patch(self, monkeypatch) -> None:
        """Have narrator know these files in place of Kokoro's."""
        from narrator.speech.engines import kokoro, kokoro_parts

        for name in ("MODEL", "VOCABULARY", "LICENCE", "PIECES", "EXTRAS", "TABLES"):
            monkeypatch.setattr(kokoro_parts, name, getattr(self, name))
        monkeypatch.setattr(kokoro, "TABLES", self.TABLES)
