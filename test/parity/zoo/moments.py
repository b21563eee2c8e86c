"""The moments of draws over seeds: sums are kept, not tensors. Of a tensor of more than MOST_SAMPLES elements as many are
taken at random places of every seed."""

import torch

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


def sample(tensor, generator):
    values = tensor.detach().flatten()
    if len(values) > MOST_SAMPLES:
        values = values[torch.randint(len(values), (MOST_SAMPLES,), generator=generator)]
    return values.double()
