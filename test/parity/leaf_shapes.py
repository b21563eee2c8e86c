"""The shapes of the outputs of every leaf module, call by call, with a batch of two.

Reads [{"file", "construct", "input"}, ...] from standard input; `construct` is an expression in the file's module, `input` the
shape of a sample, or null where the model cannot run.
"""

import importlib.util
import json
import sys

import torch


def load(path):
    spec = importlib.util.spec_from_file_location("model_file", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["model_file"] = module
    spec.loader.exec_module(module)
    return module


def outputs(request):
    shapes = {}
    if request["input"] is None:
        return shapes

    def record(path):
        return lambda _module, _inputs, output: shapes.setdefault(path, []).append(list(output.shape))

    model = eval(request["construct"], vars(load(request["file"])))
    for path, module in model.named_modules():
        if not list(module.children()) and not isinstance(module, torch.nn.Sequential):
            module.register_forward_hook(record(path))
    model(torch.randn(2, *request["input"]))
    return shapes


if __name__ == "__main__":
    print(json.dumps([outputs(request) for request in json.load(sys.stdin)]))
