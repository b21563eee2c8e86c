"""What the two probes must measure, by PyTorch in float64. Reads a request from standard input, answers on standard output.

The weights are drawn in float32, as the model draws them, and handed to GradLens as they are; every number that is
compared is computed in float64 from the same weights.
"""

import base64
import importlib.util
import json
import sys
import time

import torch
from torch import nn

# Beyond these GradLens leaves a Jacobian out, and so does the reference.
MOST_VALUES = 1024
MOST_ROWS = 8192
MOST_ENTRIES = 2**24

DROPOUT = nn.modules.dropout._DropoutNd
BATCH_NORM = nn.modules.batchnorm._BatchNorm


def load(path):
    spec = importlib.util.spec_from_file_location("example", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["example"] = module
    spec.loader.exec_module(module)
    return module


def encode(tensor):
    array = tensor.detach().contiguous().cpu().numpy()
    return base64.b64encode(array.tobytes()).decode()


class Recorder:
    """The outputs of all leaf modules, in the order of their calls, by path."""

    def __init__(self, model, leaf):
        self.outputs = []
        self.handles = [
            module.register_forward_hook(self.hook(path))
            for path, module in model.named_modules()
            if leaf(module)
        ]

    def hook(self, path):
        def record(_module, _inputs, output):
            self.outputs.append((path, output))
            # What comes after may work in place: on a copy, then.
            return output.clone()

        return record

    def close(self):
        for handle in self.handles:
            handle.remove()


def is_leaf(module):
    return next(module.children(), None) is None and not isinstance(module, (DROPOUT, nn.Identity, nn.Flatten, nn.Sequential))


def train_without_dropout(model):
    model.train()
    for module in model.modules():
        if isinstance(module, DROPOUT):
            module.eval()


def gradient_norms(model, inputs, labels):
    train_without_dropout(model)
    recorder = Recorder(model, is_leaf)
    x = inputs.clone().requires_grad_()
    loss = nn.functional.cross_entropy(model(x), labels)
    recorder.close()
    outputs = recorder.outputs
    gradients = torch.autograd.grad(loss, [x, *(output for _, output in outputs), *model.parameters()])
    norms = [g.norm().item() for g in gradients]
    return {
        "loss": loss.item(),
        "input": norms[0],
        "activations": [
            {"path": path, "gradientNorm": norm, "secondMoment": output.square().mean().item()}
            for (path, output), norm in zip(outputs, norms[1:])
        ],
        "parameters": dict(zip((name for name, _ in model.named_parameters()), norms[1 + len(outputs) :])),
    }


def calibrate(model, inputs):
    """Batch norms take the statistics of the batch as constants."""
    train_without_dropout(model)
    handles = []

    def keep(module, args):
        (x,) = args
        axes = [axis for axis in range(x.dim()) if axis != 1]
        module.running_mean = x.mean(axes).detach()
        module.running_var = x.var(axes, unbiased=False).detach()

    for module in model.modules():
        if isinstance(module, BATCH_NORM):
            handles.append(module.register_forward_pre_hook(keep))
            module.momentum = 0.0
    model(inputs)
    for handle in handles:
        handle.remove()
    model.eval()


def jacobian(output, at):
    flat = output.flatten()
    rows = []
    for chunk in torch.arange(flat.numel()).split(256):
        seeds = torch.zeros(len(chunk), flat.numel(), dtype=flat.dtype)
        seeds[torch.arange(len(chunk)), chunk] = 1
        (gradient,) = torch.autograd.grad(flat, at, seeds, retain_graph=True, is_grads_batched=True)
        rows.append(gradient.reshape(len(chunk), -1))
    return torch.cat(rows)


def is_feasible(rows, columns):
    return min(rows, columns) <= MOST_VALUES and rows <= MOST_ROWS and rows * columns <= MOST_ENTRIES


def spectra(model, inputs, pairs):
    calibrate(model, inputs)
    recorder = Recorder(model, is_leaf)
    x = inputs[:1].clone().requires_grad_()
    output = model(x)
    recorder.close()
    layers = dict(recorder.outputs)
    result = {"inputOutput": torch.linalg.svdvals(jacobian(output, x)).tolist(), "layers": []}
    for before, after in pairs:
        if is_feasible(layers[after].numel(), layers[before].numel()):
            values = torch.linalg.svdvals(jacobian(layers[after], layers[before]))
            result["layers"].append({"from": before, "to": after, "singularValues": values.tolist()})
    return result


def seconds(compute, repeats):
    compute()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        compute()
        times.append(time.perf_counter() - start)
    return sorted(times)[len(times) // 2]


def main():
    request = json.load(sys.stdin)
    torch.manual_seed(request["seed"])
    if "threads" in request:
        torch.set_num_threads(request["threads"])
    model = eval(request["construct"], vars(load(request["file"])))
    inputs = torch.randn(request["batch"], *request["shape"])
    labels = torch.randint(request["classes"], (request["batch"],))
    answer = {
        "weights": {path: encode(parameter) for path, parameter in model.named_parameters()},
        "input": encode(inputs),
        "labels": labels.tolist(),
    }
    if request["measure"] == "values":
        answer["float32"] = gradient_norms(model, inputs, labels)
        model, inputs = model.double(), inputs.double()
        answer["gradientNorms"] = gradient_norms(model, inputs, labels)
        answer["spectra"] = spectra(model, inputs, request["pairs"])
    elif request["measure"] == "times":
        repeats = request["repeats"]
        answer["seconds"] = {
            "gradientNorms": seconds(lambda: gradient_norms(model, inputs, labels), repeats),
            "jacobianSpectrum": seconds(lambda: spectra(model, inputs, request["pairs"]), repeats),
        }
    json.dump(answer, sys.stdout)


main()
