import torch

from tasks.task import CLASSES, MODES, Task


class Tokens(Task):
    """16 tokens of a vocabulary of 64, of which a class prefers eight."""

    def __init__(self, seed):
        super().__init__(seed, batch=64)
        self.preferred = torch.stack(
            [torch.randperm(64, generator=self.random)[:8] for _ in range(CLASSES * MODES)]
        )

    def inputs(self, mode):
        shape = (len(mode), 16)
        liked = self.preferred[mode].gather(1, torch.randint(0, 8, shape, generator=self.random))
        anything = torch.randint(0, 64, shape, generator=self.random)
        return torch.where(torch.rand(shape, generator=self.random) < 0.85, liked, anything)
