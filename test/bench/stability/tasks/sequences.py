from tasks.task import CLASSES, MODES, Task


class Sequences(Task):
    """Eight steps of eight features. The first four tell the class: it must be remembered to the end."""

    def __init__(self, seed):
        super().__init__(seed, batch=64)
        self.starts = self.normal(CLASSES * MODES, 4, 8)

    def inputs(self, mode):
        noise = self.normal(len(mode), 8, 8)
        steps = noise.clone()
        steps[:, :4] = (self.starts[mode] + 0.5 * noise[:, :4]) / 1.25**0.5
        return steps
