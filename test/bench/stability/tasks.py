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


class Vectors(Task):
    """Blobs in 32 dimensions."""

    def __init__(self, seed):
        super().__init__(seed, batch=64)
        self.centres = self.normal(CLASSES * MODES, 32)

    def inputs(self, mode):
        noisy = self.centres[mode] + 0.5 * self.normal(len(mode), 32)
        return noisy / 1.25**0.5


class Images(Task):
    """Smooth patterns of 3×8×8 pixels."""

    channels_last = False

    def __init__(self, seed):
        super().__init__(seed, batch=32)
        coarse = self.normal(CLASSES * MODES, 3, 4, 4)
        smooth = torch.nn.functional.interpolate(coarse, scale_factor=2, mode="bilinear")
        self.patterns = smooth / smooth.pow(2).mean().sqrt()

    def inputs(self, mode):
        images = (self.patterns[mode] + 0.5 * self.normal(len(mode), 3, 8, 8)) / 1.25**0.5
        return images.permute(0, 2, 3, 1) if self.channels_last else images


class ImagesChannelsLast(Images):
    channels_last = True


class Sequences(Task):
    """24 steps of 8 features. Its first six tell the class: it must be remembered to the end."""

    def __init__(self, seed):
        super().__init__(seed, batch=64)
        self.starts = self.normal(CLASSES * MODES, 6, 8)

    def inputs(self, mode):
        noise = self.normal(len(mode), 24, 8)
        steps = noise.clone()
        steps[:, :6] = (self.starts[mode] + 0.5 * noise[:, :6]) / 1.25**0.5
        return steps


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


tasks = {
    "vectors": Vectors,
    "images": Images,
    "imagesChannelsLast": ImagesChannelsLast,
    "sequences": Sequences,
    "tokens": Tokens,
}
