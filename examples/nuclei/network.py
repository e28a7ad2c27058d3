"""The network twice: in JAX, where it is trained, and in ONNX, where it is used.

It is a U-Net. Two poolings make its stride 4, and a result depends on pixels up to 23 away.
"""

import jax
import jax.numpy as jnp
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

# name: (input channels, output channels). Each `enc` and `dec` is one 3x3 convolution and a ReLU.
LAYERS = {
    "enc0a": (1, 8), "enc0b": (8, 8),
    "enc1a": (8, 16), "enc1b": (16, 16),
    "enc2a": (16, 32), "enc2b": (32, 32),
    "dec1a": (48, 16), "dec1b": (16, 16),
    "dec0a": (24, 8), "dec0b": (8, 8),
    "head": (8, 1),
}  # fmt: skip


def initial_weights(rng):
    weights = {}
    for name, (inputs, outputs) in LAYERS.items():
        size = 1 if name == "head" else 3
        spread = np.sqrt(2 / (size * size * inputs))
        kernel = rng.normal(0, spread, (size, size, inputs, outputs))
        weights[name] = (jnp.asarray(kernel, jnp.float32), jnp.zeros(outputs, jnp.float32))
    return weights


def forward(weights, images):
    """Logits of a batch of normalised images: the twin of the graph that `onnx_model` builds."""

    def convolve(x, name):
        kernel, bias = weights[name]
        layout = ("NHWC", "HWIO", "NHWC")
        x = jax.lax.conv_general_dilated(x, kernel, (1, 1), "SAME", dimension_numbers=layout)
        return x + bias

    def block(x, name):
        return jax.nn.relu(convolve(jax.nn.relu(convolve(x, name + "a")), name + "b"))

    def pool(x):
        n, h, w, c = x.shape
        return x.reshape(n, h // 2, 2, w // 2, 2, c).max((2, 4))

    def join(x, skip):
        return jnp.concatenate([jnp.repeat(jnp.repeat(x, 2, 1), 2, 2), skip], -1)

    enc0 = block(images[..., None], "enc0")
    enc1 = block(pool(enc0), "enc1")
    enc2 = block(pool(enc1), "enc2")
    dec1 = block(join(enc2, enc1), "dec1")
    dec0 = block(join(dec1, enc0), "dec0")
    return convolve(dec0, "head")[..., 0]


def onnx_model(weights):
    nodes, constants = [], []

    def constant(name, value):
        constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def add(kind, inputs, output, **attributes):
        nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output

    def convolve(x, name, output):
        kernel, bias = weights[name]
        size = kernel.shape[0]
        inputs = [
            x,
            constant(name + ".weight", kernel.transpose(3, 2, 0, 1)),
            constant(name + ".bias", bias),
        ]
        return add("Conv", inputs, output, kernel_shape=[size] * 2, pads=[size // 2] * 4)

    def block(x, name):
        for part in (name + "a", name + "b"):
            x = add("Relu", [convolve(x, part, part + ".conv")], part)
        return x

    def pool(x):
        return add("MaxPool", [x], x + ".pool", kernel_shape=[2, 2], strides=[2, 2])

    def join(x, skip):
        # Nearest neighbour with these modes repeats each pixel, as `forward` does.
        modes = {"mode": "nearest", "nearest_mode": "floor"}
        modes["coordinate_transformation_mode"] = "asymmetric"
        up = add("Resize", [x, "", "twice"], x + ".up", **modes)
        return add("Concat", [up, skip], x + ".join", axis=1)

    constant("twice", np.array([1, 1, 2, 2], np.float32))
    enc0 = block("input", "enc0")
    enc1 = block(pool(enc0), "enc1")
    enc2 = block(pool(enc1), "enc2")
    dec1 = block(join(enc2, enc1), "dec1")
    dec0 = block(join(dec1, enc0), "dec0")
    convolve(dec0, "head", "probability")

    shape = ["b", 1, "y", "x"]
    graph = helper.make_graph(
        nodes,
        "nuclei",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("probability", TensorProto.FLOAT, shape)],
        constants,
    )
    # The name is that of the described output, which still lacks the sigmoid of its postprocessing.
    graph.output[0].doc_string = "logit of the probability"
    opset = [helper.make_opsetid("", 17)]
    model = helper.make_model(graph, ir_version=8, opset_imports=opset, producer_name="train.py")
    onnx.checker.check_model(model, full_check=True)
    return model
