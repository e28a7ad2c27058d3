"""Draws microscope images of nuclei under a bad lamp, and the masks that a network should find."""

import numpy as np


def nucleus(rng, rows, cols):
    """The soft profile (1 inside, 0 far outside) and the mask of one wobbly ellipse."""
    height, width = rows.size, cols.size
    radius, aspect, angle = rng.uniform(4, 10), rng.uniform(0.7, 1.0), rng.uniform(0, np.pi)
    y = rows - rng.uniform(-4, height + 4)
    x = cols - rng.uniform(-4, width + 4)
    u = (np.cos(angle) * x + np.sin(angle) * y) / radius
    v = (np.cos(angle) * y - np.sin(angle) * x) / (radius * aspect)
    theta = np.arctan2(v, u)
    outline = np.ones_like(theta)
    for wave in (2, 3, 4):
        outline += rng.uniform(0, 0.06) * np.cos(wave * theta + rng.uniform(0, 2 * np.pi))
    depth = (outline - np.hypot(u, v)) * radius
    return 1 / (1 + np.exp(np.clip(-depth / 0.7, -50, 50))), depth > 0


def scene(rng, height, width):
    """A camera image as whole numbers in float32, and the mask of its nuclei."""
    rows, cols = np.arange(height)[:, None], np.arange(width)[None, :]
    signal, mask = np.zeros((height, width)), np.zeros((height, width), bool)
    for _ in range(rng.poisson(height * width / 900)):
        profile, inside = nucleus(rng, rows, cols)
        signal = np.maximum(signal, profile * rng.uniform(0.4, 1.2))
        mask |= inside

    # A lamp that stands to one side, and a lens that darkens towards the corners. Between them the
    # background on the bright side outshines the nuclei on the dark side.
    y, x = 2 * rows / (height - 1) - 1, 2 * cols / (width - 1) - 1
    direction = rng.uniform(0, 2 * np.pi)
    ramp = (np.cos(direction) * x + np.sin(direction) * y) / np.sqrt(2)
    light = 1 + rng.uniform(0.6, 0.9) * ramp
    light = light * (1 - rng.uniform(0.15, 0.3) * (x**2 + y**2))

    photons = rng.poisson(600 * light * (1 + signal))
    image = np.rint(100 + photons + rng.normal(0, 4, photons.shape))
    return np.clip(image, 0, 4095).astype(np.float32), mask
