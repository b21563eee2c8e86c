"""Burgers' equation by a physics-informed network."""

import numpy as np
import torch

layers = np.array([2, 20, 20, 20, 20, 20, 20, 20, 20, 1])
lb, ub = torch.tensor([-1.0, 0.0]), torch.tensor([1.0, 1.0])


class FCN(torch.nn.Module):
    def __init__(self, layers):
        super().__init__()
        self.activation = torch.nn.Tanh()
        self.linears = torch.nn.ModuleList([torch.nn.Linear(layers[i], layers[i + 1]) for i in range(len(layers) - 1)])
        self.nu = torch.nn.Parameter(torch.tensor([0.01 / np.pi], dtype=torch.float32))

        for i in range(len(layers) - 1):
            torch.nn.init.xavier_normal_(self.linears[i].weight.data, gain=1.0)
            torch.nn.init.zeros_(self.linears[i].bias.data)

    def forward(self, x):
        a = 2.0 * (x - lb) / (ub - lb) - 1.0
        for i in range(len(layers) - 2):
            z = self.linears[i](a)
            a = self.activation(z)
        return self.linears[-1](a)

    def loss_pde(self, x):
        g = x.clone().requires_grad_(True)
        u = self.forward(g)
        u_g = torch.autograd.grad(u, g, torch.ones_like(u), create_graph=True)[0]
        u_x, u_t = u_g[:, [0]], u_g[:, [1]]
        u_xx = torch.autograd.grad(u_x, g, torch.ones_like(u_x), create_graph=True)[0][:, [0]]
        return ((u_t + u * u_x - self.nu * u_xx) ** 2).mean()


PINN = FCN(layers)

if __name__ == "__main__":
    points = torch.rand(100, 2)
    print(PINN.loss_pde(points))
