"""Models as PyTorch makes them: of every parameter the path, the shape, mean and standard deviation over seeds, and of every
leaf module the shapes of its outputs, call by call.

Reads [{"file", "construct", "input"}, ...] from standard input; `construct` is an expression in the file's module, `input` the
shape of a sample, or null where the model cannot run.
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
    return {"parameters": summaries(drawn), "outputs": outputs(model, request["input"])}


def summaries(drawn):
    return {
        path: {
            "shape": list(tensors[0].shape),
            "mean": torch.stack(tensors).mean().item(),
            "std": torch.stack(tensors).std(correction=0).item(),
        }
        for path, tensors in drawn.items()
    }


def outputs(model, sample):
    shapes = {}
    if sample is None:
        return shapes

    def record(path):
        return lambda _module, _inputs, output: shapes.setdefault(path, []).append(list(output.shape))

    for path, module in model.named_modules():
        if not list(module.children()) and not isinstance(module, torch.nn.Sequential):
            module.register_forward_hook(record(path))
    model(torch.randn(2, *sample))
    return shapes


if __name__ == "__main__":
    print(json.dumps([parameters(request) for request in json.load(sys.stdin)]))
