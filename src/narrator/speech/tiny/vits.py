"""A VITS voice (Kim, Kong and Son 2021, arXiv:2106.06103), spoken with numpy alone.

Phones become a sequence of frames (text encoder), each phone gets a length (duration predictor), frames are repeated
and varied by noise, bent into the shape of real speech (flow, run backwards), and made into samples (decoder).
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from narrator.speech.tiny.decoder import Decoder
from narrator.speech.tiny.layers import Array, Convolution, Linear, Normalisation, Transformer, Weights

Ids = NDArray[np.intp]

RATE = 44_100
"""Samples per second."""


class Voice:
    """One speaker's voice, made of the tensors of a checkpoint.

    Raises:
        CheckpointError: a tensor is missing, or the voice is of another make.

    """

    def __init__(self, tensors: Mapping[str, NDArray[Any]]) -> None:
        weights = Weights(tensors)
        speaker = weights["emb_g.weight"][0]
        self.encoder = TextEncoder(weights.below("enc_p"), speaker)
        self.durations = DurationPredictor(weights.below("dp"), speaker)
        flows = weights.below("flow.flows")
        # Every second layer only turns the channels round. Run backwards, the last comes first.
        self.couplings = [
            Coupling(flows.below(str(number)), speaker)
            for number in reversed(range(0, 2 * weights.below("flow").count("flows"), 2))
        ]
        self.decoder = Decoder(weights.below("dec"), speaker)

    def speak(
        self, symbols: Ids, tones: Ids, languages: Ids, *, speed: float, noise: float, seed: int, lead: int
    ) -> Array:
        """Speak phones, three ids each, shapes (phones,): samples at `RATE`, shape (samples,), each within ±1.

        `speed` divides lengths; `noise` scales how much a voice wavers; the same `seed` gives the same samples. The
        first `lead` phones are spoken, but cut off.
        """
        hidden, statistics = self.encoder(symbols, tones, languages)
        lengths = np.ceil(self.durations(hidden) / np.float32(speed)).astype(np.intp)
        mean, log_deviation = np.split(np.repeat(statistics, lengths, axis=0), 2, axis=1)
        chance = np.random.default_rng(seed).standard_normal(mean.shape, np.float32)
        latent = mean + chance * np.exp(log_deviation) * np.float32(noise)
        for coupling in self.couplings:
            latent = coupling(latent[:, ::-1])
        samples = self.decoder(latent)
        return samples[len(samples) // len(latent) * int(lengths[:lead].sum()) :]


class TextEncoder:
    """Phones to hidden frames, and to mean and log deviation of what they sound like."""

    def __init__(self, weights: Weights, speaker: Array) -> None:
        self.symbols = weights["emb.weight"]
        self.tones = weights["tone_emb.weight"]
        self.languages = weights["language_emb.weight"]
        # Trained with features of a language model beside the phones. Without them, their biases are what is left.
        self.constant = weights["bert_proj.bias"] + weights["ja_bert_proj.bias"]
        self.transformer = Transformer(weights.below("encoder"), speaker)
        self.projection = Linear(weights.below("proj"))

    def __call__(self, symbols: Ids, tones: Ids, languages: Ids) -> tuple[Array, Array]:
        """Hidden frames, shape (phones, channels), and statistics, shape (phones, 2 * latent channels)."""
        embedded = self.symbols[symbols] + self.tones[tones] + self.languages[languages] + self.constant
        hidden = self.transformer(embedded * np.float32(embedded.shape[1] ** 0.5))
        return hidden, self.projection(hidden)


class DurationPredictor:
    """Hidden frames to the length of each phone, by the predictor that knows no chance."""

    def __init__(self, weights: Weights, speaker: Array) -> None:
        self.condition = Linear(weights.below("cond"))(speaker)
        self.convolutions = [Convolution(weights[f"conv_{n}.weight"], weights[f"conv_{n}.bias"]) for n in (1, 2)]
        self.normalisations = [Normalisation(weights.below(f"norm_{n}")) for n in (1, 2)]
        self.projection = Linear(weights.below("proj"))

    def __call__(self, hidden: Array) -> Array:
        """Map (phones, channels) to frames at speed 1, shape (phones,)."""
        frames = hidden + self.condition
        for convolution, normalisation in zip(self.convolutions, self.normalisations, strict=True):
            frames = normalisation(np.maximum(convolution.keep_length(frames), 0))
        lengths: Array = np.exp(self.projection(frames)[:, 0])
        return lengths


class Coupling:
    """One step of the flow, backwards: half of the channels tell what to take off the other half."""

    def __init__(self, weights: Weights, speaker: Array) -> None:
        self.before = Linear(weights.below("pre"))
        self.transformer = Transformer(weights.below("enc"), speaker)
        self.after = Linear(weights.below("post"))

    def __call__(self, latent: Array) -> Array:
        """Map (frames, channels) to (frames, channels)."""
        known, moved = np.split(latent, 2, axis=1)
        shift = self.after(self.transformer(self.before(known)))
        return np.concatenate([known, moved - shift], axis=1)
