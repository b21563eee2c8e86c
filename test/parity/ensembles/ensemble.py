"""Profiles of signal and gradient, averaged over draws of weights and inputs. Reads a request from standard input and
answers with a line of JSON for each architecture."""

import json
import math
import sys

import torch
from torch import nn

from ensembles import models

FEWEST = 6
MOST = 200
PRECISION = 0.01


class Recorder:
    """What leaf modules give, by path, with their gradients kept."""

    def __init__(self, model):
        self.outputs = {}
        self.handles = [
            module.register_forward_hook(self.hook(path))
            for path, module in model.named_modules()
            if not any(module.children())
        ]

    def hook(self, path):
        def record(_module, _inputs, output):
            tensor = output[0] if isinstance(output, tuple) else output
            # Of weights no gradient is asked: what comes first in the network starts it.
            if tensor.requires_grad:
                tensor.retain_grad()
            else:
                tensor.requires_grad_()
            self.outputs[path] = tensor

        return record


def sample(request):
    batch, shape = request["batch"], request["input"]
    if request.get("vocabulary"):
        return torch.randint(0, request["vocabulary"], (batch, *shape))
    return torch.randn(batch, *shape)


def correlation(x, pairs):
    """E[x_a x_b]/E[x^2] at one unit, over pairs of positions of one sequence or of different inputs."""
    x = x.detach().double()
    rows = x if pairs == "positions" else x.flatten(1).unsqueeze(0)
    squares = rows.square().sum()
    pairs = rows.sum(1).square().sum() - squares
    return (pairs / (rows.shape[1] - 1) / squares).item()


def one_draw(request, seed):
    torch.manual_seed(seed)
    model = eval(request["expression"], {"nn": nn, **vars(models)}).train().requires_grad_(False)
    recorder = Recorder(model)
    output = model(sample(request))
    gradient = torch.randn_like(output)
    output.backward(gradient)
    whole = gradient.square().sum().item()
    return {
        path: (x.detach().square().mean().item(), x.grad.square().sum().item() / whole, correlation(x, request["pairs"]))
        for path, x in recorder.outputs.items()
        if x.grad is not None
    }


def ensemble(request):
    """Draws until the mean of each number is known to PRECISION, relatively."""
    draws = []
    for seed in range(MOST):
        draws.append(one_draw(request, seed))
        if len(draws) >= FEWEST and max(error(draws, path, k) for path in draws[0] for k in (0, 1)) < PRECISION:
            break
    return {
        "id": request["id"],
        "seeds": len(draws),
        "error": max(error(draws, path, k) for path in draws[0] for k in (0, 1)),
        "signals": {path: [mean(draws, path, k) for k in range(3)] for path in draws[0]},
    }


def mean(draws, path, k):
    return sum(draw[path][k] for draw in draws) / len(draws)


def error(draws, path, k):
    center = mean(draws, path, k)
    variance = sum((draw[path][k] - center) ** 2 for draw in draws) / (len(draws) - 1)
    return math.sqrt(variance / len(draws)) / abs(center)


for request in json.load(sys.stdin):
    print(json.dumps(ensemble(request)), flush=True)
