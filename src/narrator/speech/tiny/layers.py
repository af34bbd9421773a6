"""Layers of a VITS voice in numpy: float32, one row for each frame, one column for each channel.

Sources: VITS (Kim, Kong and Son 2021, arXiv:2106.06103), relative positions in attention (Shaw, Uszkoreit and Vaswani
2018, arXiv:1803.02155), layer normalisation (Ba, Kiros and Hinton 2016, arXiv:1607.06450).
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from narrator.speech.tiny.checkpoint import CheckpointError

Array = NDArray[np.float32]

_BIAS_ROWS = 128
"""Biases are added to as many frames at once: numpy is slow at rows of eight numbers."""


class Weights:
    """Tensors of a checkpoint by name, below a prefix."""

    def __init__(self, tensors: Mapping[str, NDArray[Any]], prefix: str = "") -> None:
        self._tensors = tensors
        self._prefix = prefix

    def below(self, name: str) -> "Weights":
        """The tensors whose names go on with this one and a full stop."""
        return Weights(self._tensors, f"{self._prefix}{name}.")

    def __contains__(self, name: str) -> bool:
        return self._prefix + name in self._tensors

    def __getitem__(self, name: str) -> Array:
        """A tensor as float32.

        Raises:
            CheckpointError: there is none of that name.

        """
        if name not in self:
            raise CheckpointError(f"lacks the tensor {self._prefix}{name}")
        return self._tensors[self._prefix + name].astype(np.float32)

    def count(self, name: str) -> int:
        """How many numbered layers there are below a name, counted from 0."""
        names = {key.removeprefix(f"{self._prefix}{name}.").partition(".")[0] for key in self._tensors
                 if key.startswith(f"{self._prefix}{name}.")}  # fmt: skip
        return len(names)


class Linear:
    """The same affine map at every frame: (frames, inputs) to (frames, outputs)."""

    def __init__(self, weights: Weights) -> None:
        weight = weights["weight"]
        self.weight = np.ascontiguousarray(weight.reshape(weight.shape[0], -1).T)
        self.bias = weights["bias"]

    def __call__(self, frames: Array) -> Array:
        """Map (frames, inputs) to (frames, outputs)."""
        mapped: Array = frames @ self.weight
        mapped += self.bias
        return mapped


class Convolution:
    """Convolution over frames: `weight` has the shape (outputs, inputs, taps), `dilation` frames lie between two taps.

    Frames of one row after another are one long row, so a window over several frames is a slice of it, and every
    `taps`-th window together is that slice with another shape: matrices to multiply, for which nothing is copied.
    """

    def __init__(self, weight: Array, bias: Array | None, dilation: int = 1) -> None:
        outputs, _, self.taps = weight.shape
        self.dilation = dilation
        self.matrix = np.ascontiguousarray(weight.transpose(2, 1, 0).reshape(-1, outputs))
        self.bias = None if bias is None else np.tile(bias, _BIAS_ROWS)
        self.reach = (self.taps - 1) * dilation

    def __call__(self, frames: Array) -> Array:
        """Convolve without padding: (frames, inputs) to (frames - reach, outputs)."""
        width = self.matrix.shape[1]
        length = len(frames) - self.reach
        whole = np.empty((-(-length // _BIAS_ROWS) * _BIAS_ROWS, width), np.float32)
        whole[length:] = 0
        convolved = whole[:length]
        for phase in range(self.dilation):
            self._multiply(np.ascontiguousarray(frames[phase :: self.dilation]), convolved[phase :: self.dilation])
        if self.bias is not None:
            blocks = whole.reshape(-1, _BIAS_ROWS * width)
            blocks += self.bias
        return convolved

    def _multiply(self, frames: Array, convolved: Array) -> None:
        """Convolve frames whose taps lie side by side."""
        for first in range(min(self.taps, len(convolved))):
            into = convolved[first :: self.taps]
            windows = frames[first : first + len(into) * self.taps].reshape(len(into), -1)
            np.matmul(windows, self.matrix, out=into)

    def keep_length(self, frames: Array) -> Array:
        """Convolve with zeros on both sides: (frames, inputs) to (frames, outputs)."""
        return self(pad(frames, self.reach // 2))


def pad(frames: Array, margin: int) -> Array:
    """Put `margin` frames of zeros before and after: (frames, channels) to (margin + frames + margin, channels)."""
    padded = np.zeros((len(frames) + 2 * margin, frames.shape[1]), np.float32)
    padded[margin : margin + len(frames)] = frames
    return padded


def pad_leaky(frames: Array, margin: int, slope: float) -> Array:
    """Leaky ReLU (negative numbers times `slope`), then `margin` frames of zeros before and after, as `pad` does."""
    padded = np.empty((len(frames) + 2 * margin, frames.shape[1]), np.float32)
    padded[:margin] = padded[margin + len(frames) :] = 0
    middle = padded[margin : margin + len(frames)]
    np.multiply(frames, np.float32(slope), out=middle)
    np.maximum(frames, middle, out=middle)
    return padded


class Normalisation:
    """Layer normalisation: each frame to mean 0 and variance 1 over its channels, then scaled and shifted."""

    def __init__(self, weights: Weights) -> None:
        self.gamma, self.beta = weights["gamma"], weights["beta"]

    def __call__(self, frames: Array) -> Array:
        """Map (frames, channels) to (frames, channels)."""
        centred = frames - frames.mean(axis=1, keepdims=True)
        variance = np.square(centred).mean(axis=1, keepdims=True)
        normalised: Array = centred / np.sqrt(variance + np.float32(1e-5)) * self.gamma + self.beta
        return normalised


class Attention:
    """Self-attention in several heads, with keys and values for the distance between near frames (Shaw et al. 2018)."""

    def __init__(self, weights: Weights) -> None:
        self.query, self.key, self.value, self.output = (Linear(weights.below(f"conv_{name}")) for name in "qkvo")
        # Shape (2 * window + 1, channels of a head); all heads share them.
        self.near_keys, self.near_values = weights["emb_rel_k"][0], weights["emb_rel_v"][0]

    def __call__(self, frames: Array) -> Array:
        """Attend: (frames, channels) to (frames, channels)."""
        length = len(frames)
        window, width = len(self.near_keys) // 2, self.near_keys.shape[1]
        query, key, value = (
            layer(frames).reshape(length, -1, width).transpose(1, 0, 2) for layer in (self.query, self.key, self.value)
        )
        query = query * np.float32(width**-0.5)
        scores = query @ key.transpose(0, 2, 1)
        near = query @ self.near_keys.T
        distances = [distance for distance in range(-window, window + 1) if abs(distance) < length]
        for distance in distances:
            rows = _rows_with(distance, length)
            _diagonal(scores, distance)[...] += near[:, rows, distance + window]
        scores -= scores.max(axis=2, keepdims=True)
        shares = np.exp(scores, out=scores)
        shares /= shares.sum(axis=2, keepdims=True)
        heard = shares @ value
        for distance in distances:
            rows = _rows_with(distance, length)
            heard[:, rows] += _diagonal(shares, distance)[:, :, None] * self.near_values[distance + window]
        return self.output(heard.transpose(1, 0, 2).reshape(length, -1))


def _rows_with(distance: int, length: int) -> slice:
    """Frames that have another frame at a distance."""
    return slice(max(0, -distance), length - max(0, distance))


def _diagonal(scores: Array, distance: int) -> Array:
    """What frames have for the one at a distance: a view of (heads, frames, frames), shape (heads, frames with one)."""
    heads, length, _ = scores.shape
    start = distance if distance >= 0 else -distance * length
    count = length - abs(distance)
    return scores.reshape(heads, -1)[:, start :: length + 1][:, :count]


class Transformer:
    """Layers of attention and convolution; the speaker's vector, shape (channels,), is added at the third."""

    _CONDITIONED = 2

    def __init__(self, weights: Weights, speaker: Array) -> None:
        self.layers = [_Layer(weights, number) for number in range(weights.count("attn_layers"))]
        self.speaker = Linear(weights.below("spk_emb_linear"))(speaker)

    def __call__(self, frames: Array) -> Array:
        """Map (frames, channels) to (frames, channels)."""
        for number, layer in enumerate(self.layers):
            frames = layer(frames + self.speaker if number == self._CONDITIONED else frames)
        return frames


class _Layer:
    """Attention, then two convolutions with a ReLU between; each is added to what went in, and normalised.

    Maps (frames, channels) to (frames, channels).
    """

    def __init__(self, weights: Weights, number: int) -> None:
        self.attention = Attention(weights.below(f"attn_layers.{number}"))
        self.after_attention = Normalisation(weights.below(f"norm_layers_1.{number}"))
        feed = weights.below(f"ffn_layers.{number}")
        self.widen, self.narrow = (Convolution(feed[f"conv_{n}.weight"], feed[f"conv_{n}.bias"]) for n in (1, 2))
        self.after_feed = Normalisation(weights.below(f"norm_layers_2.{number}"))

    def __call__(self, frames: Array) -> Array:
        frames = self.after_attention(frames + self.attention(frames))
        wide = np.maximum(self.widen.keep_length(frames), 0)
        return self.after_feed(frames + self.narrow.keep_length(wide))
