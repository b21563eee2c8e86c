"""Trains models of the stability bench and says what was measured.

In comes a list of models as JSON, each with the text that GradLens reads and the name of its task; out goes a line of JSON
for each as soon as it is known. A text makes `model`; it is run anew for each seed.
"""

import os

os.environ["KERAS_BACKEND"] = "torch"

import contextlib  # noqa: E402
import json  # noqa: E402
import math  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
import warnings  # noqa: E402

import torch  # noqa: E402
from torch.nn import functional as F  # noqa: E402
from torch.overrides import TorchFunctionMode  # noqa: E402

from tasks import tasks  # noqa: E402

STEPS = 400
SEEDS = (1, 2)
# Of what people start with: one rate on the bold side, one on the careful.
RATES = {"sgd": (0.05, 0.01), "adam": (2e-3, 5e-4)}
# Over so many steps the accuracy is averaged; from GOOD on there is nothing more to learn of a model.
WINDOW = 16
GOOD = 0.95


def make(text, seed):
    """The model of a text, drawn from a seed. Keras draws from a seed of its own."""
    torch.manual_seed(seed)
    if "keras" in text:
        import keras

        keras.utils.set_random_seed(seed)
    names = {"__name__": "model"}
    # What a text prints is not for those who listen to us.
    with contextlib.redirect_stdout(None):
        exec(text, names)
    model = names["model"]
    model.train()
    return model


def loss_of(output, classes, gives):
    """As the model's output asks for: of probabilities the logarithm is taken, as Keras does."""
    if gives == "probabilities":
        return F.nll_loss(output.clamp(1e-7, 1).log(), classes)
    return F.cross_entropy(output, classes)


def optimiser_of(kind, model, rate):
    if kind == "sgd":
        return torch.optim.SGD(model.parameters(), lr=rate, momentum=0.9)
    return torch.optim.Adam(model.parameters(), lr=rate)


def run(model, spec, kind, rate, seed):
    """Trains for a while: the accuracy over the last steps, how many there were, and at which a number was not finite."""
    task = tasks[spec["task"]](seed=7)
    optimiser = optimiser_of(kind, model, rate)
    accuracies = []
    for step in range(STEPS):
        x, y = task.sample()
        optimiser.zero_grad()
        output = model(x)
        loss = loss_of(output, y, spec["gives"])
        if not math.isfinite(loss.item()):
            return {"optimiser": kind, "rate": rate, "seed": seed, "accuracy": 0, "steps": step, "nonFinite": step}
        loss.backward()
        optimiser.step()
        accuracies.append((output.argmax(1) == y).float().mean().item())
        if step >= WINDOW and mean(accuracies[-WINDOW:]) >= GOOD:
            break
    accuracy = round(mean(accuracies[-WINDOW:]), 3)
    return {"optimiser": kind, "rate": rate, "seed": seed, "accuracy": accuracy, "steps": len(accuracies)}


class Activations(TorchFunctionMode):
    """Listens to activations: how many of the units of a layer are dead for a whole batch, how many values are saturated."""

    rectifiers = {F.relu, torch.relu, torch.Tensor.relu, F.relu6}
    squashing = {torch.tanh: -1, torch.Tensor.tanh: -1, torch.sigmoid: 0, torch.Tensor.sigmoid: 0}

    def __init__(self):
        super().__init__()
        self.dead = []
        self.saturated = []

    def __torch_function__(self, function, types, args=(), kwargs=None):
        output = function(*args, **(kwargs or {}))
        if isinstance(output, torch.Tensor) and output.ndim > 1:
            values = output.detach()
            if function in self.rectifiers:
                units = values.flatten(2).amax((0, 2)) if values.ndim == 4 else values.flatten(0, -2).amax(0)
                self.dead.append((units <= 0).float().mean().item())
            elif function in self.squashing:
                low = self.squashing[function]
                width = 1 - low
                edge = (values < low + 0.005 * width) | (values > 1 - 0.005 * width)
                self.saturated.append(edge.float().mean().item())
        return output


def look(model, spec):
    """What one batch shows of a model as it stands."""
    x, y = tasks[spec["task"]](seed=7).sample(256)
    listening = Activations()
    with listening:
        output = model(x)
    loss = loss_of(output, y, spec["gives"])
    model.zero_grad()
    loss.backward()
    weights = [p for p in model.parameters() if p.ndim >= 2 and p.grad is not None]
    norms = [p.grad.norm().item() for p in weights]
    size = output.detach().pow(2).mean().sqrt().item()
    spread = output.detach().std(0).mean().item()
    return {
        "loss": rounded(loss.item()),
        # ‖∂L/∂W‖ of the first weight over that of the last, and the smallest over the largest.
        "gradientRatio": rounded(norms[0] / norms[-1]) if norms[-1] else None,
        "gradientRange": rounded(min(norms) / max(norms)) if max(norms) > 0 else 0,
        # How much the output differs between inputs, relative to its size.
        "spread": rounded(spread / size) if size else 0,
        "dead": rounded(max(listening.dead, default=0)),
        "saturated": rounded(max(listening.saturated, default=0)),
        # Share of the weights of several units of which all are alike.
        "identical": rounded(mean([float(alike(p)) for p in weights if len(p) > 1])),
    }


def alike(weight):
    rows = weight.detach().flatten(1)
    return bool((rows - rows[0]).abs().max() <= 1e-4 * rows.abs().max())


def mean(values):
    return sum(values) / max(1, len(values))


def rounded(number):
    return float(f"{number:.3g}") if math.isfinite(number) else str(number)


def measure(spec):
    start = look(make(spec["text"], SEEDS[0]), spec)
    runs = []
    end = None
    for kind, rates in RATES.items():
        for seed in SEEDS:
            for rate in rates:
                model = make(spec["text"], seed)
                runs.append(run(model, spec, kind, rate, seed))
                if runs[-1]["accuracy"] >= GOOD:
                    break
            if end is None or kind == "adam" and seed == SEEDS[-1]:
                end = look(model, spec)
    return {"start": start, "end": end, "runs": runs}


def main():
    torch.set_num_threads(1)
    warnings.filterwarnings("ignore")
    for spec in json.load(sys.stdin):
        begun = time.time()
        measured = measure(spec)
        print(json.dumps({"id": spec["id"], "seconds": round(time.time() - begun, 1), **measured}), flush=True)


main()
