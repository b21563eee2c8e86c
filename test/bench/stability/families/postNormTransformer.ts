import { indented } from '../draws';
import { modelsOf, type Built, type Family } from '../model';

interface Settings extends Built {
  readonly layers: number;
  /** More arguments of the encoder layer. */
  readonly more?: string;
  /** At the end of the constructor. */
  readonly draw?: string;
}

const text = ({ layers, more = '', draw = '' }: Settings): string => `import torch
from torch import nn


class TextClassifier(nn.Module):
    def __init__(self, vocab_size=64, d_model=32, nhead=4, num_layers=${layers}, num_classes=10):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, d_model)
        layer = nn.TransformerEncoderLayer(
            d_model, nhead, dim_feedforward=4 * d_model, dropout=0.0, batch_first=True${more}
        )
        self.encoder = nn.TransformerEncoder(layer, num_layers)
        self.classifier = nn.Linear(d_model, num_classes)
${indented(draw, 8)}
    def forward(self, tokens):
        x = self.embedding(tokens)
        x = self.encoder(x)
        return self.classifier(x.mean(dim=1))


model = TextClassifier()
model(torch.zeros(1, 16, dtype=torch.long))
`;

const matrices = (statement: string): string =>
  `for p in self.encoder.parameters():\n    if p.dim() > 1:\n        ${statement}`;
const suspects = ['encoder.layers.*.weight', 'encoder.layers.*.in_proj_weight'];

/** PyTorch's own encoder: the norm after the sum, as in the first Transformer, or before. */
export const postNormTransformer: Family = {
  name: 'post-norm Transformer',
  half: 'heldOut',
  task: 'tokens',
  gives: 'logits',
  models: modelsOf<Settings>(
    {
      '2 layers, default': { layers: 2 },
      '4 layers, default': { layers: 4 },
      '3 layers, norm first': { layers: 3, more: ', norm_first=True' },
      '6 layers, norm first': { layers: 6, more: ', norm_first=True' },
      '3 layers, gelu': { layers: 3, more: ', activation="gelu"' },
      '3 layers, Xavier': { layers: 3, draw: matrices('nn.init.xavier_uniform_(p)') },
      '4 layers, std 0.02': { layers: 4, draw: matrices('nn.init.normal_(p, std=0.02)') },
      '4 layers, std 1': { layers: 4, draw: matrices('nn.init.normal_(p, std=1.0)'), suspects },
      '3 layers, zeros': { layers: 3, draw: matrices('nn.init.zeros_(p)'), suspects },
      '2 layers, embedding 20': { layers: 2, draw: 'nn.init.normal_(self.embedding.weight, std=20.0)' },
    },
    text,
  ),
};
