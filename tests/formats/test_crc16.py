import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from narrator.formats.crc16 import crc_bytes, crc_rows, join_crcs


def test_the_check_value_is_the_published_one():
    # The check value of CRC-16/ARC.
    assert crc_bytes(b"123456789") == 0xBB3D
    assert crc_bytes(b"") == 0


@given(st.binary(max_size=300), st.binary(max_size=300))
def test_checksums_of_two_parts_give_that_of_the_whole(first, second):
    assert join_crcs(crc_bytes(first), crc_bytes(second), len(second)) == crc_bytes(first + second)


@given(st.lists(st.binary(min_size=7, max_size=7), max_size=9))
def test_each_row_has_the_checksum_of_its_bytes(rows):
    table = np.frombuffer(b"".join(rows), np.uint8).reshape(-1, 7)
    assert crc_rows(table).tolist() == [crc_bytes(row) for row in rows]
