import { multiplySizes } from '../../network/size';
import { fromDim, fromShape } from '../frameworks/sizes';
import { applyTensorFunction, type TensorFunction } from '../keras/ops/define';
import { operatorMethods } from '../keras/tensorMethods';
import { shapeOf, variableState } from '../keras/tensor';
import { builtin } from '../python/classes';
import { int, none, text, tuple, type Call, type Value } from '../python/values';
import { arrayClass, ArrayRecording, variableClass } from './array';
import { numpyFunctions } from './functions/numpy';

const record = (call: Call): ArrayRecording => new ArrayRecording(call, false);

/** Methods that are functions of `jax.numpy` by the same name. */
const methods = [
  ...['swapaxes', 'ravel', 'mean', 'sum', 'max', 'min', 'prod', 'var', 'std', 'squeeze', 'repeat', 'argmax', 'argmin'],
  ...['clip', 'take', 'dot', 'cumsum', 'round'],
] as const;

/** `x.reshape(2, -1)`, `x.reshape((2, -1))`: sizes or axes as they are, or as one tuple. */
function gathered(call: Call): Call {
  const [self = none, first, ...more] = call.positional;
  const several = first !== undefined && (first.type === 'int' || first.type === 'unknown' || more.length > 0);
  return several ? { ...call, positional: [self, tuple([first, ...more])] } : call;
}

function apply(name: string, definition: TensorFunction | undefined, call: Call): Value {
  return definition
    ? applyTensorFunction(name, definition, call, record(call))
    : call.interpreter.unknown(`.${name}`, 'is not understood');
}

function attributeOf(call: Call): Value {
  const [self = none, name = none] = call.positional;
  if (name.type !== 'str') return none;
  const shape = shapeOf(self);
  switch (name.value) {
    case 'shape':
      return shape ? fromShape(shape) : call.interpreter.unknown('shape', 'is not known here');
    case 'ndim':
      return shape ? int(shape.length) : call.interpreter.unknown('ndim', 'is not known here');
    case 'size':
      return shape ? fromDim(multiplySizes(shape)) : call.interpreter.unknown('size', 'is not known here');
    case 'dtype':
      return text('float32');
    case 'T':
      return apply('transpose', numpyFunctions['transpose'], { ...call, positional: [self] });
    case 'mT':
      return apply('swapaxes', numpyFunctions['swapaxes'], { ...call, positional: [self, int(-1), int(-2)] });
    default:
      return call.interpreter.unknown(`.${name.value}`, 'is an attribute that is not followed');
  }
}

const itself = ({ positional: [self = none] }: Call): Value => self;

/** Puts the methods into `jax.Array`, and what a variable has besides. */
export function installArrayMethods(): void {
  const members = new Map(operatorMethods(record));
  const add = (name: string, call: (call: Call) => Value): void => {
    members.set(name, builtin(name, call, true));
  };
  for (const name of methods) add(name, (call) => apply(name, numpyFunctions[name], call));
  add('reshape', (call) => apply('reshape', numpyFunctions['reshape'], gathered(call)));
  add('transpose', (call) => apply('transpose', numpyFunctions['transpose'], gathered(call)));
  add('flatten', (call) => apply('ravel', numpyFunctions['ravel'], call));
  for (const name of ['astype', 'copy', 'block_until_ready']) add(name, itself);
  add('item', (call) => call.interpreter.unknown('.item()', 'is a number of an array'));
  add('__getattr__', attributeOf);
  arrayClass.attributes.fill(members);

  const item = members.get('__getitem__') ?? none;
  variableClass.attributes.fill(
    new Map<string, Value>([
      ['value', { type: 'property', getter: builtin('value', itself), setter: builtin('value', () => none) }],
      ['get_value', builtin('get_value', itself, true)],
      // All of it is the variable itself.
      [
        '__getitem__',
        builtin(
          '__getitem__',
          (call) => {
            const [self = none, index] = call.positional;
            return index?.type === 'ellipsis' && variableState(self) ? self : call.interpreter.call(item, call);
          },
          true,
        ),
      ],
    ]),
  );
}
