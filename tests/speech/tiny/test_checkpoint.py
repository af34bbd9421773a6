import os
import pickle
import zipfile

import numpy as np
import pytest

from narrator.speech.tiny.checkpoint import CheckpointError, read_checkpoint
from speech.tiny.fake import claim_size, describe_tensor, dump, make_tensors, write_checkpoint

ONE = {"a": np.arange(12, dtype=np.float16).reshape(3, 4)}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "G.pth"


def refuse(path, match=None):
    with pytest.raises(CheckpointError, match=match):
        read_checkpoint(path)


def test_tensors_are_read_as_they_were_written(path):
    tensors = make_tensors()
    found = read_checkpoint(write_checkpoint(path, tensors))
    assert found.keys() == tensors.keys()
    assert all(np.array_equal(found[name], tensor) for name, tensor in tensors.items())


def test_strides_and_offsets_are_followed(path):
    table = dump({"model": {"a": describe_tensor("0", ONE["a"], offset=1, size=(2, 2), stride=(1, 4))}})
    found = read_checkpoint(write_checkpoint(path, ONE, table))
    assert found["a"].tolist() == [[1, 5], [2, 6]]


class Hostile:
    def __reduce__(self):
        return os.mkdir, (str(self.target),)


@pytest.mark.parametrize("protocol", [0, 2, 4])
def test_a_pickle_that_would_run_code_runs_nothing(path, tmp_path, protocol):
    hostile = Hostile()
    hostile.target = tmp_path / "made-by-the-pickle"
    write_checkpoint(path, ONE, pickle.dumps({"model": {}, "x": hostile}, protocol))
    refuse(path, "may not|asks for")
    assert not hostile.target.exists()


@pytest.mark.parametrize(
    ("program", "told"),
    [
        (b"cos\nsystem\n(Vtrue\ntR.", "asks for os.system"),
        (b"(Vtrue\nios\nsystem\n.", "may not use the instruction UNICODE"),
        (b"\x80\x02cbuiltins\neval\nX\x01\x00\x00\x001\x85R.", "asks for builtins.eval"),
        (b"\x80\x04\x8c\x02os\x8c\x06system\x93.", "may not use the instruction SHORT_BINUNICODE"),
        (b"ctorch._utils\n_rebuild_tensor_v2\n(tR.", "damaged"),
        (b"ctorch\nHalfStorage\n)R.", "no function"),
        (b"ccollections\nOrderedDict\n}\x85R.", "no function"),
        (b"}})s.", "damaged"),
        (b"}K\x01K\x02s.", "no text"),
        (b"})s.", "damaged"),
        (b"}(u)b.", "may not use the instruction BUILD"),
        # A tuple so deep that Python's own loader overflows when it is to be a key.
        (b"})" + b"\x85" * 100_000 + b"K\x01s.", "tuple of no use"),
        (b"(" + b"K\x01" * 9 + b"t.", "tuple of no use"),
        (b"}" + b"q\x00" * 200_001 + b".", "too large"),
        (b"X\xc9\x00\x00\x00" + b"a" * 201 + b".", "text of no use"),
        (b"c" + b"a" * 5000 + b"\nb\n.", r"asks for a{200}, which"),
        (b"}X\x05\x00\x00\x00model" + b"h\x07s.", "damaged"),
        (b"\x80\x02}", "damaged"),
        (b".", "damaged"),
        (b"\xff\xff", "damaged"),
    ],
)
def test_other_programs_are_refused(path, program, told):
    refuse(write_checkpoint(path, ONE, program), told)


def test_a_table_that_is_too_large_is_refused_unread(path):
    refuse(write_checkpoint(path, ONE, b"X\x00\x00\x50\x00" + b"a" * (5 << 20) + b"."), "too large a table")


@pytest.mark.parametrize(
    "wrong",
    [
        {"offset": -1},
        {"offset": 1},
        {"offset": 10**18},
        {"size": (4, 4)},
        {"size": (-3, 4)},
        {"size": (0, 4)},
        {"size": (10**9, 10**9), "stride": (0, 0)},
        {"size": (3, 4), "stride": (0, 10)},
        {"stride": (-4, 1), "offset": 8},
        {"stride": (4, 2**62)},
        {"stride": (4,)},
        {"size": (3.0, 4)},
        {"size": (1,) * 40, "stride": (1,) * 40},
        {"count": 13},
        {"count": 3},
    ],
)
def test_tensors_out_of_bounds_are_refused(path, wrong):
    table = dump({"model": {"a": describe_tensor("0", ONE["a"], **wrong)}})
    refuse(write_checkpoint(path, ONE, table), "outside its numbers|LONG1|tuple of no use|instruction BINFLOAT")


def test_a_tensor_made_of_another_is_refused(path):
    # The inner one is the last number over and over: within its storage, but its own numbers are not side by side.
    numbers = {"a": np.arange(1000, dtype=np.float16)}
    inner = describe_tensor("0", numbers["a"], offset=999, size=(1000,), stride=(0,))
    outer = describe_tensor("0", numbers["a"], size=(1000,), stride=(1,), storage=inner)
    refuse(write_checkpoint(path, numbers, dump({"model": {"a": outer}})), "outside its numbers")


def test_a_tensor_whose_numbers_are_missing_is_refused(path):
    refuse(write_checkpoint(path, ONE, leave_out=["a"]), "not there")


@pytest.mark.parametrize("is_shared", [False, True])
def test_one_storage_used_too_often_is_refused(path, is_shared):
    large = {"a": np.zeros((1024, 1024), np.float16)}
    tensors = {str(number): describe_tensor("0", large["a"]) for number in range(40)}
    if is_shared:  # named once, and then taken again by its number
        for tensor in tensors.values():
            tensor.args = (tensors["0"].args[0], *tensor.args[1:])
    refuse(write_checkpoint(path, large, dump({"model": tensors})), "holds too much")


def test_a_storage_of_another_kind_is_refused(path):
    table = dump({"model": {"a": describe_tensor("0", ONE["a"])}}).replace(b"HalfStorage", b"LongStorage")
    refuse(write_checkpoint(path, ONE, table), "asks for torch.LongStorage")


def test_numbers_of_another_kind_of_machine_are_refused(path):
    refuse(write_checkpoint(path, ONE, byteorder="big"), "another kind of machine")


def test_members_of_more_than_anyone_needs_are_refused(path):
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(5):
            archive.writestr(f"G/data/{number}", bytes(16 << 20))
    refuse(path, "too much")


def test_compressed_members_are_refused_unread(path):
    bomb = {"a": np.zeros((4096, 4096), np.float16)}
    write_checkpoint(path, bomb, compression=zipfile.ZIP_DEFLATED)
    assert path.stat().st_size < 100_000
    refuse(path, "compressed")


@pytest.mark.parametrize("size", [1 << 20, (1 << 32) - 2])
def test_members_that_claim_to_be_large_are_refused(path, size):
    claim_size(write_checkpoint(path, ONE), "G/data/0", size)
    refuse(path)


def test_too_many_members_are_refused(path):
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(5000):
            archive.writestr(f"G/data/{number}", b"")
    refuse(path, "too much")


def test_what_is_no_checkpoint_is_refused(path):
    refuse(path, "cannot be read")
    path.write_bytes(b"not a zip archive")
    refuse(path, "cannot be read")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("G/other", b"")
    refuse(path, "no table")
    refuse(write_checkpoint(path, {}, dump({"optimizer": {}})), "no model")
    refuse(write_checkpoint(path, {}, dump({"model": {"a": 1}})), "no model")


def test_a_damaged_member_is_noticed(path):
    write_checkpoint(path, ONE)
    data = bytearray(path.read_bytes())
    data[data.index(np.float16(11).tobytes())] ^= 1
    path.write_bytes(data)
    refuse(path)


def test_a_cut_file_is_refused(path):
    data = write_checkpoint(path, ONE).read_bytes()
    path.write_bytes(data[: len(data) // 2])
    refuse(path)
