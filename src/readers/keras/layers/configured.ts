import { usingOf } from '../../kerasLayers/configuredLayer';
import type { LayerDefinition } from '../../kerasLayers/define';
import { keras } from '../../kerasLayers/dialect';
import type { LayerTensor } from '../../kerasLayers/tensor';
import { CallArguments } from '../../python/arguments';
import { isElements } from '../../python/operators';
import { ListValue, none, text, type Call, type ClassValue, type Value } from '../../python/values';
import { buildLayer } from '../building';
import { isLayer, layerState, type LayerState } from '../layerState';
import type { Recording } from '../recording';
import { ArgumentSettings } from '../settings';
import { symbolic, tensorsIn, variableState } from '../tensor';
import { firstArgument, kerasLayer, type Building, type Made, type Using } from './define';
import { stepShape } from './steps';

/** The class of a layer whose settings say all of it. */
export function configuredClass(definition: LayerDefinition): ClassValue {
  const { name, parameters, unlisted, cell, build } = definition;
  return kerasLayer({
    name,
    parameters,
    unlisted,
    ...(cell ? cellOf(cell) : {}),
    ...(build ? { build: (building) => build({ ...building, dialect: keras }) } : {}),
    call: (using) => lowered(definition, using),
  });
}

const cellClasses = new Map<LayerDefinition, ClassValue>();

/** The class of a cell, one for all. */
export function cellClass(definition: LayerDefinition): ClassValue {
  const cls = cellClasses.get(definition) ?? configuredClass(definition);
  cellClasses.set(definition, cls);
  return cls;
}

/** A recurrent layer makes a layer of one step, which has the weights. */
function cellOf({ definition, name }: NonNullable<LayerDefinition['cell']>): {
  readonly initialise: (made: Made) => void;
  readonly build: (building: Building) => void;
} {
  const cls = cellClass(definition);
  return {
    initialise: ({ layer, state, args, call }) => {
      const keywords = new Map<string, Value>([['name', text(name)]]);
      for (const parameter of definition.parameters) {
        const value = args.get(parameter);
        if (value) keywords.set(parameter, value);
      }
      const cell = call.interpreter.call(cls, { positional: [], keywords });
      if (!isLayer(cell)) return;
      layer.attributes.set('cell', cell, call.interpreter.journal);
      state.layers = [cell];
    },
    build: ({ state, shape, call }) => {
      const [cell] = state.layers;
      if (cell) buildLayer(cell, stepShape(shape, call), call);
    },
  };
}

/** What the definition computes of the values that the layer is called with. */
function lowered(definition: LayerDefinition, { state, settings, recording, use, opaque }: Using): Value {
  const operands = operandsOf(definition, use);
  if (!operands) return opaque(`What this \`${definition.name}\` is called with is not known.`);
  const result = definition.call(
    usingOf({
      definition,
      settings,
      inputs: [...inputsOf(use, recording), ...operands],
      recording: recording.tensors,
      dialect: keras,
      key: (name) => keyOf(state, name),
      called: new ArgumentSettings(
        `this \`${definition.name}\``,
        new CallArguments(use, [...use.keywords.keys()], use.positional.length),
      ),
    }),
  );
  return 'step' in result ? recording.value(result) : new ListValue(result.map((one) => recording.value(one)));
}

/** The weights are those of the cell, where there is one. */
function keyOf({ layers: [cell], variables }: LayerState, name: string): string | undefined {
  const owned = (cell && layerState(cell)?.variables) ?? variables;
  return variableState(owned.get(name))?.key;
}

/** One tensor, or the elements of a list of them. */
function inputsOf(use: Call, recording: Recording): readonly [LayerTensor, ...LayerTensor[]] {
  const first = firstArgument(use);
  const elements =
    first.type === 'list' || first.type === 'tuple' ? use.interpreter.iterate(first) : tensorsIn([first]);
  const [x, ...others] = (isElements(elements) ? elements : []).map((element) => recording.operand(element));
  return x ? [x, ...others] : [recording.operand(first)];
}

/** The tensors that a call takes beside its input; undefined where what is given there is none. */
function operandsOf(
  { operands = [] }: LayerDefinition,
  { positional, keywords }: Call,
): readonly LayerTensor[] | undefined {
  const given = operands.flatMap((name, at) => {
    const value = keywords.get(name) ?? positional[at + 1] ?? none;
    return value.type === 'none' ? [] : value.type === 'list' || value.type === 'tuple' ? value.items : [value];
  });
  const known = given.flatMap((value) => symbolic(value) ?? []);
  return known.length === given.length ? known : undefined;
}
