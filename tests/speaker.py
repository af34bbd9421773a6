"""A program that speaks, for the engine `command`: speaker.py [--log FILE] [--output FILE] [--text TEXT] [--fault FAULT].

Speaks a tone of a length that follows from the text, as WAV. The log gets a line for each text it was asked for.
"""

import argparse
import io
import os
import sys
import time
import wave
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("log", "output", "text", "fault", "delay"):
        parser.add_argument(f"--{name}")
    args = parser.parse_args()
    text = args.text or sys.stdin.read()
    if args.log:
        # One write to a file opened for appending: lines of several processes do not mix.
        handle = os.open(args.log, os.O_APPEND | os.O_CREAT | os.O_WRONLY)
        os.write(handle, f"{text.strip()}\n".encode())
        os.close(handle)
    if args.delay:
        time.sleep(float(args.delay))
    if args.fault == "code":
        sys.exit("speaker: first line\nspeaker: no such voice")
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setparams((1, 2, 16_000, 0, "NONE", ""))
        sound.writeframes(b"\x00\x20\x00\xe0" * (800 * len(text)))
    whole = file.getvalue()
    data = {None: whole, "nothing": b"", "rubbish": b"no sound" * 100, "cut": whole[: len(whole) // 2]}[args.fault]
    if args.output:
        Path(args.output).write_bytes(data)
    else:
        sys.stdout.buffer.write(data)


if __name__ == "__main__":
    main()
