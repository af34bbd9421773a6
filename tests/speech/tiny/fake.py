"""A voice of the right make and no size, with random weights, in a checkpoint as torch writes them."""

import io
import pickle
import struct
import zipfile

import numpy as np

HIDDEN, FILTER, LATENT = 8, 12, 8
RESIDUAL = (3, 7, 11)


def make_tensors(  # noqa: C901 - each kind of layer in a few lines
    seed: int = 0,
) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    tensors = {}

    def add(name, *shape, scale=0.2):
        tensors[name] = (scale * rng.standard_normal(shape)).astype(np.float16)

    def add_layer(name, outputs, inputs, *taps):
        add(f"{name}.weight", outputs, inputs, *taps)
        add(f"{name}.bias", outputs)

    def add_norm(name, channels):
        tensors[f"{name}.gamma"] = np.ones(channels, np.float16)
        tensors[f"{name}.beta"] = np.zeros(channels, np.float16)

    def add_normed(name, *shape, outputs):
        add(f"{name}.weight_v", *shape)
        tensors[f"{name}.weight_g"] = np.ones((shape[0], 1, 1), np.float16)
        add(f"{name}.bias", outputs)

    def add_transformer(name, layers=3, taps=3):
        add_layer(f"{name}.spk_emb_linear", HIDDEN, HIDDEN)
        for i in range(layers):
            for part in "qkvo":
                add_layer(f"{name}.attn_layers.{i}.conv_{part}", HIDDEN, HIDDEN, 1)
            for part in "kv":
                add(f"{name}.attn_layers.{i}.emb_rel_{part}", 1, 9, HIDDEN // 2)
            add_layer(f"{name}.ffn_layers.{i}.conv_1", FILTER, HIDDEN, taps)
            add_layer(f"{name}.ffn_layers.{i}.conv_2", HIDDEN, FILTER, taps)
            add_norm(f"{name}.norm_layers_1.{i}", HIDDEN)
            add_norm(f"{name}.norm_layers_2.{i}", HIDDEN)

    add("emb_g.weight", 1, HIDDEN)
    for name, rows in (("emb", 219), ("tone_emb", 16), ("language_emb", 10)):
        add(f"enc_p.{name}.weight", rows, HIDDEN)
    add("enc_p.bert_proj.bias", HIDDEN)
    add("enc_p.ja_bert_proj.bias", HIDDEN)
    add_transformer("enc_p.encoder")
    add_layer("enc_p.proj", 2 * LATENT, HIDDEN, 1)
    add_layer("dp.cond", HIDDEN, HIDDEN, 1)
    for i, inputs in ((1, HIDDEN), (2, FILTER)):
        add_layer(f"dp.conv_{i}", FILTER, inputs, 3)
        add_norm(f"dp.norm_{i}", FILTER)
    add_layer("dp.proj", 1, FILTER, 1)
    for i in (0, 2, 4, 6):
        add_layer(f"flow.flows.{i}.pre", HIDDEN, LATENT // 2, 1)
        add_transformer(f"flow.flows.{i}.enc", taps=5)
        add_layer(f"flow.flows.{i}.post", LATENT // 2, HIDDEN, 1)
    width = 32
    add_layer("dec.conv_pre", width, LATENT, 7)
    add_layer("dec.cond", width, HIDDEN, 1)
    for stage, taps in enumerate((16, 16, 8, 2, 2)):
        add_normed(f"dec.ups.{stage}", width, width // 2, taps, outputs=width // 2)
        width //= 2
        for kind, kernel in enumerate(RESIDUAL):
            for part in ("convs1", "convs2"):
                for i in range(3):
                    name = f"dec.resblocks.{3 * stage + kind}.{part}.{i}"
                    add_normed(name, width, width, kernel, outputs=width)
    add("dec.conv_post.weight", 1, width, 7)
    return tensors


class _Storage:
    def __init__(self, key, dtype, count):
        self.pid = ("storage", dtype, key, "cpu", count)


class _Call:
    """Pickled as a call of a name with arguments."""

    def __init__(self, name, args):
        self.name, self.args = name, args


class _Name(str):
    """Pickled as a name alone."""

    __slots__ = ()


class Pickler(pickle._Pickler):
    def persistent_id(self, value):
        return value.pid if isinstance(value, _Storage) else None

    def save(self, value, save_persistent_id=True):
        if isinstance(value, _Name):
            self.write(pickle.GLOBAL + value.replace(" ", "\n").encode() + b"\n")
        elif isinstance(value, _Call):
            self.save(_Name(value.name))
            self.save(value.args)
            self.write(pickle.REDUCE)
        else:
            super().save(value, save_persistent_id)


def describe_tensor(key, array, offset=0, size=None, stride=None, count=None, storage=None):
    """How torch pickles a tensor; any of it may be told wrongly."""
    kind = _Name("torch HalfStorage")
    size = array.shape if size is None else size
    stride = tuple(step // array.itemsize for step in array.strides) if stride is None else stride
    storage = storage or _Storage(key, kind, array.size if count is None else count)
    hooks = _Call("collections OrderedDict", ())
    return _Call("torch._utils _rebuild_tensor_v2", (storage, offset, size, stride, False, hooks))


def dump(value) -> bytes:
    file = io.BytesIO()
    Pickler(file, 2).dump(value)
    return file.getvalue()


def write_checkpoint(path, tensors, table=None, compression=zipfile.ZIP_STORED, leave_out=(), byteorder="little"):
    """Write tensors, described truly or by a table of one's own (bytes of a pickle)."""
    keys = {name: str(number) for number, name in enumerate(tensors)}
    described = {name: describe_tensor(keys[name], array) for name, array in tensors.items()}
    with zipfile.ZipFile(path, "w", compression) as archive:
        archive.writestr("G/data.pkl", table or dump({"model": described}))
        archive.writestr("G/byteorder", byteorder)
        for name, array in tensors.items():
            if name not in leave_out:
                archive.writestr(f"G/data/{keys[name]}", np.ascontiguousarray(array).astype("<f2").tobytes())
    return path


def claim_size(path, name: str, size: int) -> None:
    """Write another size into a member's headers, as a zip bomb would."""
    data = bytearray(path.read_bytes())
    local = data.index(name.encode()) - 30
    central = data.rindex(name.encode()) - 46
    for place in (local + 18, central + 20):
        data[place : place + 8] = struct.pack("<II", size, size)
    path.write_bytes(data)
