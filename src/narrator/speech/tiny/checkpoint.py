"""Reads a checkpoint that torch wrote, without torch, and without running anything that stands in it.

Such a file is a zip archive, nothing in it compressed: `ROOT/data.pkl`, a pickle that names each tensor's shape and
where its numbers lie, and those numbers as `ROOT/data/KEY`. A pickle is a program; this one may use the few
instructions and the three names that a table of tensors needs, and is refused before it starts if it asks for more.
"""

import io
import math
import pickle
import pickletools
import struct
import zipfile
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

Tensor = NDArray[np.floating[Any]]

_MOST_BYTES = 64 << 20
"""Of the file, of all its members together, and of all tensors together."""
_MOST_MEMBERS = 4096
_MOST_INSTRUCTIONS = 200_000
_MOST_DIMENSIONS = 8
_INSTRUCTIONS = frozenset({
    "PROTO", "STOP", "MARK", "GLOBAL", "REDUCE", "BINPERSID", "BINPUT", "LONG_BINPUT", "BINGET", "LONG_BINGET",
    "BINUNICODE", "BININT", "BININT1", "BININT2", "EMPTY_DICT", "EMPTY_TUPLE", "SETITEM", "SETITEMS", "TUPLE", "TUPLE1",
    "TUPLE2", "TUPLE3", "NEWFALSE", "NEWTRUE",
})  # fmt: skip
_STORAGES: dict[str, np.dtype[Any]] = {"HalfStorage": np.dtype("<f2"), "FloatStorage": np.dtype("<f4")}


class CheckpointError(Exception):
    """The checkpoint is damaged, hostile, or none at all."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """Stands for torch's storage classes, of which only the type of number counts."""

    dtype: np.dtype[Any]


def read_checkpoint(path: Path) -> dict[str, Tensor]:
    """Tensors of the checkpoint's model by name, read-only, in the type they are stored in.

    Raises:
        CheckpointError: the file is not such a checkpoint, is damaged, too large, or asks for what it may not.

    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise CheckpointError(f"is larger than {_MOST_BYTES >> 20} MB")
        with zipfile.ZipFile(path) as archive:
            return _read_archive(archive)
    except (OSError, EOFError, RuntimeError, ValueError, struct.error, zipfile.BadZipFile) as error:
        # What zipfile makes of damaged headers; it says so with many kinds of error.
        raise CheckpointError(f"cannot be read: {error}") from error


def _read_archive(archive: zipfile.ZipFile) -> dict[str, Tensor]:
    members = {info.filename: info for info in archive.infolist()}
    if len(archive.infolist()) > _MOST_MEMBERS or sum(info.file_size for info in archive.infolist()) > _MOST_BYTES:
        raise CheckpointError("holds too much")
    tables = [name for name in members if name.endswith("/data.pkl")]
    if len(tables) != 1:
        raise CheckpointError("has no table of tensors")
    root = tables[0].removesuffix("data.pkl")

    def read_member(name: str) -> bytes:
        if name not in members:
            raise CheckpointError(f"lacks {name}")
        info = members[name]
        # Stored as they are, members cannot be larger than the file: there is nothing to blow up.
        if info.compress_type != zipfile.ZIP_STORED or info.compress_size != info.file_size:
            raise CheckpointError("is compressed, which torch never does")
        with archive.open(info) as member:
            data = member.read(info.file_size + 1)
        if len(data) != info.file_size:
            raise CheckpointError(f"is cut short in {name}")
        return data

    if f"{root}byteorder" in members and read_member(f"{root}byteorder") != b"little":
        raise CheckpointError("is written for another kind of machine")
    table = read_member(tables[0])
    _check_instructions(table)
    state = _load_table(table, {name: read_member(name) for name in members if name.startswith(f"{root}data/")}, root)
    model = state.get("model") if isinstance(state, dict) else None
    if not isinstance(model, dict) or not all(
        isinstance(name, str) and isinstance(tensor, np.ndarray) for name, tensor in model.items()
    ):
        raise CheckpointError("holds no model")
    return model


def _check_instructions(table: bytes) -> None:
    """Walk through a pickle without running it.

    Raises:
        CheckpointError: it uses an instruction or a name that a table of tensors has no use for.

    """
    try:
        for count, (opcode, argument, _) in enumerate(pickletools.genops(table)):
            if opcode.name not in _INSTRUCTIONS or count > _MOST_INSTRUCTIONS:
                raise CheckpointError(f"may not use the instruction {opcode.name}")
            if opcode.name == "GLOBAL":
                _find_name(*str(argument).split(" ", 1))
            # A memo is as long as its largest index, whatever is in it.
            if opcode.name == "LONG_BINPUT" and int(argument or 0) > _MOST_INSTRUCTIONS:
                raise CheckpointError("has a damaged table of tensors")
    except ValueError as error:
        raise CheckpointError(f"has a damaged table of tensors: {error}") from error


def _find_name(module: str, name: str) -> Any:
    """What a name in the table stands for."""
    if module == "torch" and name in _STORAGES:
        return _Kind(_STORAGES[name])
    if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
        return _rebuild_tensor
    if (module, name) == ("collections", "OrderedDict"):
        return OrderedDict
    raise CheckpointError(f"asks for {module}.{name}, which it may not")


def _load_table(table: bytes, stores: Mapping[str, bytes], root: str) -> Any:
    room = _MOST_BYTES

    class Loader(pickle.Unpickler):
        def find_class(self, module_name: str, global_name: str) -> Any:
            return _find_name(module_name, global_name)

        def persistent_load(self, pid: Any) -> Tensor:
            """Numbers of a storage, shape (numbers,)."""
            nonlocal room
            what, kind, key, _, count = pid
            if what != "storage" or not isinstance(kind, _Kind) or f"{root}data/{key}" not in stores:
                _refuse()
            numbers: Tensor = np.frombuffer(stores[f"{root}data/{key}"], kind.dtype)
            # Each storage is counted as often as it is used: tensors that share one are copied out of it later.
            room -= numbers.nbytes
            if len(numbers) != count or room < 0:
                _refuse()
            return numbers

    try:
        return Loader(io.BytesIO(table)).load()
    except CheckpointError:
        raise
    except Exception as error:
        # What a faulty pickle makes the loader raise is nobody's to list.
        raise CheckpointError(f"has a damaged table of tensors: {error}") from error


def _rebuild_tensor(numbers: Any, offset: Any, size: Any, stride: Any, *_: Any) -> Tensor:
    """A tensor as a view of its storage's numbers, once it is sure that it lies within them."""
    is_plain = isinstance(numbers, np.ndarray) and isinstance(size, tuple) and isinstance(stride, tuple)
    if not is_plain or len(size) != len(stride) or len(size) > _MOST_DIMENSIONS:
        _refuse()
    if not all(type(number) is int for number in (offset, *size, *stride)):
        _refuse()
    if offset < 0 or min(size, default=1) < 1 or min(stride, default=0) < 0 or math.prod(size) > len(numbers):
        _refuse()
    if offset + sum((length - 1) * step for length, step in zip(size, stride, strict=True)) >= len(numbers):
        _refuse()
    steps = [step * numbers.itemsize for step in stride]
    return np.lib.stride_tricks.as_strided(numbers[offset:], size, steps, writeable=False)


def _refuse() -> NoReturn:
    raise CheckpointError("describes a tensor that lies outside its numbers")
