"""What the frameworks make of constructors: of every parameter the path, the shape and the moments of its draws over seeds.

Reads [{"id", "framework", "file", "expression", "values", "seeds"}, ...] from standard input and answers each with one line
of JSON as soon as it is known. There are MOST_SEEDS seeds, or as many as fit in MOST_SECONDS but at least those asked for:
of a large model few seeds hold millions of draws.
"""

import gc
import json
import sys
import time
import traceback
import warnings

import frameworks  # noqa: F401
import keras
import torch
import transformers

from moments import Moments, sample
from namespaces import namespace_of

MOST_SEEDS = 10
MOST_SECONDS = 3


def make(request, seed):
    """The parameters and the buffers of a new model, by path."""
    if request["framework"] == "keras":
        keras.utils.clear_session()
        keras.utils.set_random_seed(seed)
        model = eval(request["expression"], namespace_of(request["file"]))
        trainable = {weight.path: weight.value for weight in model.trainable_weights}
        return trainable, {weight.path: weight.value for weight in model.non_trainable_weights}
    torch.manual_seed(seed)
    with torch.device("cpu" if request["values"] else "meta"):
        model = eval(request["expression"], namespace_of(request["file"]))
    return dict(model.named_parameters()), dict(model.named_buffers())


def dump(request):
    moments = {}
    start = time.monotonic()
    seed = 0
    while True:
        parameters, buffers = make(request, seed)
        # Places of its own: the draws of the model stay those of its seed.
        generator = torch.Generator().manual_seed(seed)
        for path, tensor in parameters.items():
            kept = moments.setdefault(path, Moments(list(tensor.shape)))
            if request["values"]:
                kept.add(sample(tensor, generator))
        shapes = {path: list(buffer.shape) for path, buffer in buffers.items()}
        del parameters, buffers
        gc.collect()
        seed += 1
        late = time.monotonic() - start > MOST_SECONDS and seed >= request["seeds"]
        if late or seed == MOST_SEEDS or not request["values"]:
            break
    return {
        "seeds": seed,
        "seconds": round(time.monotonic() - start, 2),
        "parameters": {path: kept.summary() for path, kept in moments.items()},
        "buffers": shapes,
    }


def main():
    warnings.simplefilter("ignore")
    transformers.logging.set_verbosity_error()
    torch.set_num_threads(2)
    # What is imported stays: only models are collected.
    gc.freeze()
    answers = sys.stdout
    # What a model prints while it is made is no answer.
    sys.stdout = sys.stderr
    for request in json.load(sys.stdin):
        try:
            answer = dump(request)
        except Exception:
            answer = {"error": traceback.format_exc(limit=-3)}
        print(json.dumps({"id": request["id"], **answer}), file=answers, flush=True)


main()
