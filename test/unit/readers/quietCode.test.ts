import assert from 'node:assert/strict';
import { dimText } from '../../../src/network';
import { sharedReader } from './support/reader';

/** A table that is long enough to wait until somebody asks for it. */
const table = (row: string): string =>
  `sizes = {\n${Array.from({ length: 80 }, (_, at) => `    'net_${at}': ${row.replaceAll('AT', String(at))},`).join('\n')}\n}\n`;

async function shapes(text: string): Promise<readonly string[]> {
  const reader = await sharedReader();
  const { networks, notes } = reader.read({ file: '/project/net.py', text: `from torch import nn\n${text}` });
  assert.deepEqual(notes, []);
  return networks.flatMap(({ parameters }) => parameters.map(({ shape }) => shape.map(dimText).join('×')));
}

const rows = `
WIDTH = 4

def row(width=WIDTH, **more):
    return {'width': width, **more}

`;
const net = (width: string): string =>
  `\nmodel = nn.Sequential(nn.Linear(${width}, 2, bias=False), nn.ReLU(), nn.Linear(2, 1, bias=False))\n`;

describe('tables that nobody may ask for', () => {
  it('are there when they are asked', async () => {
    const text = rows + table("row(width=AT, source='net_AT')") + net("sizes['net_7']['width']");
    assert.deepEqual(await shapes(text), ['2×7', '1×2']);
  });

  it('are changed by what stands below them, in its order', async () => {
    const changes = `
short = [name for name in sizes if len(name) < 6]
for name in short:
    sizes[name + '_half'] = row(width=sizes[name]['width'] * 2)
sizes.update({'net_7_half': row(width=sizes['net_7_half']['width'] + 1)})
`;
    assert.deepEqual(await shapes(rows + table('row(width=AT)') + changes + net("sizes['net_7_half']['width']")), [
      '2×15',
      '1×2',
    ]);
  });

  it('are filled with what their names stood for', async () => {
    const text = `${rows}other = 5\n${table('row(width=other)')}\nother = 6\n${net("sizes['net_7']['width']")}`;
    assert.deepEqual(await shapes(text), ['2×5', '1×2']);
    const later = `${rows}other = 5\n${table('row(width=double(other))')}`;
    const double = 'factor = 2\ndef double(width):\n    return factor * width\n';
    assert.deepEqual(await shapes(`${double}${later}factor = 3\n${net("sizes['net_7']['width']")}`), ['2×10', '1×2']);
  });

  it('are executed where they may make a model', async () => {
    const cls = `
class Net(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.fc = nn.Linear(3, width, bias=False)

    def forward(self, x):
        return self.fc(x).relu()

`;
    assert.deepEqual(await shapes(cls + table('Net(7) if AT == 7 else None')), ['7×3']);
    const make = `${cls}def make(at):\n    return Net(at) if at == 7 else None\n\n`;
    assert.deepEqual(await shapes(make + table('make(AT)')), ['7×3']);
    assert.deepEqual(await shapes(`${make}def call(f, at):\n    return f(at)\n\n${table('call(make, AT)')}`), ['7×3']);
  });

  it('are executed where they change what is known already', async () => {
    const count = 'known = []\ndef add(at):\n    known.append(at)\n    return at\n';
    assert.deepEqual(await shapes(count + table('add(AT)') + net('len(known)')), ['2×80', '1×2']);
  });
});
