"""Sound files: good ones, damaged ones, and files that only claim to be sound."""

import random
import socket
import struct
import threading
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame

from .harness import Failed, Kind, Trial, run_here

_FORMATS = [("wav", "pcm_s16le"), ("wav", "pcm_f32le"), ("wav", "pcm_s24le"), ("wav", "pcm_u8"), ("flac", "flac"), ("mp3", "libmp3lame"),
            ("ogg", "libvorbis"), ("opus", "libopus"), ("m4a", "aac"), ("aiff", "pcm_s16be"), ("mka", "flac"), ("w64", "pcm_s16le"),
            ("caf", "pcm_s16le"), ("au", "pcm_s16be")]  # fmt: skip
_CONTAINERS = {"m4a": "ipod", "mka": "matroska"}


class Listener:
    """A port of this machine that nobody should ever call on."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.calls = 0
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            caller, _ = self._socket.accept()
            self.calls += 1
            caller.close()


def make_sounds(folder: Path) -> list[tuple[str, bytes]]:
    """Make a good file of each format that can be written here; suffix and bytes."""
    time = np.arange(3 * 48_000) / 48_000
    tone = (0.3 * np.sin(2 * np.pi * 440 * time) * np.exp(-time)).astype(np.float32)
    found = []
    for suffix, codec in _FORMATS:
        path = folder / f"good.{suffix}"
        try:
            with av.open(str(path), "w", format=_CONTAINERS.get(suffix, suffix)) as container:
                stream = container.add_stream(codec, rate=48_000, layout="mono")
                frame = AudioFrame.from_ndarray(tone[None], format="flt", layout="mono")
                frame.sample_rate = 48_000
                resampler = av.AudioResampler(stream.format.name, "mono", 48_000, stream.frame_size or None)
                for each in [*resampler.resample(frame), *resampler.resample(None)]:
                    container.mux(stream.encode(each))
                container.mux(stream.encode(None))
        except (av.FFmpegError, ValueError):
            continue
        found.append((suffix, path.read_bytes()))
        path.unlink()
    return found


def write_wav(chance: random.Random) -> bytes:
    """Write a WAV file by hand, with odd figures in its head and odd numbers in its data."""
    tag, bits = chance.choice(
        [(1, 8), (1, 16), (1, 24), (1, 32), (3, 32), (3, 64), (3, 32), (7, 8), (0xFFFE, 16), (99, 16)]
    )
    channels = chance.choice([0, 1, 1, 2, 2, 6, 8, 32, 255, 65535])
    rate = chance.choice([0, 1, 7, 8000, 22_050, 44_100, 48_000, 96_000, 768_000, 768_001, 2_100_000_000, 2**32 - 1])
    frames = chance.choice([0, 1, 100, 5000, 48_000, 144_000])
    size = max(1, channels * bits // 8)
    frames = min(frames, 2_000_000 // size)
    random_data = np.random.default_rng(chance.randrange(2**32))
    if tag == 3:
        samples = random_data.normal(0, 0.1, frames * max(channels, 1)).astype("<f4" if bits == 32 else "<f8")
        if len(samples):
            odd = chance.choice([None, np.nan, np.inf, -np.inf, 1e-310, 1e-45, 3e38, 1e300, 0.0])
            where = slice(None) if chance.random() < 0.3 else chance.randrange(len(samples))
            if odd is not None:
                with np.errstate(all="ignore"):
                    samples[where] = odd
        data = samples.tobytes()
    else:
        data = random_data.bytes(frames * size) if chance.random() < 0.7 else bytes(frames * size)
    said = chance.choice([len(data), len(data), len(data), 0, 2**32 - 1, len(data) // 2, len(data) * 2 % 2**32])
    head = struct.pack("<HHIIHH", tag, channels, rate, rate * size % 2**32, size % 65536, bits)
    return (
        b"RIFF"
        + struct.pack("<I", (36 + said) % 2**32)
        + b"WAVEfmt "
        + struct.pack("<I", 16)
        + head
        + b"data"
        + struct.pack("<I", said)
        + data
    )


def write_playlist(chance: random.Random, port: int) -> tuple[str, bytes]:
    """Write a file that names others: on the network, elsewhere, beside it, or itself."""
    target = chance.choice([f"http://127.0.0.1:{port}/a.mp3", f"tcp://127.0.0.1:{port}", "file:///etc/passwd", "other.wav", "/dev/zero",
                            "concat:other.wav|other.wav", "trial.m3u8", "pipe:0", f"rtsp://127.0.0.1:{port}/x"])  # fmt: skip
    texts = {
        "m3u8": f"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{target}\n#EXT-X-ENDLIST\n",
        "m3u": f"#EXTM3U\n{target}\n",
        "sdp": f"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio {port} RTP/AVP 0\n",
        "ffconcat": f"ffconcat version 1.0\nfile '{target}'\n",
        "mpd": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period><AdaptationSet><Representation '
               f'id="a" mimeType="audio/mp4"><BaseURL>{target}</BaseURL></Representation></AdaptationSet></Period></MPD>',
        "asx": f'<asx version="3.0"><entry><ref href="{target}"/></entry></asx>',
        "pls": f"[playlist]\nFile1={target}\n",
        "txt": chance.choice(["", "hello", "\x00" * 1000, "RIFF", "ID3", "OggS", "fLaC", "<svg/>"]),
    }  # fmt: skip
    suffix = chance.choice(list(texts))
    shown = suffix if chance.random() < 0.5 else chance.choice(["wav", "mp3", "flac", "ogg", "m4a"])
    return shown, texts[suffix].encode()


def bend_bytes(chance: random.Random, data: bytes) -> bytes:
    """Flip, cut, repeat and clear parts of a file, its head more often than the rest."""
    bent = bytearray(data)
    for _ in range(chance.choice([0, 1, 1, 2, 5, 50])):
        if not bent:
            break
        at = chance.randrange(min(len(bent), chance.choice([64, 512, len(bent)])))
        match chance.randrange(6):
            case 0 | 1:
                bent[at] = chance.choice([0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256)])
            case 2:
                bent[at : at + 4] = struct.pack("<I", chance.choice([0, 1, 2**31 - 1, 2**31, 2**32 - 1]))
            case 3:
                del bent[at : at + chance.choice([1, 4, 100, len(bent)])]
            case 4:
                bent[at:at] = bent[at : at + chance.choice([1, 8, 1000])]
            case 5:
                bent[at : at + 200] = bytes(min(200, len(bent) - at))
    return bytes(bent)


def prepare_sounds(folder: Path) -> Trial:
    """Prepare trials of a sound file as a bell and as a bed: it is used, or there is a line; the network stays out."""
    good = make_sounds(folder)
    listener = Listener()
    (folder / "other.wav").write_bytes(next(data for suffix, data in good if suffix == "wav"))

    def trial(seed: int) -> None:
        chance = random.Random(seed)
        kind = chance.randrange(10)
        if kind < 4:
            suffix, data = chance.choice(good)
            data = bend_bytes(chance, data)
        elif kind < 8:
            suffix, data = "wav", write_wav(chance)
        else:
            suffix, data = write_playlist(chance, listener.port)
        path = folder / f"trial.{suffix}"
        path.write_bytes(data)
        head = f"bed: {path.name}\n" if chance.random() < 0.5 else ""
        bell = "" if head else f"  - bell: {path.name}\n"
        (folder / "trial.yaml").write_text(
            f"title: x\nlength: 9s\n{head}steps:\n{bell}  - say: Rest.\n  - hold: 1s..24h\n"
        )
        calls = listener.calls
        try:
            done = run_here("check", "trial.yaml", "--voice", "silent", cwd=folder).check(0, 1)
            if not done.code and chance.random() < 0.25:
                done = run_here("render", "trial.yaml", "--voice", "silent", "--force", cwd=folder).check(0, 1)
                if not done.code:
                    run_here("verify", "output/trial-silent.mp3", cwd=folder).check(0)
        finally:
            path.unlink()
        if listener.calls != calls:
            raise Failed("a sound file reached the network")

    return trial


KINDS = [Kind("sound files", 7000, prepare_sounds)]
