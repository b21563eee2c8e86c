import assert from 'node:assert/strict';
import { callParts } from '../../../src/rules/source';

describe('the parts of a call', () => {
  for (const [text, head, first] of [
    ['nn.init.normal_(m.weight, std=0.02)', 'nn.init.normal_', 'm.weight'],
    ['F.softmax(self.fc(x, (1, 2)), dim=1)', 'F.softmax', 'self.fc(x, (1, 2))'],
    ['self.fc2(x).softmax(dim=-1)', 'self.fc2(x).softmax', 'dim=-1'],
    ["f(d['a,b('], 1)", 'f', "d['a,b(']"],
    ['f(\n    x,\n)', 'f', 'x'],
    ['f()', 'f', ''],
  ] as const)
    it(JSON.stringify(text), () => assert.deepEqual(callParts(text), { head, first }));

  it('are not those of a name', () => assert.equal(callParts('x.softmax'), undefined));
});
