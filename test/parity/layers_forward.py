"""The models that a file calls at its top, with the arguments it calls them with: of each the state, the inputs, and what it gives in
evaluation. Answers {class name: {"weights", "inputs", "outputs"}}, every tensor as {"shape", "data"} with float32 in base64.
"""

import base64
import json
import runpy
import sys
import warnings

import torch
from torch import nn

warnings.filterwarnings("ignore")
call = nn.Module.__call__
answers = {}
depth = 0


def tensors(value):
    if isinstance(value, torch.Tensor):
        return [value]
    if isinstance(value, (tuple, list)):
        return [tensor for item in value for tensor in tensors(item)]
    return []


def encode(tensor):
    data = tensor.detach().float().contiguous().numpy().tobytes()
    return {"shape": list(tensor.shape), "data": base64.b64encode(data).decode()}


def recorded(module, *arguments, **keywords):
    global depth
    if depth > 0:
        return call(module, *arguments, **keywords)
    depth += 1
    # Lazy layers take their sizes from the first call.
    call(module, *arguments, **keywords)
    module.eval()
    with torch.no_grad():
        outputs = call(module, *arguments, **keywords)
    depth -= 1
    answers[type(module).__name__] = {
        "weights": {path: encode(tensor) for path, tensor in module.state_dict().items()},
        "inputs": [encode(tensor) for tensor in tensors(arguments)],
        "outputs": [encode(tensor) for tensor in tensors(outputs)],
    }
    return outputs


torch.manual_seed(0)
nn.Module.__call__ = recorded
runpy.run_path(json.load(sys.stdin)["file"])
json.dump(answers, sys.stdout)
