import type { Network } from '../../network';
import type { Directive } from '../frameworks/directive';
import type { Framework, FrameworkReading } from '../frameworks/framework';
import type { Root } from '../frameworks/roots';
import { findInClass } from '../python/attributes';
import { builtin } from '../python/classes';
import type { Interpreter } from '../python/interpreter';
import type { Scope } from '../python/scope';
import {
  isSubclass,
  none,
  reasonOf,
  shownSymbol,
  type Call,
  type ClassValue,
  type InstanceValue,
  type UnknownValue,
  type Value,
} from '../python/values';
import type { Range, Site } from '../text/source';
import { buildNetwork } from './buildNetwork';
import { buildLayer } from './building';
import { sublayersOf } from './held';
import { isLayer, layerClass, layerState, sequentialClass } from './layerState';
import { importKeras, kerasFile } from './modules';
import { Recording } from './recording';
import { openKerasSession, type KerasSession } from './session';
import { symbolic, tensorsIn } from './tensor';

export const keras: Framework = {
  words: ['keras', 'tensorflow'],
  ordered: true,
  importModule: importKeras,
  fileModule: kerasFile,
  open: (interpreter) => new KerasReading(interpreter, openKerasSession(interpreter)),
};

/** What Keras adds to the language while a file is evaluated, and how its models are read. */
class KerasReading implements FrameworkReading {
  readonly modelClass = layerClass;
  readonly method = 'call';
  readonly makers = ['Model', 'Sequential'];

  constructor(
    private readonly interpreter: Interpreter,
    readonly session: KerasSession,
  ) {}

  isModel(value: Value | undefined): value is InstanceValue {
    return isLayer(value);
  }

  isWorthReading(model: InstanceValue): boolean {
    const state = layerState(model);
    if (state?.graph) return true;
    return isSubclass(model.cls, sequentialClass)
      ? (state?.layers.length ?? 0) > 0
      : model.cls.site !== undefined && findInClass(model.cls, 'call')?.type === 'function';
  }

  computes(cls: ClassValue): boolean {
    return isSubclass(cls, sequentialClass);
  }

  /**
   * A part that is trained by itself as well is a model of its own (the critic of a GAN), and so are the parts of what computes
   * nothing (a VAE that has only a `train_step`).
   */
  partsOf(model: InstanceValue): readonly InstanceValue[] {
    if (!this.isWorthReading(model)) return [];
    return sublayersOf(model).filter((layer) => !layerState(layer)?.compiled);
  }

  /** Names count on from what the file itself has made, as if nothing else had been tried. */
  apart<T>(run: () => T): T {
    const { names } = this.session;
    const before = names.capture();
    try {
      return run();
    } finally {
      names.restore(before);
    }
  }

  build(root: Root, _scope: Scope, directives: readonly Directive[]): Network {
    return buildNetwork(this.interpreter, this.session, root, directives);
  }

  loading(run: () => void): void {
    const { session } = this;
    const { owner, scopes } = session;
    session.owner = undefined;
    session.scopes = [];
    session.loading++;
    try {
      run();
    } finally {
      session.loading--;
      session.owner = owner;
      session.scopes = scopes;
    }
  }

  construct(instance: InstanceValue, run: () => void): void {
    if (!isLayer(instance)) {
      run();
      return;
    }
    // As Keras does: a `build` of the source runs in the name scope of its layer, whoever calls it.
    if (findInClass(instance.cls, 'build')?.type === 'function')
      instance.attributes.set(
        'build',
        builtin('build', (call) => buildAs(instance, call)),
        this.interpreter.journal,
      );
    run();
    this.session.finished(instance);
  }

  progress(): number {
    return this.session.progress;
  }

  bound(name: string, instance: InstanceValue, target: Range): void {
    const { statement, site } = this.interpreter;
    if (isLayer(instance)) this.session.bind(instance, { name, target: { source: site.source, ...target }, statement });
  }

  unpack(instance: InstanceValue, count: number, site: Site): readonly Value[] | undefined {
    if (!symbolic(instance)) return undefined;
    const call: Call = { interpreter: this.interpreter, positional: [], keywords: new Map(), site };
    const part = new Recording(call, false).opaque('A tensor is taken apart here, which is not understood yet.', [
      instance,
    ]);
    return Array.from({ length: count }, () => part);
  }

  unknownCall(callee: UnknownValue, call: Call): Value | undefined {
    const tensors = tensorsIn([...call.positional, ...call.keywords.values()]);
    if (tensors.length === 0) return undefined;
    return new Recording(call, false).opaque(
      `${reasonOf(callee)}: what it does is not known.`,
      tensors,
      `those that ${shownSymbol(callee.symbol)} may have`,
    );
  }
}

function buildAs(layer: InstanceValue, call: Call): Value {
  const [shapes, ...more] = [...call.positional, ...call.keywords.values()];
  buildLayer(layer, shapes ?? none, call, more);
  return none;
}
