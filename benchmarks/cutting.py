"""How well takes are cut: sentences that are wrong without a word, and those that are reported without need.

    python benchmarks/cutting.py [--takes 10] [--first 1] [--kind plain|room|phone] [--no-recognition]

Each take is 52 sentences of two routines, read by `hibari` at another pace, each at a pace of its own, with noise at
-55 dBFS, pauses within six sentences, three retakes, two false starts, a slip of the tongue, a missing sentence and a
cough, at random places (see `tests/take_maker.py`). `room` adds reverberation, `phone` narrows it to 8 kHz and to
AAC at 16 kbit/s. What is reported is compared with what was said. The speaker is synthetic, so that all of it is known.

The constants of the cutter were chosen on takes 101 to 120 and 301 to 340. Takes 401 to 443 were used for measuring;
421 and 426 were seen before the last change. After a change of the cutter, measure with numbers that were never used.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.audio.frame import AudioFrame
from numpy.typing import NDArray

from narrator.cli.options import Asked, list_requests
from narrator.session import read_draft
from narrator.takes.cutting import Cut, Piece, cut_takes
from narrator.takes.voice_folder import AFTER, BEFORE

sys.path.append(str(Path(__file__).parents[1] / "tests"))
from take_maker import Plan, Take, make_take, narrow, plan_take

ROUTINES = ("ten-minute-hips", "letting-go")
COUNT = 52
KINDS = {"plain": {}, "room": {"room": 0.25}, "phone": {"noise": -50.0}}
_AROUND = 60
"""Ms of a sentence that may be missing from its file, and of anything else that may be in its piece."""


def list_read() -> list[str]:
    """Return the sentences."""
    options = Asked().make_options()
    drafts = [read_draft(request) for name in ROUTINES for request in list_requests(name, options)]
    texts = [text for draft in drafts for text in draft.arrangement.script.list_texts()]
    return list(dict.fromkeys(texts))[:COUNT]


def write_take(path: Path, samples: NDArray[np.float32], *, is_phone: bool) -> None:
    """Write a take as WAV, or as AAC of a telephone's width."""
    rate = 8000 if is_phone else 48_000
    heard = narrow(samples) if is_phone else samples
    codec, layout = ("aac", "fltp") if is_phone else ("pcm_s16le", "s16")
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream(codec, rate=rate, layout="mono")
        if is_phone:
            stream.bit_rate = 16_000
        for start in range(0, len(heard), 1024):
            block = heard[start : start + 1024]
            data = block if layout == "fltp" else (np.clip(block, -1, 1) * 32767).astype("<i2")
            frame = AudioFrame.from_ndarray(np.ascontiguousarray(data)[None], format=layout, layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = rate, start, Fraction(1, rate)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def judge(cut: Cut, take: Take, plan: Plan, count: int) -> tuple[list[int], list[int]]:
    """Return the sentences that are wrong and not reported, and those that are right and reported."""
    wrong, needless = [], []
    for number in range(count):
        spans = [(start, end) for start, end, kind, sentence in take.truth if (kind, sentence) == ("good", number)]
        piece = cut.pieces.get(number + 1)
        if piece is None:
            needless += [number + 1] * (number not in plan.missing)
            continue
        others = [(start, end) for start, end, kind, sentence in take.truth if (kind, sentence) != ("good", number)]
        is_right = bool(spans) and _has_only(piece, spans, others)
        if not is_right and not piece.why:
            wrong.append(number + 1)
        if is_right and piece.why:
            needless.append(number + 1)
    return wrong, needless


def _has_only(piece: Piece, spans: Sequence[tuple[int, int]], others: Sequence[tuple[int, int]]) -> bool:
    """Return whether the file of a piece has all of a sentence, and nothing else was said within it."""
    is_whole = piece.start - BEFORE <= spans[0][0] + _AROUND and piece.end + AFTER >= spans[-1][1] - _AROUND
    return is_whole and all(min(piece.end, end) - max(piece.start, start) < _AROUND for start, end in others)


def main(arguments: Sequence[str] | None = None) -> int:
    """Make takes, cut them, and print a line for each and the sums."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--takes", type=int, default=10)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--kind", choices=KINDS, default="plain")
    parser.add_argument("--no-recognition", action="store_true")
    options = parser.parse_args(arguments)
    sentences = list_read()
    wanted = dict(enumerate(sentences, 1))
    sums = [0, 0]
    for seed in range(options.first, options.first + options.takes):
        plan = plan_take(len(sentences), seed, **KINDS[options.kind])
        take = make_take(sentences, plan, seed)
        is_phone = options.kind == "phone"
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / ("take.m4a" if is_phone else "take.wav")
            write_take(path, take.samples, is_phone=is_phone)
            started = time.process_time()
            cut = cut_takes([path], wanted, "en", recognises=not options.no_recognition)
        wrong, needless = judge(cut, take, plan, len(sentences))
        sums = [sums[0] + len(wrong), sums[1] + len(needless)]
        minutes = len(take.samples) / 48_000 / 60
        print(
            f"take {seed}: {minutes:.1f} min, {len(cut.pieces)} of {len(sentences)} found, wrong unreported {wrong}, "
            f"reported without need {needless}, {time.process_time() - started:.0f} s of CPU",
            flush=True,
        )
    print(f"{options.takes} takes: {sums[0]} wrong unreported, {sums[1]} reported without need")
    return 1 if sums[0] else 0


if __name__ == "__main__":
    sys.exit(main())
