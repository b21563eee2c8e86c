import { BATCH, type Shape } from '../../network';
import { asLimit } from '../evaluation/limits';
import { newArray } from '../javascript/library/arrays';
import { findMember, getMember } from '../javascript/members';
import { textOf } from '../javascript/operators';
import { Thrown } from '../javascript/thrown';
import { builtin, undefinedValue, type Call, type ObjectValue, type Value } from '../javascript/values';
import { Layer } from '../kerasLayers/layer';
import type { Recording } from '../kerasLayers/recording';
import { isList, Settings, toDim } from '../kerasLayers/settings';
import { LayerTensor } from '../kerasLayers/tensor';
import { settingsOf, toSetting } from './config';
import { shapeValue } from './layerValues';
import { sessionOf } from './session';

/** A layer of a class of the source. Its `build` is followed for its weights; what its `call` computes is not understood. */
export class CustomLayer extends Layer {
  constructor(
    readonly instance: ObjectValue,
    private readonly made: Call,
  ) {
    const config = made.arguments[0] ?? undefinedValue;
    const settings = settingsOf(instance.cls?.name ?? 'Layer', config);
    const name = settings.get('name');
    const className = classNameOf(instance, made);
    super(
      className,
      typeof name === 'string' ? name : sessionOf(made.interpreter).names.ofLayer(className),
      settings,
      instance.site,
    );
  }

  /** `this.addWeight(name, shape, dtype, initializer, regularizer, trainable)`. */
  readonly addWeightFunction = builtin(
    'addWeight',
    ({ interpreter, arguments: [name, shape, , initializer, , trainable] }) => {
      const key = name && textOf(name);
      const sizes = shape && toSetting(shape);
      if (key === undefined || !isList(sizes)) {
        this.unlisted = `those that \`${this.className}\` makes with names or shapes that are not known`;
        return undefinedValue;
      }
      const given = initializer && toSetting(initializer);
      const known: Shape = sizes.map(toDim);
      this.addWeight(
        {
          name: key,
          shape: known,
          role: known.length < 2 ? 'scalar' : 'weight',
          axes: known.map(() => 'feature'),
          initializer: 'initializer',
          fallback: 'zeros',
          ...(trainable?.type === 'boolean' && !trainable.value ? { trained: false } : {}),
        },
        new Settings(this.className, { initializer: given ?? null }),
        sessionOf(interpreter).surroundings.dialect,
      );
      return interpreter.unknown(key, 'is a weight of a layer whose computation is not followed');
    },
  );

  protected build(inputs: readonly LayerTensor[]): void {
    const { interpreter } = this.made;
    const own = findMember(this.instance.cls, 'build');
    if (!own) return;
    try {
      interpreter.call(own, this.instance, [this.#shapesOf(inputs)]);
    } catch (error) {
      if (!(error instanceof Thrown) && !asLimit(error)) throw error;
      this.unlisted = `those that \`${this.className}\` makes, whose \`build\` is not followed to its end`;
    }
  }

  protected call(inputs: readonly LayerTensor[], recording: Recording): readonly LayerTensor[] {
    const reason = `\`${this.className}\` is a layer of the source; what its \`call\` computes is not understood.`;
    const { step } = recording.opaque(reason, inputs);
    const shape = this.#outputShape(inputs);
    // The layers behind it have weights of known shapes where its own output's is known.
    return [new LayerTensor({ ...step, shape }, false)];
  }

  /** `computeOutputShape`; without one, the shape of the input. */
  #outputShape(inputs: readonly LayerTensor[]): Shape | undefined {
    const { interpreter } = this.made;
    const own = findMember(this.instance.cls, 'computeOutputShape');
    if (!own) return inputs[0]?.shape;
    try {
      const sizes = toSetting(interpreter.call(own, this.instance, [this.#shapesOf(inputs)]));
      return isList(sizes) ? sizes.map((size, axis) => (size === null && axis === 0 ? BATCH : toDim(size))) : undefined;
    } catch (error) {
      if (!(error instanceof Thrown) && !asLimit(error)) throw error;
      return undefined;
    }
  }

  /** As `build` takes them: one shape, or an array of several. */
  #shapesOf(inputs: readonly LayerTensor[]): Value {
    const { interpreter } = this.made;
    const shapes = inputs.map((input) => shapeValue(interpreter, input.shape));
    const [only] = shapes;
    return shapes.length === 1 && only ? only : newArray(interpreter, shapes);
  }
}

/** `static get className()`, else the name of the class. */
function classNameOf({ cls }: ObjectValue, { interpreter }: Call): string {
  const told = cls && getMember(interpreter, cls, 'className');
  return told?.type === 'string' ? told.value : (cls?.name ?? 'Layer');
}
