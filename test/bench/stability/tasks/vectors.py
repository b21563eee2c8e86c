from tasks.task import CLASSES, MODES, Task


class Vectors(Task):
    """Blobs in 32 dimensions."""

    def __init__(self, seed):
        super().__init__(seed, batch=64)
        self.centres = self.normal(CLASSES * MODES, 32)

    def inputs(self, mode):
        noisy = self.centres[mode] + 0.5 * self.normal(len(mode), 32)
        return noisy / 1.25**0.5
