import torch
import torch.nn as nn


class Teacher(nn.Module):
    """The teacher is detached on purpose."""

    def __init__(self):
        super().__init__()
        self.teacher = nn.Linear(64, 32)
        self.student = nn.Linear(64, 32)

    def forward(self, x):
        return self.student(x), self.teacher(x).detach()
