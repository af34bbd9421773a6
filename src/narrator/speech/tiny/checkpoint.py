"""Reads a checkpoint that torch wrote, without torch, and without running anything that stands in it.

Such a file is a zip archive, nothing in it compressed: `ROOT/data.pkl`, a pickle that names each tensor's shape and
where its numbers lie, and those numbers as `ROOT/data/KEY`. A pickle is a program for Python's own loader; here it is
taken as a list of instructions, of which the few that a table of tensors needs are followed and nothing else is.
"""

import math
import pickletools
import struct
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

import numpy as np
from numpy.typing import NDArray

Tensor = NDArray[np.floating[Any]]

_MOST_BYTES = 64 << 20
"""Of all the archive's members together, and of all tensors together."""
_MOST_TABLE_BYTES = 4 << 20
_MOST_MEMBERS = 4096
_MOST_INSTRUCTIONS = 200_000
_LONGEST_TUPLE = 8
_LONGEST_TEXT = 200
_STORAGES: dict[str, np.dtype[Any]] = {
    "torch HalfStorage": np.dtype("<f2"),
    "torch FloatStorage": np.dtype("<f4"),
}
_REBUILD = "torch._utils _rebuild_tensor_v2"
_DICT = "collections OrderedDict"


class CheckpointError(Exception):
    """The checkpoint is damaged, hostile, or none at all."""


@dataclass(frozen=True, slots=True)
class _Name:
    """A name in the table: of a function, or of a kind of storage. It is never looked up anywhere."""

    text: str


@dataclass(frozen=True, slots=True)
class _Storage:
    """Numbers that tensors are made of, shape (numbers,)."""

    numbers: Tensor


_MARK = _Name("")


def read_checkpoint(file: Path | BinaryIO) -> dict[str, Tensor]:
    """Tensors of the checkpoint's model by name, read-only, in the type they are stored in.

    Raises:
        CheckpointError: the file is not such a checkpoint, is damaged, too large, or asks for what it may not.

    """
    try:
        with zipfile.ZipFile(file) as archive:
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
    if members[tables[0]].file_size > _MOST_TABLE_BYTES:
        raise CheckpointError("holds too large a table of tensors")
    table = read_member(tables[0])
    folder = f"{root}data/"
    stores = {name.removeprefix(folder): read_member(name) for name in members if name.startswith(folder)}
    state = _Table(stores).read(table)
    model = state.get("model") if isinstance(state, dict) else None
    if not isinstance(model, dict) or not all(isinstance(tensor, np.ndarray) for tensor in model.values()):
        raise CheckpointError("holds no model")
    return model


class _Table:
    """Follows a pickle's instructions: values on a stack, some of them also under a number to be taken again.

    There are texts, whole numbers, truth values, dicts by texts, flat tuples and tuples of these, names, storages and
    tensors; whatever would make anything else is refused.
    """

    def __init__(self, stores: Mapping[str, bytes]) -> None:
        self._stores = stores
        self._stack: list[Any] = []
        self._known: dict[int, Any] = {}
        self._room = _MOST_BYTES

    def read(self, table: bytes) -> Any:
        """What the table comes to.

        Raises:
            CheckpointError: it is damaged, or uses an instruction or a name that a table of tensors has no use for.

        """
        try:
            for count, (opcode, argument, _) in enumerate(pickletools.genops(table)):
                if count > _MOST_INSTRUCTIONS:
                    raise CheckpointError("holds too large a table of tensors")
                self._follow(opcode.name, argument)
            return self._stack.pop()
        except (ValueError, TypeError, IndexError, KeyError) as error:
            raise CheckpointError(f"has a damaged table of tensors: {error}") from error

    def _follow(self, instruction: str, argument: Any) -> None:  # noqa: C901, PLR0912 - a case for each instruction
        stack = self._stack
        match instruction:
            case "PROTO" | "STOP":
                pass
            case "MARK":
                stack.append(_MARK)
            case "BINUNICODE":
                stack.append(_check_text(argument))
            case "BININT" | "BININT1" | "BININT2":
                stack.append(argument)
            case "NEWTRUE" | "NEWFALSE":
                stack.append(instruction == "NEWTRUE")
            case "EMPTY_DICT":
                stack.append({})
            case "EMPTY_TUPLE":
                stack.append(())
            case "TUPLE1" | "TUPLE2" | "TUPLE3":
                items = [stack.pop() for _ in range(int(instruction[-1]))]
                stack.append(_make_tuple(items[::-1]))
            case "TUPLE":
                stack.append(_make_tuple(self._pop_to_mark()))
            case "SETITEM":
                value, key = stack.pop(), stack.pop()
                _put(stack[-1], [key, value])
            case "SETITEMS":
                items = self._pop_to_mark()
                _put(stack[-1], items)
            case "BINPUT" | "LONG_BINPUT":
                self._known[argument] = stack[-1]
            case "BINGET" | "LONG_BINGET":
                stack.append(self._known[argument])
            case "GLOBAL":
                stack.append(_check_name(argument))
            case "BINPERSID":
                stack.append(self._find_storage(stack.pop()))
            case "REDUCE":
                arguments, function = stack.pop(), stack.pop()
                stack.append(self._call(function, arguments))
            case _:
                raise CheckpointError(f"may not use the instruction {instruction}")

    def _pop_to_mark(self) -> list[Any]:
        items: list[Any] = []
        while (item := self._stack.pop()) is not _MARK:
            items.append(item)
        return items[::-1]

    def _call(self, function: Any, arguments: Any) -> Any:
        """What a function of one of two names would give."""
        name = function.text if isinstance(function, _Name) and isinstance(arguments, tuple) else ""
        if name == _DICT and not arguments:
            return {}
        if name != _REBUILD:
            raise ValueError("it calls what is no function")
        tensor = _rebuild_tensor(*arguments)
        # Tensors may share their numbers, but are copied out of them later.
        self._room -= tensor.size * tensor.itemsize
        if self._room < 0:
            raise CheckpointError("holds too much")
        return tensor

    def _find_storage(self, described: Any) -> _Storage:
        what, kind, key, _, count = described
        if what != "storage" or not isinstance(kind, _Name) or kind.text not in _STORAGES or key not in self._stores:
            raise ValueError("it names a storage that is not there")
        numbers: Tensor = np.frombuffer(self._stores[key], _STORAGES[kind.text])
        if len(numbers) != count:
            _refuse()
        return _Storage(numbers)


def _check_text(text: str) -> str:
    if len(text) > _LONGEST_TEXT:
        raise ValueError("a text of no use")
    return text


def _check_name(text: str) -> _Name:
    if text not in {*_STORAGES, _REBUILD, _DICT}:
        raise CheckpointError(f"asks for {text[:_LONGEST_TEXT].replace(' ', '.')}, which it may not")
    return _Name(text)


def _make_tuple(items: list[Any]) -> tuple[Any, ...]:
    """A tuple, never deep: comparing deep ones can overflow Python itself."""
    inner = [item for item in items if isinstance(item, tuple)]
    if len(items) > _LONGEST_TUPLE or any(isinstance(item, tuple) for each in inner for item in each):
        raise ValueError("a tuple of no use")
    return tuple(items)


def _put(into: Any, items: list[Any]) -> None:
    if not isinstance(into, dict) or len(items) % 2 or not all(isinstance(key, str) for key in items[::2]):
        raise ValueError("a key that is no text")
    into.update(zip(items[::2], items[1::2], strict=True))


def _rebuild_tensor(storage: Any, offset: Any, size: Any, stride: Any, *_: Any) -> Tensor:
    """A tensor as a view of its storage's numbers, once it is sure that it lies within them."""
    if not isinstance(storage, _Storage) or not isinstance(size, tuple) or not isinstance(stride, tuple):
        _refuse()
    numbers = storage.numbers
    if len(size) != len(stride) or not all(type(number) is int for number in (offset, *size, *stride)):
        _refuse()
    if offset < 0 or min(size, default=1) < 1 or min(stride, default=0) < 0 or math.prod(size) > len(numbers):
        _refuse()
    if offset + sum((length - 1) * step for length, step in zip(size, stride, strict=True)) >= len(numbers):
        _refuse()
    steps = [step * numbers.itemsize for step in stride]
    return np.lib.stride_tricks.as_strided(numbers[offset:], size, steps, writeable=False)


def _refuse() -> NoReturn:
    raise CheckpointError("describes a tensor that lies outside its numbers")
