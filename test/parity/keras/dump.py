"""Every model of models.py: its trained and untrained variables by path and in order, their values, and what it gives for one batch."""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
import frameworks  # noqa: F401, E402  (Keras computes with PyTorch)
import keras  # noqa: E402
import numpy as np  # noqa: E402
from keras.src.models.functional import Functional  # noqa: E402

sys.path.insert(0, str(Path(__file__).parent))
import models  # noqa: E402


def numbers(array):
    return np.asarray(array, dtype="float64").ravel().tolist()


def batch(tensor, random):
    shape = (2, *tensor.shape[1:])
    return random.integers(0, 20, shape) if "int" in tensor.dtype else random.normal(size=shape).astype("float32")


def dump(name):
    keras.utils.clear_session()
    keras.utils.set_random_seed(3)
    model = getattr(models, name)()
    random = np.random.default_rng(3)
    # Norms that have seen data: their statistics are not those that they start with.
    for weight in model.weights:
        if "moving" in weight.path:
            weight.assign(np.abs(random.normal(size=weight.shape)) + 0.5)
    inputs = [batch(one, random) for one in model.inputs] if getattr(model, "inputs", None) else [
        random.normal(size=(2, 5, 8)).astype("float32")
    ]
    outputs = model(inputs[0] if len(inputs) == 1 else inputs, training=False)
    outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
    arrays = lambda values: [{"shape": list(one.shape), "data": numbers(one)} for one in values]
    variables = lambda weights: [
        {"path": one.path, "shape": list(one.shape), "data": numbers(keras.ops.convert_to_numpy(one))} for one in weights
    ]
    return {
        "name": name,
        "configuration": model.to_json() if isinstance(model, (keras.Sequential, Functional)) else None,
        "trained": variables(model.trainable_weights),
        "untrained": variables(model.non_trainable_weights),
        "inputs": arrays(inputs),
        "outputs": arrays([keras.ops.convert_to_numpy(one) for one in outputs]),
    }


names = [name for name, value in vars(models).items() if callable(value) and not isinstance(value, type) and value.__module__ == "models"]
print(json.dumps([dump(name) for name in names]))
