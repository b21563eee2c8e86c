import assert from 'node:assert/strict';
import fc from 'fast-check';
import { entriesOf, LayeredMap, type Layer } from '../../../src/readers/evaluation/layeredMap';

interface Item {
  readonly value: number;
}

const name = fc.constantFrom('a', 'b', 'c', 'd', 'e');
const step = fc.oneof(
  fc.record({ kind: fc.constant('set' as const), name, value: fc.nat(9) }),
  fc.record({ kind: fc.constant('delete' as const), name }),
  fc.record({ kind: fc.constant('snapshot' as const) }),
  fc.record({ kind: fc.constant('restore' as const), index: fc.nat(20) }),
);

describe('LayeredMap', () => {
  it('is a map, and its snapshots never change', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const map = new LayeredMap<Item>();
        let plain = new Map<string, Item>();
        const snapshots: { readonly layer: Layer<Item>; readonly plain: ReadonlyMap<string, Item> }[] = [];
        for (const one of steps) {
          if (one.kind === 'set') {
            const item = { value: one.value };
            map.set(one.name, item);
            plain.set(one.name, item);
          } else if (one.kind === 'delete') assert.equal(map.delete(one.name), plain.delete(one.name));
          else if (one.kind === 'snapshot') snapshots.push({ layer: map.snapshot(), plain: new Map(plain) });
          else {
            const snapshot = snapshots[one.index % Math.max(1, snapshots.length)];
            if (snapshot === undefined) continue;
            map.restore(snapshot.layer);
            plain = new Map(snapshot.plain);
          }
          assert.deepEqual(sorted(map.entries()), sorted(plain));
          for (const key of ['a', 'b', 'c', 'd', 'e']) assert.equal(map.get(key), plain.get(key));
        }
        for (const { layer, plain: then } of snapshots) assert.deepEqual(sorted(entriesOf(layer)), sorted(then));
      }),
    );
  });

  it('keeps few layers over very many snapshots', () => {
    const map = new LayeredMap<Item>();
    for (let index = 0; index < 20_000; index++) {
      map.set(`v${index}`, { value: index });
      map.snapshot();
    }
    let layers = 0;
    for (let layer: Layer<Item> | undefined = map.snapshot(); layer; layer = layer.below) layers++;
    assert.ok(layers <= 20, `${layers} layers`);
    assert.equal(map.entries().size, 20_000);
    assert.equal(map.get('v123')?.value, 123);
  });
});

function sorted(map: ReadonlyMap<string, Item>): readonly (readonly [string, Item])[] {
  return [...map].sort(([a], [b]) => a.localeCompare(b));
}
