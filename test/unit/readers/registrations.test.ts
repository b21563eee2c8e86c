import assert from 'node:assert/strict';
import { dimText } from '../../../src/network';
import type { ReadResult } from '../../../src/readers';
import { sharedReader } from './support/reader';

const registry = `
models = {}

def register(make):
    models[make.__name__] = make
    return make

def alias(name, other):
    models[name] = models[other]

def create(name, **settings):
    return models[name](**settings)
`;

const zoo = (head: string, tail: string): string => `
from torch import nn
from registry import register, alias as register_alias, create
${head}

@register
def small(width=4):
    return nn.Sequential(nn.Linear(width, width, bias=False), nn.ReLU())

@register
def large(width=8):
    return nn.Sequential(nn.Linear(width, width, bias=False), nn.ReLU())

register_alias('big', 'large')
${tail}
`;

async function shapes(text: string): Promise<readonly string[]> {
  const texts: Readonly<Record<string, string>> = { '/project/registry.py': registry };
  const reader = await sharedReader();
  const { networks, notes }: ReadResult = reader.read({
    file: '/project/zoo.py',
    text,
    files: { roots: ['/project'], read: (path) => texts[path] },
  });
  assert.deepEqual(notes, []);
  return networks.flatMap(({ parameters }) => parameters.map(({ shape }) => shape.map(dimText).join('×')));
}

describe('definitions that a module is told of', () => {
  it('are known to it when it is asked', async () => {
    assert.deepEqual(await shapes(zoo('', "model = create('small', width=3)")), ['8×8', '3×3']);
    assert.deepEqual(await shapes(zoo('', "model = create('big', width=3)")), ['4×4', '3×3']);
  });

  it('are known to it where what it keeps has been handed out before', async () => {
    const text = zoo('from registry import models\nkept = models', "model = kept['large'](width=2)");
    assert.deepEqual(await shapes(text), ['4×4', '2×2']);
  });

  it('can be asked for by their own names', async () => {
    assert.deepEqual(await shapes(zoo('', 'model = large(2)')), ['4×4', '2×2']);
  });
});

describe('functions of the file itself', () => {
  it('take the defaults that stand above them, though the names change below', async () => {
    const text = `
from torch import nn
width = 3

def make(width=width):
    return nn.Sequential(nn.Linear(width, width, bias=False), nn.ReLU())

width = 5
model = make()
`;
    assert.deepEqual(await shapes(text), ['3×3']);
  });
});
