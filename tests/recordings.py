"""Makes the folder of a recorded voice, whose speaker is espeak."""

import wave
from functools import cache

import numpy as np

from narrator.speech.registry import choose_voice, open_engine


@cache
def speak(text, voice="en-gb", language="en"):
    """Mono samples at 48 kHz, shape (frames,)."""
    with open_engine("espeak") as engine:
        return engine.synthesize(text, choose_voice(engine, voice, language, 1.0)).samples[:, 0].copy()


def write_wav(path, samples, rate=48_000):
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())


def record(samples, noise=-60.0, seed=1):
    """Sound as it is recorded: with quiet around it, and noise at a level in dBFS."""
    padded = np.pad(samples * 0.3, 12_000)
    return padded + np.random.default_rng(seed).standard_normal(len(padded)) * 10 ** (noise / 20)


def make_voice(folder, sentences, head="language: en\n", **states):
    """A folder with a file for each sentence; `states` are by the sentence's number, as `s2="doubtful"`."""
    lines = [head, "sentences:\n"]
    for number, text in enumerate(sentences, 1):
        write_wav(folder / f"{number}.wav", record(speak(text), seed=number))
        lines.append(f'  - sentence: "{text}"\n    file: {number}.wav\n')
        if state := states.get(f"s{number}"):
            lines.append(f"    state: {state}\n")
    (folder / "voice.yaml").write_text("".join(lines), "utf-8")
    return folder
