"""What operations give by the frameworks themselves. Reads cases from standard input, answers their outputs on standard output.

A case is an expression over `x` (a list of inputs) and `w` (weights by path), all float32.
"""

import json
import sys

import frameworks  # noqa: F401
import keras
import numpy
import torch
import torch.nn.functional as F


def tensor(array):
    return torch.tensor(array["data"], dtype=torch.float32).reshape(array["shape"])


def module(made, **weights):
    """A PyTorch module with these weights."""
    made.load_state_dict(weights, strict=True)
    return made.eval()


def layer(made, x, *weights):
    """The output of a Keras layer with these weights on x, which is channels-last."""
    made.build(tuple(x.shape))
    made.set_weights([weight.numpy() for weight in weights])
    return torch.as_tensor(made(x))


def last(x):
    """From B×C×space to B×space×C."""
    return x.movedim(1, -1)


def first(x):
    return x.movedim(-1, 1)


def evaluate(case):
    names = {
        "x": [tensor(one) for one in case["inputs"]],
        "w": {path: tensor(one) for path, one in case["weights"].items()},
    }
    scope = dict(torch=torch, F=F, keras=keras, module=module, layer=layer, last=last, first=first, **names)
    with torch.no_grad():
        result = eval(case["expression"], scope).to(torch.float32).contiguous()
    return {"shape": list(result.shape), "data": result.flatten().tolist()}


torch.manual_seed(0)
numpy.random.seed(0)
json.dump([evaluate(case) for case in json.load(sys.stdin)], sys.stdout)
