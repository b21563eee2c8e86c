import torch

from tasks.task import CLASSES, MODES, Task


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
