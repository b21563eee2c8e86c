import { drawingLoop, lecun, normal, xavier } from '../draws';
import { modelsOf, type Built, type Family } from '../model';

interface Settings extends Built {
  readonly layers: number;
  readonly gate: string;
  /** RMS norm before each layer and the sum with its input after it. */
  readonly residual?: true;
  readonly draw?: string;
}

const text = ({ layers, gate, residual, draw }: Settings): string => `import torch
import torch.nn.functional as F
from torch import nn


class GatedLinear(nn.Module):
    def __init__(self, dim, hidden):
        super().__init__()
${residual ? '        self.norm = nn.RMSNorm(dim)\n' : ''}        self.w1 = nn.Linear(dim, hidden)
        self.w2 = nn.Linear(hidden, dim)
        self.w3 = nn.Linear(dim, hidden)

    def forward(self, x):
${residual ? '        h = self.norm(x)\n        return x + self.w2(' : '        h = x\n        return self.w2('}${gate}(self.w1(h)) * self.w3(h))


class Net(nn.Module):
    def __init__(self, dim=48, n_layers=${layers}):
        super().__init__()
        self.embed = nn.Linear(32, dim)
        self.layers = nn.ModuleList()
        for _ in range(n_layers):
            self.layers.append(GatedLinear(dim, 2 * dim))
        self.output = nn.Linear(dim, 10)
${drawingLoop(draw)}
    def forward(self, x):
        x = self.embed(x)
        for layer in self.layers:
            x = layer(x)
        return self.output(x)


model = Net()
`;

const suspects = ['layers.*.weight'];

/** SwiGLU and its like, as in Llama's feed-forward layers. */
export const gatedMlp: Family = {
  name: 'gated MLP',
  half: 'heldOut',
  task: 'vectors',
  gives: 'logits',
  models: modelsOf<Settings>(
    {
      'SwiGLU 6, residual': { layers: 6, gate: 'F.silu', residual: true },
      'GeGLU 12, residual': { layers: 12, gate: 'F.gelu', residual: true },
      'SwiGLU 8, residual, std 0.02': { layers: 8, gate: 'F.silu', residual: true, draw: normal(0.02) },
      'GLU 4, residual, Xavier': { layers: 4, gate: 'torch.sigmoid', residual: true, draw: xavier },
      'GLU 1, LeCun': { layers: 1, gate: 'torch.sigmoid', draw: lecun },
      'SwiGLU 4, plain, default': { layers: 4, gate: 'F.silu', suspects },
      'GLU 8, plain, default': { layers: 8, gate: 'torch.sigmoid', suspects },
      'SwiGLU 4, plain, std 1': { layers: 4, gate: 'F.silu', draw: normal(1), suspects },
    },
    text,
  ),
};
