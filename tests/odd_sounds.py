"""Sound files that no one would make in good faith, and lists that lead elsewhere."""

import io
import struct

import av
import numpy as np

TONE = (8000 * np.sin(np.arange(144_000) / 9)).astype("<i2")
TONE_BYTES = TONE.tobytes()


def make_wav(data=TONE_BYTES, rate=48_000, channels=1, bits=16, kind=1, size=None):
    """Return a WAV with the given fields in its head."""
    width = channels * bits // 8
    head = struct.pack("<HHIIHH", kind, channels, rate, (rate * width) % 2**32, width % 2**16, bits)
    size = len(data) if size is None else size
    body = b"WAVEfmt " + struct.pack("<I", 16) + head + b"data" + struct.pack("<I", size) + data
    return b"RIFF" + struct.pack("<I", (len(body) + size - len(data)) % 2**32) + body


def make_float(value, count=144_000):
    samples = (TONE[:count] / 32_768).astype("<f4")
    samples[count // 2] = value
    return make_wav(samples.tobytes(), bits=32, kind=3)


def write_sound(form, codec, samples=TONE, rate=48_000, bit_rate=0):
    """Return a valid sound file."""
    file = io.BytesIO()
    with av.open(file, "w", format=form) as container:
        stream = container.add_stream(codec, rate=rate, layout="mono")
        if bit_rate:
            stream.bit_rate = bit_rate
        maker = av.AudioResampler(stream.format.name, "mono", rate, frame_size=1024)
        for start in range(0, len(samples), 1024):
            frame = av.AudioFrame.from_ndarray(samples[start : start + 1024].reshape(1, -1), "s16", "mono")
            frame.sample_rate, frame.pts = rate, start
            for part in maker.resample(frame):
                container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    return file.getvalue()


def write_video():
    file = io.BytesIO()
    with av.open(file, "w", format="matroska") as container:
        stream = container.add_stream("mpeg4", rate=25)
        stream.width = stream.height = 64
        container.mux(stream.encode(av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), "rgb24")))
        container.mux(stream.encode(None))
    return file.getvalue()


GOOD = {
    "wav": make_wav,
    "flac": lambda: write_sound("flac", "flac"),
    "mp3": lambda: write_sound("mp3", "libmp3lame"),
    "ogg": lambda: write_sound("ogg", "flac"),
    "opus": lambda: write_sound("ogg", "libopus"),
    "m4a": lambda: write_sound("mp4", "aac"),
    "mkv": lambda: write_sound("matroska", "flac"),
    "aiff": lambda: write_sound("aiff", "pcm_s16be"),
    "caf": lambda: write_sound("caf", "pcm_s16be"),
    "w64": lambda: write_sound("w64", "pcm_s16le"),
    "au": lambda: write_sound("au", "pcm_s16be"),
    "aac": lambda: write_sound("adts", "aac"),
    "float": lambda: make_float(0.1),
    "eight channels": lambda: make_wav(np.repeat(TONE, 8).tobytes(), channels=8),
    "96 kHz": lambda: make_wav(np.tile(TONE, 2).tobytes(), rate=96_000),
}
"""Sounds that are accepted."""

ODD = {
    "not a number": (lambda: make_float(np.nan), "not numbers"),
    "infinite": (lambda: make_float(-np.inf), "not numbers"),
    "far over full scale": (lambda: make_float(1e30), "not numbers"),
    "denormal": (lambda: make_wav(np.full(144_000, 1e-40, "<f4").tobytes(), bits=32, kind=3), "silent"),
    "no samples": (lambda: make_wav(b""), "no sound in"),
    "no channels": (lambda: make_wav(channels=0), "0 channels"),
    "32 channels": (lambda: make_wav(channels=32), "32 channels"),
    "2 GHz": (lambda: make_wav(rate=2_100_000_000), "2,100,000,000 Hz"),
    "over 768 kHz": (lambda: make_wav(rate=768_001), "768,001 Hz"),
    "1 Hz": (lambda: make_wav(rate=1), "1 Hz"),
    "0 Hz": (lambda: make_wav(rate=0), "damaged"),
    "a codec nobody knows": (lambda: make_wav(kind=0x1234), "not known"),
    "cut short": (lambda: make_wav(size=2**20), "cut short"),
    "half a FLAC": (lambda: write_sound("flac", "flac")[:400], "damaged"),
    "video": (write_video, "no sound in"),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(200), "damaged"),
    "text": (lambda: b"hello there, this is text" * 40, "damaged"),
    "nothing": (lambda: b"", "damaged"),
    "zeros": (lambda: bytes(100_000), "damaged"),
}
"""Sounds that are refused, and a part of each message."""

LISTS = {
    "m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{url}\n#EXT-X-ENDLIST\n",
    "m3u": "#EXTM3U\n#EXTINF:10,x\n{url}\n",
    "ffconcat": "ffconcat version 1.0\nfile '{url}'\n",
    "pls": "[playlist]\nFile1={url}\nNumberOfEntries=1\nVersion=2\n",
    "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 5004 RTP/AVP 0\na=rtpmap:0 PCMU/8000\na=control:{url}\n",
    "mpd": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT10S">'
    '<Period><AdaptationSet mimeType="audio/mp4"><Representation id="1" bandwidth="1"><BaseURL>{url}</BaseURL>'
    "<SegmentList><SegmentURL media='{url}'/></SegmentList></Representation></AdaptationSet></Period></MPD>",
    "xspf": '<?xml version="1.0"?><playlist version="1" xmlns="http://xspf.org/ns/0/"><trackList><track><location>{url}</location>'
    "</track></trackList></playlist>",
    "asx": '<asx version="3.0"><entry><ref href="{url}"/></entry></asx>',
    "imf": '<?xml version="1.0"?><CompositionPlaylist xmlns="http://www.smpte-ra.org/schemas/2067-3/2016"><Id>{url}</Id></CompositionPlaylist>',
    "rtsp": "RTSPtextRTSP://127.0.0.1/{url}",
    "url": "[InternetShortcut]\nURL={url}\n",
}  # fmt: skip
"""Playlists and the like, which name another file or an address as {url}."""
