"""What Flax makes of the models of models.py: of every parameter the path, the shape and the moments of its draws over ten seeds.

Answers with one reference for each class, as zoo/dump.py does for the other frameworks.
"""

import importlib.util
import json
import pathlib
import sys

import jax
import jax.numpy as jnp
import numpy
import torch
from flax import nnx, traverse_util

here = pathlib.Path(__file__).parent
sys.path.insert(0, str(here.parent / "zoo"))

from moments import Moments, sample  # noqa: E402

spec = importlib.util.spec_from_file_location("flax_models", here / "models.py")
models = importlib.util.module_from_spec(spec)
spec.loader.exec_module(models)

SEEDS = 10


def of_linen(module, shape):
    def make(seed):
        variables = module.init(jax.random.key(seed), jnp.ones(shape))
        flat = traverse_util.flatten_dict(variables, sep="/")
        return {path: array for path, array in flat.items() if path.startswith("params/")}, {
            path: array for path, array in flat.items() if not path.startswith("params/")
        }

    return make


def of_nnx(cls):
    def make(seed):
        model = cls(rngs=nnx.Rngs(seed))
        split = [nnx.to_flat_state(nnx.state(model, kind)) for kind in (nnx.Param, nnx.BatchStat)]
        return tuple({"/".join(map(str, path)): one.get_value() for path, one in flat} for flat in split)

    return make


makers = {
    "MLP": of_linen(models.MLP(), (1, 28)),
    "ConvNet": of_linen(models.ConvNet(), (1, 28, 28, 1)),
    "SmallResNet": of_linen(models.SmallResNet(), (1, 32, 32, 3)),
    "TransformerBlock": of_linen(models.TransformerBlock(), (1, 16, 64)),
    "NnxMLP": of_nnx(models.NnxMLP),
    "NnxConvNet": of_nnx(models.NnxConvNet),
}


def dump(make):
    moments = {}
    for seed in range(SEEDS):
        parameters, buffers = make(seed)
        generator = torch.Generator().manual_seed(seed)
        for path, array in parameters.items():
            kept = moments.setdefault(path, Moments(list(array.shape)))
            kept.add(sample(torch.from_numpy(numpy.array(array)), generator))
    return {
        "seeds": SEEDS,
        "parameters": {path: kept.summary() for path, kept in moments.items()},
        "buffers": {path: list(array.shape) for path, array in buffers.items()},
    }


print(json.dumps({name: dump(make) for name, make in makers.items()}))
