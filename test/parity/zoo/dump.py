"""What the frameworks make of constructors: of every parameter the path, the shape and the moments of its draws over seeds.

Reads [{"id", "framework", "file", "expression", "values"}, ...] from standard input and answers each with one line of JSON as
soon as it is known. Sums are kept, not tensors. Of a tensor of more than MOST_SAMPLES elements as many are taken at random
places of every seed. There are MOST_SEEDS seeds, or as many as fit in MOST_SECONDS but at least LEAST_SEEDS: of a large
model the few seeds hold millions of draws.
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

from namespaces import namespace_of

MOST_SEEDS = 10
LEAST_SEEDS = 2
MOST_SECONDS = 3
MOST_SAMPLES = 2**16


class Moments:
    """Count, mean, and the central moments of order two and four of batches of draws (Chan et al.; Pébay 2008)."""

    def __init__(self, shape):
        self.shape = shape
        self.count = 0
        self.mean = self.second = self.third = self.fourth = 0.0
        self.low = float("inf")
        self.high = float("-inf")

    def add(self, values):
        count = values.numel()
        if count == 0:
            return
        mean = values.mean()
        centered = values - mean
        squares = centered * centered
        second = squares.sum().item()
        third = (squares * centered).sum().item()
        fourth = (squares * squares).sum().item()
        self.merge(count, mean.item(), second, third, fourth)
        self.low = min(self.low, values.min().item())
        self.high = max(self.high, values.max().item())

    def merge(self, n, mean, second, third, fourth):
        m = self.count
        total = m + n
        d = mean - self.mean
        self.fourth += (
            fourth
            + d**4 * m * n * (m * m - m * n + n * n) / total**3
            + 6 * d**2 * (m * m * second + n * n * self.second) / total**2
            + 4 * d * (m * third - n * self.third) / total
        )
        self.third += third + d**3 * m * n * (m - n) / total**2 + 3 * d * (m * second - n * self.second) / total
        self.second += second + d**2 * m * n / total
        self.mean += d * n / total
        self.count = total

    def summary(self):
        if self.count == 0:
            return {"shape": self.shape}
        variance = self.second / self.count
        return {
            "shape": self.shape,
            "draws": {
                "samples": self.count,
                "mean": self.mean,
                "std": variance**0.5,
                # As large as a normal's where nothing varies: it is not told then.
                "kurtosis": self.fourth / self.count / variance**2 if variance > 0 else 3.0,
                "low": self.low,
                "high": self.high,
            },
        }


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


def sample(tensor, generator):
    values = tensor.detach().flatten()
    if len(values) > MOST_SAMPLES:
        values = values[torch.randint(len(values), (MOST_SAMPLES,), generator=generator)]
    return values.double()


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
        late = time.monotonic() - start > MOST_SECONDS and seed >= LEAST_SEEDS
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
