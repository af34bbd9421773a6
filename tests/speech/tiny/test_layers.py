"""Each layer against the same thing written plainly and slowly."""

import numpy as np
import pytest

from narrator.speech.tiny.decoder import Stage, Upsampling, denormalise
from narrator.speech.tiny.layers import Attention, Convolution, Normalisation, Weights, pad_leaky
from speech.tiny.fake import HIDDEN, make_tensors

RNG = np.random.default_rng(1)


def draw(*shape):
    return RNG.standard_normal(shape).astype(np.float32)


def convolve_slowly(frames, weight, bias, dilation):
    outputs, inputs, taps = weight.shape
    length = len(frames) - (taps - 1) * dilation
    result = np.zeros((length, outputs))
    for t in range(length):
        for o in range(outputs):
            result[t, o] = bias[o] + sum(
                weight[o, i, k] * frames[t + k * dilation, i] for i in range(inputs) for k in range(taps)
            )
    return result


@pytest.mark.parametrize("taps", [1, 2, 3, 7])
@pytest.mark.parametrize("dilation", [1, 3, 5])
@pytest.mark.parametrize("length", [1, 2, 13, 200])
def test_convolution(taps, dilation, length):
    weight, bias = draw(3, 2, taps), draw(3)
    frames = draw(length + (taps - 1) * dilation, 2)
    found = Convolution(weight, bias, dilation)(frames)
    assert np.allclose(found, convolve_slowly(frames, weight, bias, dilation), atol=1e-5)


def test_leaky_frames_are_padded():
    frames = np.array([[1.0, -2.0]], np.float32)
    assert np.allclose(pad_leaky(frames, 1, 0.1), [[0, 0], [1, -0.2], [0, 0]])


def test_normalisation():
    frames = draw(5, 6)
    layer = Normalisation(Weights({"gamma": draw(6), "beta": draw(6)}))
    for row, found in zip(frames, layer(frames), strict=True):
        expected = (row - row.mean()) / np.sqrt(row.var() + 1e-5) * layer.gamma + layer.beta
        assert np.allclose(found, expected, atol=1e-5)


@pytest.mark.parametrize("length", [1, 3, 20])
def test_attention(length):
    layer = Attention(Weights(make_tensors()).below("enc_p.encoder.attn_layers.0"))
    frames = draw(length, HIDDEN)
    width, window = HIDDEN // 2, 4
    heads = []
    for head in range(2):
        columns = slice(head * width, (head + 1) * width)
        query, key, value = (part(frames)[:, columns] for part in (layer.query, layer.key, layer.value))
        heard = np.zeros((length, width))
        for i in range(length):
            near = {j: j - i + window for j in range(length) if abs(j - i) <= window}
            none = np.zeros(width)
            keys = [key[j] + (layer.near_keys[near[j]] if j in near else none) for j in range(length)]
            scores = np.array([query[i] @ k / np.sqrt(width) for k in keys])
            shares = np.exp(scores) / np.exp(scores).sum()
            for j in range(length):
                heard[i] += shares[j] * (value[j] + (layer.near_values[near[j]] if j in near else none))
        heads.append(heard)
    expected = layer.output(np.concatenate(heads, axis=1).astype(np.float32))
    assert np.allclose(layer(frames), expected, atol=1e-5)


@pytest.mark.parametrize(("stage", "rate", "taps"), [(0, 8, 16), (2, 2, 8), (3, 2, 2)])
def test_upsampling(stage, rate, taps):
    weights = Weights(make_tensors()).below("dec")
    layer = Upsampling(weights, f"ups.{stage}")
    weight = denormalise(weights, f"ups.{stage}")
    inputs, outputs, _ = weight.shape
    frames = draw(6, inputs)
    expected = np.tile(weights[f"ups.{stage}.bias"].astype(np.float64), (rate * 5 + taps, 1))
    for t, frame in enumerate(np.where(frames < 0, 0.1 * frames, frames)):
        for o in range(outputs):
            for k in range(taps):
                expected[t * rate + k, o] += frame @ weight[:, o, k]
    cut = (taps - rate) // 2
    assert np.allclose(layer(frames), expected[cut : len(expected) - cut], atol=1e-4)


def test_a_denormalised_weight_has_the_length_it_is_given():
    weights = Weights({"x.weight_v": draw(4, 3, 5), "x.weight_g": np.arange(1, 5).reshape(4, 1, 1)})
    found = denormalise(weights, "x")
    assert np.allclose([np.linalg.norm(row) for row in found], [1, 2, 3, 4], atol=1e-5)


def test_a_stage_is_the_same_in_many_blocks_as_in_one(monkeypatch):
    stage = Stage(Weights(make_tensors()).below("dec"), 4)
    frames = draw(700, 2)
    whole = stage(frames)
    monkeypatch.setattr("narrator.speech.tiny.decoder._BLOCK", 97)
    assert np.allclose(stage(frames), whole, atol=1e-6)
