"""The decoder: latent frames to samples, by HiFi-GAN's generator (Kong, Kim and Bae 2020, arXiv:2010.05646).

Weights are stored normalised (Salimans and Kingma 2016, arXiv:1602.07868): a direction and a length for each channel.
"""

import numpy as np

from narrator.speech.tiny.checkpoint import CheckpointError
from narrator.speech.tiny.layers import Array, Convolution, Weights, pad, pad_leaky

_SLOPE = 0.1
_LAST_SLOPE = 0.01
_RATES = {16: 8, 8: 2, 2: 2}
"""Samples made of one, by the number of taps: the checkpoint does not say."""
_DILATIONS = (1, 3, 5)
_BLOCK = 1 << 19
"""Numbers worked on at a time: what a core's own memory holds is worked on fastest."""


def denormalise(weights: Weights, name: str) -> Array:
    """Weight of a layer, from direction `v` and length `g`: g * v / |v|, over all axes but the first."""
    direction = weights[f"{name}.weight_v"]
    norm = np.sqrt(np.square(direction).sum(axis=(1, 2), keepdims=True))
    weight: Array = direction * (weights[f"{name}.weight_g"] / norm)
    return weight


class Upsampling:
    """Transposed convolution: one frame becomes `rate` frames, with half the channels.

    It is written as a convolution whose outputs are all the frames that one becomes, side by side. With `spread` input
    frames reaching each output, outputs run over by `spread - 1` inputs; half of that is cut off at either end.
    """

    def __init__(self, weights: Weights, name: str) -> None:
        # Shape (inputs, outputs, taps); tap t of an input falls on frame t % rate of the input t // rate further on.
        weight = denormalise(weights, name)
        inputs, self.outputs, taps = weight.shape
        if taps not in _RATES:
            raise CheckpointError("has a decoder of another make")
        self.rate = _RATES[taps]
        self.spread = taps // self.rate
        by_input = weight.reshape(inputs, self.outputs, self.spread, self.rate).transpose(3, 1, 0, 2)[..., ::-1]
        self.convolution = Convolution(
            by_input.reshape(self.rate * self.outputs, inputs, self.spread),
            np.tile(weights[f"{name}.bias"], self.rate),
        )

    def __call__(self, frames: Array) -> Array:
        """Map (frames, inputs) to (rate * frames, outputs)."""
        spread = self.convolution(pad_leaky(frames, self.spread - 1, _SLOPE)).reshape(-1, self.outputs)
        cut = (self.spread - 1) * self.rate // 2
        return spread[cut : cut + self.rate * len(frames)]


class ResidualBlock:
    """Pairs of convolutions, the first of each dilated; what comes out of a pair is added to what went in."""

    def __init__(self, weights: Weights) -> None:
        def load(name: str, dilation: int) -> Convolution:
            return Convolution(denormalise(weights, name), weights[f"{name}.bias"], dilation)

        self.pairs = [(load(f"convs1.{i}", dilation), load(f"convs2.{i}", 1)) for i, dilation in enumerate(_DILATIONS)]
        self.reach = sum(layer.reach // 2 for pair in self.pairs for layer in pair)
        """Frames to either side that a frame depends on."""

    def __call__(self, frames: Array) -> Array:
        """Map (frames, channels) to (frames, channels)."""
        for pair in self.pairs:
            inner = frames
            for layer in pair:
                inner = layer(pad_leaky(inner, layer.reach // 2, _SLOPE))
            inner += frames
            frames = inner
        return frames


class Stage:
    """Upsampling, then the mean of three residual blocks."""

    def __init__(self, weights: Weights, number: int) -> None:
        self.upsampling = Upsampling(weights, f"ups.{number}")
        blocks = weights.count("resblocks") // weights.count("ups")
        self.blocks = [ResidualBlock(weights.below(f"resblocks.{blocks * number + i}")) for i in range(blocks)]
        self.reach = max(block.reach for block in self.blocks)

    def __call__(self, frames: Array) -> Array:
        """Map (frames, inputs) to (rate * frames, outputs)."""
        frames = self.upsampling(frames)
        mean = np.empty_like(frames)
        step = _BLOCK // frames.shape[1]
        for start in range(0, len(frames), step):
            # At its ends a block is cut off from its neighbours; what that spoils is left out again.
            first, last = max(start - self.reach, 0), start + step + self.reach
            part = frames[first:last]
            total = sum((block(part) for block in self.blocks[1:]), start=self.blocks[0](part))
            kept = total[start - first : start - first + step]
            np.multiply(kept, np.float32(1 / len(self.blocks)), out=mean[start : start + step])
        return mean


class Decoder:
    """Latent frames to samples; `speaker` is the speaker's vector, shape (channels,)."""

    def __init__(self, weights: Weights, speaker: Array) -> None:
        condition = weights["cond.weight"][:, :, 0] @ speaker + weights["cond.bias"]
        self.first = Convolution(weights["conv_pre.weight"], weights["conv_pre.bias"] + condition)
        self.stages = [Stage(weights, number) for number in range(weights.count("ups"))]
        self.last = Convolution(weights["conv_post.weight"], None)

    def __call__(self, latent: Array) -> Array:
        """Map (frames, channels) to samples, shape (rate of all stages * frames,), each within ±1."""
        frames = self.first(pad(latent, self.first.reach // 2))
        for stage in self.stages:
            frames = stage(frames)
        samples: Array = np.tanh(self.last(pad_leaky(frames, self.last.reach // 2, _LAST_SLOPE))[:, 0])
        return samples
