#!/usr/bin/env python3
"""Draws nuclei, trains a small U-Net on the drawings, and writes the files of this model.

    pip install -r requirements.txt
    python train.py

No outside data is used: the drawings are the data set, and they come from fixed seeds. The files
are written beside this script; the exit code is 1 if the trained network misses its targets.
"""

import hashlib
import json
import os
import re
import sys
from pathlib import Path

# The backend splits its sums by the number of cores that it sees, and the sums differ in their last
# bits. With one core a second run gives the same bytes.
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"
os.environ["JAX_PLATFORMS"] = "cpu"

import jax
import jax.numpy as jnp
import numpy as np
import onnxruntime
from PIL import Image

from network import forward, initial_weights, onnx_model
from scenes import scene

HERE = Path(__file__).resolve().parent
STEPS, BATCH, PATCH, LEARNING_RATE = 1500, 8, 96, 4e-3
TRAIN_SEED, EVAL_SEED, TEST_SEED, SAMPLE_SEED = 1, 2, 3, 4
EVAL_IMAGES, EVAL_SIZE = 24, 128
SAMPLE_SHAPE = (300, 420)  # no multiple of the stride, as real images are
DICE_TARGET, OTSU_LIMIT = 0.9, 0.8
HALO = 24  # `check_halo` proves that it suffices and that `rdf.yaml` states it.


def normalise(image):
    """`zero_mean_unit_variance` of the description: per sample, over x and y, eps 1e-6."""
    return ((image - image.mean()) / (image.std() + np.float32(1e-6))).astype(np.float32)


def loss(weights, images, masks):
    """Cross entropy, and soft Dice so that the sparse foreground counts as much as the rest.

    Small logits are rewarded a little: a runtime's error would not show in probabilities that are
    all 0 or 1.
    """
    logits = forward(weights, images)
    entropy = jnp.mean(jax.nn.softplus(logits) - logits * masks)
    probability = jax.nn.sigmoid(logits)
    overlap = (2 * jnp.sum(probability * masks) + 1) / (jnp.sum(probability + masks) + 1)
    return entropy + 1 - overlap + 1e-3 * jnp.mean(logits**2)


@jax.jit
def train_step(weights, first, second, step, images, masks):
    """One step of Adam with a learning rate that rises briefly and then falls along a cosine."""
    value, gradient = jax.value_and_grad(loss)(weights, images, masks)
    first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, first, gradient)
    second = jax.tree.map(lambda s, g: 0.99 * s + 0.01 * g * g, second, gradient)
    rate = LEARNING_RATE * jnp.minimum(step / 30, 0.5 + 0.5 * jnp.cos(jnp.pi * step / STEPS))
    scale, floor = rate / (1 - 0.9**step), 1 - 0.99**step
    weights = jax.tree.map(
        lambda w, m, s: w - scale * m / (jnp.sqrt(s / floor) + 1e-8), weights, first, second
    )
    return weights, first, second, value


def train():
    rng = np.random.default_rng(TRAIN_SEED)
    weights = initial_weights(rng)
    first = second = jax.tree.map(jnp.zeros_like, weights)
    for step in range(1, STEPS + 1):
        pairs = [scene(rng, PATCH, PATCH) for _ in range(BATCH)]
        images = np.stack([normalise(image) for image, _ in pairs])
        masks = np.stack([mask for _, mask in pairs]).astype(np.float32)
        weights, first, second, value = train_step(
            weights, first, second, np.float32(step), images, masks
        )
        if step % 50 == 0:
            print(f"step {step:4d}  loss {float(value):.4f}", flush=True)
    return jax.tree.map(np.asarray, weights)


def sigmoid(logits):
    return 1 / (1 + np.exp(-logits))


class Network:
    def __init__(self, model):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        providers = ["CPUExecutionProvider"]
        self.session = onnxruntime.InferenceSession(model, options, providers=providers)

    def logits(self, image):
        """Logits of one normalised image."""
        return self.session.run(None, {"input": image[None, None]})[0][0, 0]

    def probability(self, image):
        return sigmoid(self.logits(normalise(image)))


def dice(found, truth):
    return 2 * np.sum(found & truth) / max(np.sum(found) + np.sum(truth), 1)


def otsu(image):
    """The threshold that separates the grey values best, the usual choice without a network."""
    values, counts = np.unique(image, return_counts=True)
    below, total = np.cumsum(counts)[:-1], counts.sum()
    sums = np.cumsum(counts * values.astype(np.float64))
    left, right = sums[:-1] / below, (sums[-1] - sums[:-1]) / (total - below)
    return values[:-1][np.argmax(below * (total - below) * (left - right) ** 2)]


def evaluate(network):
    rng = np.random.default_rng(EVAL_SEED)
    scenes = [scene(rng, EVAL_SIZE, EVAL_SIZE) for _ in range(EVAL_IMAGES)]
    ours = [dice(network.probability(image) > 0.5, mask) for image, mask in scenes]
    plain = [dice(image > otsu(image), mask) for image, mask in scenes]
    return {
        "images": EVAL_IMAGES,
        "dice_mean": round(float(np.mean(ours)), 4),
        "dice_min": round(float(np.min(ours)), 4),
        "otsu_dice_mean": round(float(np.mean(plain)), 4),
        "otsu_dice_max": round(float(np.max(plain)), 4),
    }


def check_halo(network):
    """Noise beyond the halo must leave a pixel alone, wherever it lies within the stride."""
    rng = np.random.default_rng(0)
    image = rng.normal(size=(128, 128)).astype(np.float32)
    before = network.logits(image)
    for place in range(60, 64):
        noise = 100 * rng.normal(size=(128, 128)).astype(np.float32)
        near = slice(place - HALO, place + HALO + 1)
        noise[near, near] = image[near, near]
        after = network.logits(noise)
        assert after[place, place] == before[place, place], "the receptive field exceeds the halo"
    assert f"halo: [0, 0, {HALO}, {HALO}]" in (HERE / "rdf.yaml").read_text("utf-8")


def grey(values, low, high):
    return np.rint(255 * np.clip((values - low) / (high - low), 0, 1)).astype(np.uint8)


def write_files(model, network):
    """All files but `rdf.yaml`, which is written by hand, and of which only the hash is renewed."""
    (HERE / "weights.onnx").write_bytes(model)

    image, _ = scene(np.random.default_rng(TEST_SEED), 128, 128)
    np.save(HERE / "test_input.npy", image[None, None])
    np.save(HERE / "test_output.npy", network.probability(image)[None, None])

    sample, _ = scene(np.random.default_rng(SAMPLE_SEED), *SAMPLE_SHAPE)
    Image.fromarray(sample.astype(np.uint16)).save(HERE / "sample.png")
    square = sample[:256, :256]
    left = grey(square, *np.percentile(square, (0.5, 99.5)))
    right = grey(network.probability(square), 0, 1)
    Image.fromarray(np.hstack([left, right])).save(HERE / "cover.png", optimize=True)

    digest = hashlib.sha256(model).hexdigest()
    description = HERE / "rdf.yaml"
    text = description.read_text("utf-8")
    text, count = re.subn(r"(?m)^( +sha256: )\S+$", rf"\g<1>{digest}", text)
    assert count == 1, "rdf.yaml should hold one hash, that of the weights"
    description.write_text(text, "utf-8")


def main():
    model = onnx_model(train()).SerializeToString(deterministic=True)
    network = Network(model)
    check_halo(network)
    metrics = evaluate(network)
    write_files(model, network)
    text = json.dumps(metrics, indent=2) + "\n"
    (HERE / "metrics.json").write_text(text, "utf-8")
    print(text, end="")
    reached = metrics["dice_mean"] >= DICE_TARGET and metrics["otsu_dice_mean"] < OTSU_LIMIT
    if not reached:
        print(f"wanted: dice_mean >= {DICE_TARGET}, otsu_dice_mean < {OTSU_LIMIT}", file=sys.stderr)
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
