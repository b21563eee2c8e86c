import assert from 'node:assert/strict';
import fc from 'fast-check';
import { shiftPlace, type Place, type TextChange } from '../../../src/editor/shift';

const at = (line: number, character: number): Place => ({ line, character });
const change = (start: Place, end: Place, text: string): TextChange => ({ range: { start, end }, text });

describe('shiftPlace', () => {
  it('leaves what stands before the change', () => {
    assert.deepEqual(shiftPlace(at(2, 4), [change(at(3, 0), at(4, 0), '')]), at(2, 4));
  });

  it('moves lines down and up', () => {
    assert.deepEqual(shiftPlace(at(7, 4), [change(at(3, 0), at(3, 0), 'a\nb\n')]), at(9, 4));
    assert.deepEqual(shiftPlace(at(7, 4), [change(at(3, 0), at(5, 0), '')]), at(5, 4));
  });

  it('moves along the line of the change', () => {
    assert.deepEqual(shiftPlace(at(3, 10), [change(at(3, 2), at(3, 4), 'long')]), at(3, 12));
    assert.deepEqual(shiftPlace(at(3, 10), [change(at(3, 2), at(3, 4), 'a\n  b')]), at(4, 9));
  });

  it('carries what was deleted to the start of the change', () => {
    assert.deepEqual(shiftPlace(at(4, 3), [change(at(3, 1), at(5, 0), 'x')]), at(3, 1));
  });

  it('points at the same character as an editor that tracks it, for any run of changes', () => {
    const spot = fc.nat(60);
    fc.assert(
      fc.property(
        spot,
        fc.array(fc.tuple(spot, spot, fc.stringMatching(/^[a-c\n]{0,6}$/)), { maxLength: 5 }),
        (mark, edits) => {
          let text = 'class A:\n  def f(self):\n    return 1\n\n\nclass B:\n  pass\n';
          let offset = Math.min(mark, text.length);
          const place = placeOf(text, offset);
          const changes: TextChange[] = [];
          for (const [a, b, inserted] of edits) {
            const start = Math.min(a, b, text.length);
            const end = Math.min(Math.max(a, b), text.length);
            changes.push(change(placeOf(text, start), placeOf(text, end), inserted));
            text = text.slice(0, start) + inserted + text.slice(end);
            if (offset >= end) offset += inserted.length - (end - start);
            else if (offset >= start) offset = start;
          }
          assert.deepEqual(shiftPlace(place, changes), placeOf(text, offset));
        },
      ),
    );
  });
});

function placeOf(text: string, offset: number): Place {
  const lines = text.slice(0, offset).split('\n');
  return at(lines.length - 1, lines.at(-1)?.length ?? 0);
}
