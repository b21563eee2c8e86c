"""Checkpoints of constructors, and what their frameworks compute with them in inference.

Reads {"directory", "cases": [{"id", "framework", "file", "expression", "inputs"}, ...]} from standard input; an input is
{"shape", "tokens", "name"}, where `tokens` is the number of rows that an index may take, or null for numbers from N(0, 1), and
`name` is there for arguments that are given by name. Writes for each
case a checkpoint and a file of its inputs and outputs into the directory, and answers with the paths.

The weights are moved away from what they are drawn from: what starts at zero, or as the identity, would hide all behind it.
"""

import json
import pathlib
import sys
import traceback
import warnings

import frameworks  # noqa: F401
import torch
from safetensors.torch import save_file

from zoo.namespaces import namespace_of


def disturb(model):
    with torch.no_grad():
        for parameter in model.parameters():
            spread = parameter.std() if parameter.numel() > 1 else 0
            parameter += (0.3 * spread if spread > 0 else 0.05) * torch.randn_like(parameter)
        for name, buffer in model.named_buffers():
            if name.endswith("running_mean"):
                buffer.normal_(0, 0.2)
            elif name.endswith("running_var"):
                buffer.uniform_(0.5, 2)


def draw(wanted):
    if wanted["tokens"] is not None:
        return torch.randint(wanted["tokens"], wanted["shape"])
    return torch.randn(wanted["shape"])


def tensors(output):
    """All tensors of an output, in order; what is None is left out."""
    if isinstance(output, torch.Tensor):
        return [output]
    if isinstance(output, dict):
        output = output.values()
    if isinstance(output, (tuple, list)) or hasattr(output, "__iter__"):
        return [tensor for part in output for tensor in tensors(part)]
    return []


def run(case, directory):
    torch.manual_seed(1)
    model = eval(case["expression"], namespace_of(case["file"]))
    disturb(model)
    model.eval()
    if case["framework"] == "transformers":
        # Keys and values that are kept for the next token are no outputs of the network.
        for module in model.modules():
            if hasattr(module, "config"):
                module.config.use_cache = False
    inputs = [draw(wanted) for wanted in case["inputs"]]
    with torch.no_grad():
        named = [wanted.get("name") for wanted in case["inputs"]]
        positional = [x for x, name in zip(inputs, named) if name is None]
        outputs = tensors(model(*positional, **{name: x for x, name in zip(inputs, named) if name is not None}))
    name = case["id"].replace("/", "-")
    weights = directory / f"{name}.pt"
    torch.save(model.state_dict(), weights)
    values = directory / f"{name}-values.safetensors"
    named = {f"input{i}": x.float() for i, x in enumerate(inputs)}
    named |= {f"output{i}": y.float() for i, y in enumerate(outputs)}
    save_file({key: tensor.clone().contiguous() for key, tensor in named.items()}, str(values))
    return {"weights": str(weights), "values": str(values), "outputs": len(outputs)}


def answer(case, directory):
    try:
        return run(case, directory)
    except Exception:
        return {"error": traceback.format_exc(limit=-3)}


def main():
    warnings.simplefilter("ignore")
    answers, sys.stdout = sys.stdout, sys.stderr
    request = json.load(sys.stdin)
    directory = pathlib.Path(request["directory"])
    print(json.dumps([answer(case, directory) for case in request["cases"]]), file=answers)


main()
