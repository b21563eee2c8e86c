"""The small classification tasks of the stability bench: ten classes, made by seed, normalised to a second moment of one."""

import torch

CLASSES = 10
MODES = 2


class Task:
    """Samples of one kind of input. Each class has two modes, so that no linear map tells all classes."""

    def __init__(self, seed, batch):
        self.random = torch.Generator().manual_seed(seed)
        self.batch = batch

    def normal(self, *shape):
        return torch.randn(*shape, generator=self.random)

    def sample(self, count=None):
        """Inputs and classes of a fresh batch."""
        count = count or self.batch
        mode = torch.randint(0, CLASSES * MODES, (count,), generator=self.random)
        return self.inputs(mode), mode % CLASSES
