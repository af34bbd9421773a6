"""Run a program that dies as soon as anything in it opens a socket to a network: guarded.py PROGRAM [ARGUMENT ...].

Native code included: the kernel itself refuses (seccomp, Linux on x86-64 and 64-bit ARM; exit code -31, SIGSYS).
"""

import ctypes
import os
import platform
import socket
import struct
import sys

SYSTEMS = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}
"""The kernel's number for the architecture, and for the call `socket` (linux/audit.h, asm/unistd.h)."""
_LOAD, _IS_EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _KILL = 0x7FFF0000, 0x80000000
_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER = 38, 22, 2


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def refuse_networks() -> None:
    """Have this process, and all that it starts, killed when it opens a socket of IPv4 or IPv6."""
    architecture, call = SYSTEMS[platform.machine()]
    # Code, how many to skip if equal, how many if not, value: the architecture, the call, its first argument.
    steps = [
        (_LOAD, 0, 0, 4), (_IS_EQUAL, 0, 5, architecture),
        (_LOAD, 0, 0, 0), (_IS_EQUAL, 0, 3, call),
        (_LOAD, 0, 0, 16), (_IS_EQUAL, 2, 0, int(socket.AF_INET)), (_IS_EQUAL, 1, 0, int(socket.AF_INET6)),
        (_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _KILL),
    ]  # fmt: skip
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    program = _Program(len(steps), ctypes.addressof(code))
    kernel = ctypes.CDLL(None, use_errno=True)
    if kernel.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) or kernel.prctl(_SECCOMP, _FILTER, ctypes.byref(program)):
        raise OSError(ctypes.get_errno(), "the kernel takes no filter")


if __name__ == "__main__":
    refuse_networks()
    os.execvp(sys.argv[1], sys.argv[1:])  # noqa: S606 - a program of the tests
