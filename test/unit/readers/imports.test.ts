import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { FileProvider, ReaderInput, ReadResult } from '../../../src/readers';
import { dimText, parameterCount } from '../../../src/network';
import { sharedReader } from './support/reader';

/** Files of a table; which of them were read is kept. */
function filesOf(texts: Readonly<Record<string, string>>, roots: readonly string[] = ['/project']) {
  const asked: string[] = [];
  const files: FileProvider = {
    roots,
    read: (path) => {
      if (path in texts) asked.push(path);
      return texts[path];
    },
  };
  return { files, asked };
}

async function read(
  texts: Readonly<Record<string, string>>,
  file: string,
  more: Partial<ReaderInput> = {},
): Promise<ReadResult> {
  const reader = await sharedReader();
  return reader.read({ file, text: texts[file] ?? '', files: filesOf(texts).files, ...more });
}

const paths = ({ networks }: ReadResult): readonly string[] =>
  networks.flatMap(({ parameters }) => parameters.map(({ path, shape }) => `${path} ${shape.map(dimText).join('×')}`));

const block = `
from torch import nn

class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.fc = nn.Linear(width, width, bias=False)

    def forward(self, x):
        return self.fc(x)
`;
const net = (importing: string, name = 'Block'): string => `
from torch import nn
${importing}

class Net(nn.Module):
    def __init__(self, width=8):
        super().__init__()
        self.block = ${name}(width)

    def forward(self, x):
        return self.block(x)
`;

describe('imports from other files', () => {
  const ways: Readonly<Record<string, readonly [string, string]>> = {
    'relative, from a module': ['from .block import Block', 'Block'],
    'relative, under another name': ['from .block import Block as B', 'B'],
    'the module itself': ['from . import block', 'block.Block'],
    'relative, by star': ['from .block import *', 'Block'],
    'absolute, from the project': ['from pkg.block import Block', 'Block'],
    'absolute, dotted': ['import pkg.block', 'pkg.block.Block'],
    'absolute, dotted, under another name': ['import pkg.block as b', 'b.Block'],
    'from a package that imports it': ['from .parts import Block', 'Block'],
    'from a package that imports all of it': ['from .parts.everything import Block', 'Block'],
    'from above': ['from ..pkg.block import Block', 'Block'],
  };
  for (const [way, [importing, name]] of Object.entries(ways))
    it(way, async () => {
      const result = await read(
        {
          '/project/pkg/__init__.py': '',
          '/project/pkg/block.py': block,
          '/project/pkg/parts/__init__.py': 'from ..block import Block',
          '/project/pkg/parts/everything.py': 'from ..block import *',
          '/project/pkg/net.py': net(importing, name),
        },
        '/project/pkg/net.py',
      );
      assert.deepEqual(paths(result), ['block.fc.weight 8×8']);
      assert.equal(result.networks[0]?.parameters[0]?.span.file, '/project/pkg/block.py');
    });

  it('beside the file, and from folders that have no __init__.py', async () => {
    const texts = {
      '/project/models/parts/block.py': block,
      '/project/models/net.py': net('from parts.block import Block'),
    };
    assert.deepEqual(paths(await read(texts, '/project/models/net.py')), ['block.fc.weight 8×8']);
    const above = {
      '/project/parts/block.py': block,
      '/project/models/net.py': net('import parts.block', 'parts.block.Block'),
    };
    assert.deepEqual(paths(await read(above, '/project/models/net.py')), ['block.fc.weight 8×8']);
  });

  it('reads only the files whose names are used', async () => {
    const texts = {
      '/project/zoo/__init__.py': 'from .block import Block\nfrom .other import Other\nfrom .third import *',
      '/project/zoo/block.py': block,
      '/project/zoo/other.py': 'raise ValueError',
      '/project/zoo/third.py': 'third = 3',
      '/project/net.py': net('from zoo import Block, Other'),
    };
    const reader = await sharedReader();
    const { files, asked } = filesOf(texts);
    assert.deepEqual(paths(reader.read({ file: '/project/net.py', text: texts['/project/net.py'], files })), [
      'block.fc.weight 8×8',
    ]);
    assert.deepEqual(asked, ['/project/zoo/__init__.py', '/project/zoo/block.py']);
  });

  it('minds __all__ of a module that is imported by star', async () => {
    const texts = {
      '/project/a.py': '__all__ = ["out"]\nout = 4\ndepth = 2\n',
      '/project/net.py': `${net('from a import *', '(lambda w: nn.Linear(w, out))')}\nclass Deep(nn.Sequential):\n    def __init__(self, n=depth):\n        super().__init__(nn.Linear(n, 3, bias=False))\n`,
    };
    assert.deepEqual(paths(await read(texts, '/project/net.py')), [
      'block.weight 4×8',
      'block.bias 4',
      '0.weight 3×depth',
    ]);
  });

  it('reads packages that import from themselves, and those that load their parts when asked', async () => {
    const lazy =
      'if TYPE_CHECKING:\n    from .block import *\nelse:\n    import sys\n    sys.modules[__name__] = Lazy()\n';
    const texts = {
      '/project/own/__init__.py': 'from own import parts, other',
      '/project/own/parts/__init__.py': 'from typing import TYPE_CHECKING\n' + lazy,
      '/project/own/parts/block.py': block,
      '/project/net.py': net('import own', 'own.parts.Block'),
    };
    assert.deepEqual(paths(await read(texts, '/project/net.py')), ['block.fc.weight 8×8']);
  });

  it('follows modules that import each other', async () => {
    const texts = {
      '/project/a.py':
        'from b import width\nfrom torch import nn\ndef layer():\n    return nn.Linear(width, 3, bias=False)\n',
      '/project/b.py': 'import a\nwidth = 5\ndef make():\n    return a.layer()\n',
      '/project/net.py': net('from b import make', '(lambda _: make())'),
    };
    assert.deepEqual(paths(await read(texts, '/project/net.py')), ['block.weight 3×5']);
  });

  it('leaves a module that is not found unknown, and says so', async () => {
    const { networks } = await read({ '/project/net.py': net('from nowhere import Block') }, '/project/net.py');
    assert.equal(networks[0]?.parameters.length, 0);
    assert.match(JSON.stringify(networks[0].nodes), /comes from nowhere/);
  });

  it('shows a model of an imported class where the file makes it', async () => {
    const texts = {
      '/project/net.py': net('from block import Block'),
      '/project/block.py': block,
      '/project/train.py': 'import torch\nfrom net import Net\n\nmodel = Net(6)\n',
    };
    const { networks } = await read(texts, '/project/train.py');
    assert.deepEqual(
      networks.map(({ name, span }) => [name, span.file, span.start.line]),
      [['model', '/project/train.py', 3]],
    );
    assert.equal(parameterCount(networks[0]!), 36);
  });

  it('makes no model of what an imported file makes for itself', async () => {
    const texts = {
      '/project/net.py': `${net('from block import Block')}\nexample = Net()\n`,
      '/project/block.py': block,
      '/project/train.py': 'import torch\nfrom net import Net\nmodel = Net(6)\n',
    };
    assert.equal((await read(texts, '/project/train.py')).networks.length, 1);
  });

  it('reads an edited file anew', async () => {
    const texts = { '/project/net.py': net('from block import Block'), '/project/block.py': block };
    assert.deepEqual(paths(await read(texts, '/project/net.py')), ['block.fc.weight 8×8']);
    const edited = { ...texts, '/project/block.py': block.replace('bias=False', 'bias=True') };
    assert.deepEqual(paths(await read(edited, '/project/net.py')), ['block.fc.weight 8×8', 'block.fc.bias 8']);
  });
});

describe('one model of a file', () => {
  const texts = {
    '/project/block.py': block,
    '/project/net.py': `${net('from .block import Block')}\n\ndef wide(**kwargs):\n    return Net(16, **kwargs)\n\nif __name__ == '__main__':\n    other = nn.Sequential(nn.Linear(2, 2), nn.ReLU())\n`,
    '/project/__init__.py': '',
  };

  it('is made by an expression, and nothing else of the file is read', async () => {
    const { networks, notes } = await read(texts, '/project/net.py', { model: 'wide()', inputs: [[2, 16]] });
    assert.deepEqual([networks.length, notes], [1, []]);
    assert.deepEqual(paths({ networks, notes }), ['block.fc.weight 16×16']);
    assert.deepEqual(networks[0]!.nodes.at(-1)?.shape, [2, 16]);
    assert.deepEqual(paths(await read(texts, '/project/net.py', { model: 'Net(width=3)' })), ['block.fc.weight 3×3']);
  });

  it('says why an expression makes none', async () => {
    for (const [model, reason] of [
      ['nothing()', /`nothing` is not defined/],
      ['wide', /does not make a model/],
      ['wide(', /does not make a model/],
      ['Net(width=1, 2', /does not make a model/],
    ] as const) {
      const { networks, notes } = await read(texts, '/project/net.py', { model });
      assert.equal(networks.length, 0);
      assert.match(notes[0]?.message ?? '', reason);
    }
  });
});

describe('bad input over several files', () => {
  const piece = fc.constantFrom(
    'from .a import *\n',
    'from .b import *\n',
    'from . import a, b, pkg\n',
    'import pkg.a as b\n',
    'from a import Block\n',
    'from .. import a\n',
    'from ....... import a\n',
    'try:\n    import zz\nexcept ImportError:\n    from b import x\n',
    'if TYPE_CHECKING:\n    from .a import *\nelse:\n    sys.modules[__name__] = 1\n',
    '__all__ = ["x", "Block"]\n',
    'x = Block = b\n',
    'class Block(Block): pass\n',
    'def x(n=x): return x(n)\n',
    'x = x()\n',
    'for i in zz:\n    x(i)\n',
    'while True:\n    x = [x]\n',
    '"""',
    '(',
    block,
  );
  const text = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''));
  const names = ['a.py', 'b.py', 'pkg/__init__.py', 'pkg/a.py', 'pkg/b.py'];

  it('makes no crash and no hang, whatever the files import from each other', async () => {
    const reader = await sharedReader();
    fc.assert(
      fc.property(fc.array(text, { minLength: names.length, maxLength: names.length }), text, (texts, own) => {
        const all = Object.fromEntries(names.map((name, index) => [`/project/${name}`, texts[index] ?? '']));
        const { files } = filesOf(all);
        const main = `${own}\n${net('from .a import Block')}`;
        const input = { file: '/project/pkg/net.py', text: main, files, timeLimit: 100 };
        const begin = process.cpuUsage();
        reader.read(input);
        reader.read({ ...input, model: 'Net(x)' });
        const { user } = process.cpuUsage(begin);
        assert.ok(user / 1000 < 500, `${user / 1000} ms`);
      }),
      { numRuns: 150 },
    );
  });
});
