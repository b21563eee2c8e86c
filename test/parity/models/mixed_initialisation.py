"""Every layer drawn in another way, as code looks after three people have worked on it."""

import math

import numpy as np
import torch
import torch.nn as nn
from torch.nn.init import kaiming_normal_, xavier_normal_, zeros_


def init_weights(module, name=""):
    if isinstance(module, nn.Linear):
        if "head" in name:
            zeros_(module.weight)
            nn.init.constant_(module.bias, math.log((1 - 0.01) / 0.01) * -1)
        else:
            nn.init.trunc_normal_(module.weight, std=0.02)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
    elif isinstance(module, (nn.Conv1d, nn.Conv2d)):
        fan_out = np.prod(module.kernel_size) * module.out_channels // module.groups
        module.weight.data.normal_(0, math.sqrt(2.0 / fan_out))
        if module.bias is not None:
            module.bias.data.zero_()
    elif isinstance(module, nn.BatchNorm2d):
        module.weight.data.fill_(1.0)
        module.bias.data.zero_()


def named_apply(fn, module, name=""):
    for child_name, child_module in module.named_children():
        child_name = ".".join((name, child_name)) if name else child_name
        named_apply(fn=fn, module=child_module, name=child_name)
        fn(module=child_module, name=child_name)
    return module


class Gate(nn.Module):
    def __init__(self, channels, init_value=1e-4):
        super().__init__()
        self.gamma = nn.Parameter(init_value * torch.ones(channels), requires_grad=True)
        self.beta = nn.Parameter(torch.full((channels,), 0.5))
        self.temperature = nn.Parameter(torch.tensor(2.0).log())

    def forward(self, x):
        return x * self.gamma[:, None, None] + self.beta.view(-1, 1, 1) * self.temperature.exp()


class Net(nn.Module):
    def __init__(self, width=24, depth=3, num_classes=7):
        super().__init__()
        self.stem = nn.Conv2d(3, width, 5, stride=2, padding=2)
        self.stages = nn.ModuleList()
        for i in range(depth):
            self.stages.append(
                nn.ModuleDict(
                    {
                        "dw": nn.Conv2d(width, width, 3, padding=1, groups=width, bias=i > 0),
                        "bn": nn.BatchNorm2d(width),
                        "pw": nn.Conv2d(width, width, 1),
                        "gate": Gate(width),
                    }
                )
            )
        self.proj = nn.Linear(width, 2 * width)
        self.skip = nn.Parameter(torch.Tensor(width, 2 * width))
        self.logit_scale = nn.Parameter(torch.ones([]) * np.log(1 / 0.07))
        self.head = nn.Linear(2 * width, num_classes)

        named_apply(init_weights, self)
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.skip, a=math.sqrt(5))
        xavier_normal_(self.proj.weight)
        for m in self.stages:
            kaiming_normal_(m["pw"].weight, mode="fan_in", nonlinearity="leaky_relu")
        stdv = 1.0 / math.sqrt(self.stem.weight.size(1))
        self.stem.weight.data.uniform_(-stdv, stdv)
        with torch.no_grad():
            self.stem.bias.copy_(torch.linspace(-1, 1, self.stem.out_channels))

    def forward(self, x):
        x = torch.relu(self.stem(x))
        for stage in self.stages:
            x = x + stage["gate"](stage["pw"](torch.relu(stage["bn"](stage["dw"](x)))))
        x = x.mean(dim=[2, 3])
        x = torch.tanh(self.proj(x)) + x @ self.skip
        return self.head(x) * self.logit_scale.exp()


if __name__ == "__main__":
    net = Net()
    net(torch.randn(2, 3, 64, 64))
