"""The process that espeak-ng runs in: it reads requests, one JSON line each, and writes a JSON line and 16-bit samples.

espeak-ng's library is not thread-safe, and after it has spoken once it gives other samples for the same text. So this
process sets it up once and forks for each sentence: every sentence gets a library that has never spoken, and the same
text always gives the same samples. Where there is no fork, the process answers one request and exits.
"""

import ctypes
import json
import os
import signal
import sys
from typing import Any

import espeakng_loader

_SYNCHRONOUS = 2
_RATE = 1
_UTF8 = 1
_PHONEMES = 0x100
"""Flag to read text in double brackets as mnemonics of phonemes."""
_IPA_TIED = 2 | 1 << 7 | ord("^") << 8
"""Flag for the International Phonetic Alphabet with this tie in sounds (speak_lib.h, espeak_TextToPhonemes)."""
_TIMEOUT_S = 60
_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


class _VoiceInfo(ctypes.Structure):
    """`espeak_VOICE` of speak_lib.h."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("languages", ctypes.c_char_p),
        ("identifier", ctypes.c_char_p),
        ("gender", ctypes.c_ubyte),
        ("age", ctypes.c_ubyte),
        ("variant", ctypes.c_ubyte),
        ("reserved", ctypes.c_ubyte),
        ("score", ctypes.c_int),
        ("spare", ctypes.c_void_p),
    )


def _open_library() -> tuple[ctypes.CDLL, int]:
    """Return the library and its sample rate in Hz."""
    library = ctypes.CDLL(espeakng_loader.get_library_path())
    rate = library.espeak_Initialize(_SYNCHRONOUS, 0, os.fsencode(espeakng_loader.get_data_path()), 0)
    if rate <= 0:
        raise OSError("espeak-ng cannot read its data")
    return library, rate


def _list_voices(library: ctypes.CDLL) -> dict[str, bytes]:
    """Return the voice file of each language; in a voice, each code follows a priority byte, its own code first."""
    library.espeak_ListVoices.restype = ctypes.POINTER(ctypes.POINTER(_VoiceInfo))
    found = library.espeak_ListVoices(None)
    files: dict[str, bytes] = {}
    index = 0
    while found[index]:
        voice = found[index].contents
        files.setdefault(voice.languages[1:].decode(), voice.identifier)
        index += 1
    return files


def _choose_voice(library: ctypes.CDLL, code: str) -> None:
    # By file, because file names follow other rules than codes (British English is in a file called en).
    file = _list_voices(library).get(code)
    if file is None or library.espeak_SetVoiceByName(file):
        raise ValueError(f"espeak-ng has no voice {code!r}")


def _transcribe(library: ctypes.CDLL, clause: str) -> str:
    library.espeak_TextToPhonemes.restype = ctypes.c_char_p
    library.espeak_TextToPhonemes.argtypes = [ctypes.POINTER(ctypes.c_void_p), ctypes.c_int, ctypes.c_int]
    text = ctypes.create_string_buffer(clause.encode())
    rest = ctypes.c_void_p(ctypes.addressof(text))
    parts = []
    while rest.value:
        parts.append(library.espeak_TextToPhonemes(ctypes.byref(rest), _UTF8, _IPA_TIED).decode())
    return " ".join(parts)


def _speak(library: ctypes.CDLL, request: dict[str, Any]) -> bytes:
    chunks: list[bytes] = []

    def collect(samples: Any, count: int, _events: Any) -> int:
        if samples and count:
            chunks.append(ctypes.string_at(samples, 2 * count))
        return 0

    callback = _CALLBACK(collect)

    library.espeak_SetParameter(_RATE, request["words_per_minute"], 0)
    library.espeak_SetSynthCallback(callback)
    text = request["text"].encode()
    flags = _UTF8 | (_PHONEMES if request["phonemes"] else 0)
    failed = library.espeak_Synth(text, len(text) + 1, 0, 0, 0, flags, None, None)
    if failed:
        raise ValueError(f"espeak-ng failed with code {failed}")
    return b"".join(chunks)


def _answer(line: bytes, library: ctypes.CDLL, rate: int) -> bytes:
    request = json.loads(line)
    try:
        _choose_voice(library, request["voice"])
        if "transcribe" in request:
            clauses = [_transcribe(library, clause) for clause in request["transcribe"]]
            return json.dumps({"clauses": clauses, "bytes": 0}).encode() + b"\n"
        pcm = _speak(library, request)
    except ValueError as error:
        return json.dumps({"error": str(error), "bytes": 0}).encode() + b"\n"
    return json.dumps({"rate": rate, "bytes": len(pcm)}).encode() + b"\n" + pcm


def _write(data: bytes) -> None:
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def main() -> None:
    """Answer requests until standard input ends."""
    # The parent handles Ctrl-C; on Windows, without sessions, it also reaches this process.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    library, rate = _open_library()
    for line in sys.stdin.buffer:
        if not hasattr(os, "fork"):
            _write(_answer(line, library, rate))
            return
        child = os.fork()
        if not child:
            signal.alarm(_TIMEOUT_S)
            _write(_answer(line, library, rate))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if status:
            reason = f"espeak-ng ended with status {os.waitstatus_to_exitcode(status)} on this text"
            _write(json.dumps({"error": reason, "bytes": 0}).encode() + b"\n")


if __name__ == "__main__":
    main()
