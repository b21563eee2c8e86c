import assert from 'node:assert/strict';
import type { OpOf, Shape } from '../../../src/network';
import { sharedReader } from './support/reader';

/** Expressions, and what PyTorch 2.13 computes of them. */
const computed: readonly (readonly [expression: string, sizes: Shape, values: readonly number[]])[] = [
  ['torch.arange(0, 6, 2)', [3], [0, 2, 4]],
  ['torch.linspace(0, 1, 5)', [5], [0, 0.25, 0.5, 0.75, 1]],
  ['torch.tril(torch.ones(3, 4), 1)', [3, 4], [1, 1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 1]],
  ['torch.triu(torch.full((2, 3), 7.0), diagonal=1)', [2, 3], [0, 7, 7, 0, 0, 7]],
  ['torch.arange(6).reshape(2, 3).t()', [3, 2], [0, 3, 1, 4, 2, 5]],
  ['torch.arange(12).view(3, 4)[1:, ::2]', [2, 2], [4, 6, 8, 10]],
  ['torch.arange(12).view(3, 4)[..., -1]', [3], [3, 7, 11]],
  ['torch.arange(12).view(3, 4)[[2, 0]]', [2, 4], [8, 9, 10, 11, 0, 1, 2, 3]],
  ['torch.arange(12).view(3, 4)[torch.tensor([0, 2]), torch.tensor([1, -1 + 4])]', [2], [1, 11]],
  ['torch.arange(6)[torch.arange(6) % 2 == 1]', [3], [1, 3, 5]],
  ['torch.stack([torch.arange(3), torch.arange(3) * 2], dim=1).flatten()', [6], [0, 0, 1, 2, 2, 4]],
  ['torch.cat([torch.zeros(1, 2), torch.eye(2)])', [3, 2], [0, 0, 1, 0, 0, 1]],
  ['torch.arange(4).repeat_interleave(2)', [8], [0, 0, 1, 1, 2, 2, 3, 3]],
  ['torch.arange(3).repeat(2, 2)', [2, 6], [0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2]],
  ['torch.arange(6).view(2, 3).roll(1, dims=1)', [2, 3], [2, 0, 1, 5, 3, 4]],
  ['torch.arange(6).view(2, 3).flip(0)', [2, 3], [3, 4, 5, 0, 1, 2]],
  ['torch.arange(3)[:, None] - torch.arange(2)[None]', [3, 2], [0, -1, 1, 0, 2, 1]],
  ['torch.arange(4).unfold(0, 2, 1)', [3, 2], [0, 1, 1, 2, 2, 3]],
  ['torch.arange(6).view(2, 3).float().mean(0)', [3], [1.5, 2.5, 3.5]],
  ['torch.arange(6).view(2, 3).max(1).values', [2], [2, 5]],
  ['torch.arange(6).view(2, 3).float().var(1, unbiased=False)', [2], [0.666667, 0.666667]],
  ['torch.arange(1, 5).cumsum(0)', [4], [1, 3, 6, 10]],
  ['torch.einsum("ij,jk->ki", torch.arange(6.0).view(2, 3), torch.arange(6.0).view(3, 2))', [2, 2], [10, 28, 13, 40]],
  ['(torch.arange(3.0) @ torch.arange(3.0))', [], [5]],
  ['torch.where(torch.arange(4) > 1, torch.arange(4), torch.zeros(4))', [4], [0, 0, 2, 3]],
  ['torch.arange(4.0).masked_fill(torch.tensor([True, False, True, False]), -9)', [4], [-9, 1, -9, 3]],
  ['torch.nn.functional.one_hot(torch.tensor([1, 0]), 3)', [2, 3], [0, 1, 0, 1, 0, 0]],
  ['torch.nn.functional.pad(torch.arange(4).view(2, 2), (1, 0, 0, 1))', [3, 3], [0, 0, 1, 0, 2, 3, 0, 0, 0]],
  ['torch.arange(5) // 2', [5], [0, 0, 1, 1, 2]],
  ['-torch.arange(-4, 4) % 3', [8], [1, 0, 2, 1, 0, 2, 1, 0]],
  ['torch.tensor([[1, 2], [3, 4]]).gather(1, torch.tensor([[1], [0]]))', [2, 1], [2, 3]],
  ['torch.softmax(torch.zeros(2, 4), -1)', [2, 4], [0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25]],
  ['torch.meshgrid(torch.arange(2), torch.arange(3), indexing="ij")[1]', [2, 3], [0, 1, 2, 0, 1, 2]],
  ['torch.arange(10).split([3, 7])[1].chunk(2)[1]', [3], [7, 8, 9]],
  ['torch.tensor(2.7).long()', [], [2]],
  ['torch.round(torch.tensor([0.5, 1.5, -0.5]))', [3], [0, 2, 0]],
  ['torch.diff(torch.tensor([1, 4, 9]))', [2], [3, 5]],
  ['torch.unique(torch.tensor([3, 1, 3]))', [2], [1, 3]],
  ['torch.nn.functional.normalize(torch.tensor([[3.0, 4.0]]), dim=-1)', [1, 2], [0.6, 0.8]],
  ['torch.arange(8).view(2, 2, 2).permute(2, 0, 1).reshape(-1)', [8], [0, 2, 4, 6, 1, 3, 5, 7]],
  ['torch.arange(3).expand(2, 3)', [2, 3], [0, 1, 2, 0, 1, 2]],
  ['torch.movedim(torch.arange(6).view(1, 2, 3), 0, -1)', [2, 3, 1], [0, 1, 2, 3, 4, 5]],
  ['torch.outer(torch.arange(2), torch.arange(3))', [2, 3], [0, 0, 0, 0, 1, 2]],
  ['torch.clamp(torch.arange(5), 1, 3)', [5], [1, 1, 2, 3, 3]],
  ['torch.logical_and(torch.tensor([1, 0]) > 0, torch.tensor([1, 1]) > 0)', [2], [1, 0]],
  ['~torch.tensor([True, False])', [2], [0, 1]],
  ['torch.arange(6).view(2, 3).argmax(dim=1)', [2], [2, 2]],
  ['torch.pow(2, torch.arange(3.0))', [3], [1, 2, 4]],
  ['torch.tril_indices(2, 2)', [2, 3], [0, 1, 1, 0, 0, 1]],
  ['torch.tensor([3.0, 1.0]).norm(p=1)', [], [4]],
];

const model = (init: readonly string[], forward: readonly string[], result: string): string =>
  [
    'import torch',
    'from torch import nn',
    'class Net(nn.Module):',
    '    def __init__(self):',
    '        super().__init__()',
    ...init.map((line) => `        ${line}`),
    '    def forward(self, x):',
    ...forward.map((line) => `        ${line}`),
    `        return x + (${result})`,
    '# gradlens: Net(), input=(1,)',
  ].join('\n');

async function constantOf(text: string): Promise<OpOf<'constant'>> {
  const reader = await sharedReader();
  const [network] = reader.read({ file: 'constants.py', text }).networks;
  const constants = network?.nodes.flatMap(({ op }) => (op.kind === 'constant' ? [op] : [])) ?? [];
  const [only] = constants;
  assert.ok(only && constants.length === 1, `one constant, not ${JSON.stringify(network?.nodes)}`);
  return only;
}

function valuesOf({ shape, content }: OpOf<'constant'>): readonly number[] {
  const count = (shape ?? []).reduce<number>((all, size) => all * (typeof size === 'number' ? size : NaN), 1);
  const [rows = 1, columns = 1] = (shape ?? []).slice(-2).map(Number);
  switch (content.kind) {
    case 'fill':
      return Array.from({ length: count }, () => content.value);
    case 'range':
      return Array.from({ length: count }, (_, at) => content.start + at * content.step);
    case 'values':
      return content.values;
    case 'triangle':
      return Array.from({ length: count }, (_, at) => {
        const apart = (at % columns) - (Math.floor(at / columns) % rows);
        const within = content.side === 'lower' ? apart <= content.diagonal : apart >= content.diagonal;
        return within ? content.inside : content.outside;
      });
    default:
      return assert.fail(JSON.stringify(content));
  }
}

const rounded = (values: readonly number[]): readonly number[] => values.map((value) => Number(value.toFixed(6)) + 0);

describe('tensors of known numbers', () => {
  it('are computed as PyTorch does, in a forward and outside', async () => {
    for (const [expression, sizes, values] of computed) {
      const inside = await constantOf(model([], [], expression));
      const outside = await constantOf(model([`self.c = ${expression}`], [], 'self.c'));
      for (const constant of [inside, outside]) {
        assert.deepEqual(constant.shape, sizes, expression);
        assert.deepEqual(rounded(valuesOf(constant)), values, expression);
      }
    }
  });

  it('are changed in place, also through a part of them', async () => {
    const changes = [
      'c = torch.zeros(2, 3)',
      'c[:, 1] = 5',
      'd = c[0]',
      'd += 1',
      'c[1:].mul_(2)',
      'e = c.clone()',
      'e.fill_(9)',
    ];
    for (const [init, forward, result] of [
      [[], changes, 'c'],
      [[...changes, 'self.register_buffer("c", c)'], [], 'self.c'],
    ] as const) {
      const constant = await constantOf(model(init, forward, result));
      assert.deepEqual(valuesOf(constant), [1, 6, 1, 0, 10, 0]);
    }
  });

  it('are told in short where they can be, whatever their sizes', async () => {
    const mask = await constantOf(
      model(
        ['self.register_buffer("mask", torch.tril(torch.ones(2048, 2048)).view(1, 1, 2048, 2048))'],
        [],
        'self.mask == 0',
      ),
    );
    assert.deepEqual(mask.content, { kind: 'triangle', side: 'lower', diagonal: 0, inside: 0, outside: 1 });
    const positions = await constantOf(model([], ['T = x.shape[0]'], 'torch.arange(T) * 2 + 1'));
    assert.deepEqual(positions.content, { kind: 'range', start: 1, step: 2 });
  });

  it('are not made up where nobody knows them', async () => {
    const drawn = await constantOf(model(['self.register_buffer("b", torch.randn(3) * 2)'], [], 'self.b'));
    assert.deepEqual(drawn.content, { kind: 'buffer', path: 'b' });
  });
});
