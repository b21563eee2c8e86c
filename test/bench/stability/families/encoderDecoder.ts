import { drawingFunction, he, normal, xavier } from '../draws';
import { modelsOf, type Built, type Family } from '../model';

interface Settings extends Built {
  readonly activation: string;
  /** Layers at each width of 64, 32 and 16. */
  readonly repeats: number;
  readonly encoder?: string;
  readonly decoder?: string;
}

const drawn = (part: 'encoder' | 'decoder', draw: string | undefined): string =>
  draw === undefined ? '' : `${drawingFunction(`init_${part}`, draw)}\n\n`;

const text = ({ activation, repeats, encoder, decoder }: Settings): string => `import torch
from torch import nn


def stack(sizes, repeats=${repeats}):
    layers = []
    for before, after in zip(sizes[:-1], sizes[1:]):
        layers += [nn.Linear(before, after), ${activation}]
        for _ in range(repeats - 1):
            layers += [nn.Linear(after, after), ${activation}]
    return nn.Sequential(*layers)


${drawn('encoder', encoder)}${drawn('decoder', decoder)}class EncoderDecoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = stack([32, 64, 32, 16])
        self.decoder = stack([16, 32, 64])
        self.readout = nn.Linear(64, 10)
${encoder === undefined ? '' : '        self.encoder.apply(init_encoder)\n'}${decoder === undefined ? '' : '        self.decoder.apply(init_decoder)\n'}
    def forward(self, x):
        return self.readout(self.decoder(self.encoder(x)))


model = EncoderDecoder()
`;

const both = ['encoder.*.weight', 'decoder.*.weight'];

/** A bottleneck: one of its halves may be drawn otherwise than the other. */
export const encoderDecoder: Family = {
  name: 'encoder-decoder',
  half: 'tuning',
  task: 'vectors',
  gives: 'logits',
  models: modelsOf<Settings>(
    {
      'relu 1, default': { activation: 'nn.ReLU()', repeats: 1 },
      'relu 2, He': { activation: 'nn.ReLU()', repeats: 2, encoder: he, decoder: he },
      'relu 5, default': { activation: 'nn.ReLU()', repeats: 5, suspects: both },
      'tanh 2, Xavier': { activation: 'nn.Tanh()', repeats: 2, encoder: xavier, decoder: xavier },
      'tanh 3, Xavier': { activation: 'nn.Tanh()', repeats: 3, encoder: xavier, decoder: xavier },
      'relu 2, encoder std 0.001': {
        activation: 'nn.ReLU()',
        repeats: 2,
        encoder: normal(0.001),
        decoder: he,
        suspects: ['encoder.*.weight'],
      },
      'tanh 3, decoder std 0.01': {
        activation: 'nn.Tanh()',
        repeats: 3,
        encoder: xavier,
        decoder: normal(0.01),
        suspects: ['decoder.*.weight'],
      },
      'relu 3, encoder std 2': {
        activation: 'nn.ReLU()',
        repeats: 3,
        encoder: normal(2),
        decoder: he,
        suspects: ['encoder.*.weight'],
      },
      'sigmoid 3, default': { activation: 'nn.Sigmoid()', repeats: 3, suspects: both },
      'gelu 2, default': { activation: 'nn.GELU()', repeats: 2 },
    },
    text,
  ),
};
