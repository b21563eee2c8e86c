"""The parameters of models as PyTorch makes them: path, shape, mean and standard deviation over seeds.

Reads [{"file", "construct"}, ...] from standard input; `construct` is an expression in the file's module.
"""

import importlib.util
import json
import sys

import torch

SEEDS = 10


def load(path):
    spec = importlib.util.spec_from_file_location("model_file", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["model_file"] = module
    spec.loader.exec_module(module)
    return module


def parameters(request):
    drawn = {}
    for seed in range(SEEDS):
        torch.manual_seed(seed)
        model = eval(request["construct"], vars(load(request["file"])))
        for path, parameter in model.named_parameters():
            drawn.setdefault(path, []).append(parameter.detach().double())
    return {
        path: {
            "shape": list(tensors[0].shape),
            "mean": torch.stack(tensors).mean().item(),
            "std": torch.stack(tensors).std(correction=0).item(),
        }
        for path, tensors in drawn.items()
    }


if __name__ == "__main__":
    print(json.dumps([parameters(request) for request in json.load(sys.stdin)]))
