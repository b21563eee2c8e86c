import type { Network } from '../../network';
import type { Directive } from '../frameworks/directive';
import type { Framework, FrameworkReading } from '../frameworks/framework';
import type { Root } from '../frameworks/roots';
import { tensorsIn, symbolic } from '../keras/tensor';
import { findInClass } from '../python/attributes';
import type { Interpreter } from '../python/interpreter';
import type { Scope } from '../python/scope';
import {
  reasonOf,
  shownSymbol,
  type Call,
  type ClassValue,
  type InstanceValue,
  type UnknownValue,
  type Value,
} from '../python/values';
import type { Range, Site } from '../text/source';
import { ArrayRecording } from './array';
import { buildNetwork } from './buildNetwork';
import { learnShapes } from './examples';
import { attach } from './linen/scope';
import { isModule, moduleClass, modulesIn, originalOf } from './module';
import { importFlax } from './modules';
import { openFlaxSession, type FlaxSession } from './session';

export const flax: Framework = {
  words: ['flax'],
  importModule: importFlax,
  open: (interpreter) => new FlaxReading(interpreter, openFlaxSession(interpreter)),
};

/** What Flax adds to the language while a file is evaluated, and how its models are read. */
class FlaxReading implements FrameworkReading {
  readonly modelClass = moduleClass;
  readonly method = '__call__';
  readonly makers = ['Sequential'];
  #examples = false;

  constructor(
    private readonly interpreter: Interpreter,
    readonly session: FlaxSession,
  ) {}

  isModel(value: Value | undefined): value is InstanceValue {
    return isModule(value);
  }

  isWorthReading({ cls }: InstanceValue): boolean {
    return cls.name === 'Sequential' || this.computes(cls);
  }

  computes(cls: ClassValue): boolean {
    return cls.site !== undefined && originalOf(findInClass(cls, this.method)) !== undefined;
  }

  /** The modules in the attributes of a module: its fields in linen. */
  partsOf(model: InstanceValue): readonly InstanceValue[] {
    if (!this.isWorthReading(model)) return [];
    return [...model.attributes.entries().values()].flatMap((value) =>
      [...modulesIn(value)].flatMap(([part]) => [part, ...this.#below(part)]),
    );
  }

  /** A `Sequential` is read as what it is made of. */
  #below(part: InstanceValue): readonly InstanceValue[] {
    return part.cls.site ? [] : this.partsOf(part);
  }

  build(root: Root, scope: Scope, directives: readonly Directive[]): Network {
    if (!this.#examples) {
      this.#examples = true;
      learnShapes(this.interpreter, this.session, scope);
    }
    return buildNetwork(this.interpreter, this.session, root, directives);
  }

  loading(run: () => void): void {
    const { session } = this;
    const { owner, following } = session;
    session.owner = undefined;
    session.following = false;
    session.loading++;
    try {
      run();
    } finally {
      session.loading--;
      session.owner = owner;
      session.following = following;
    }
  }

  construct(instance: InstanceValue, run: () => void): void {
    run();
    if (!isModule(instance)) return;
    attach(instance, this.interpreter);
    // What a method makes while a model is read is a part of that model.
    if (!this.session.following) this.session.finished(instance);
  }

  progress(): number {
    return this.session.progress;
  }

  bound(name: string, instance: InstanceValue, target: Range): void {
    const { statement, site } = this.interpreter;
    if (isModule(instance))
      this.session.bind(instance, { name, target: { source: site.source, ...target }, statement });
  }

  unpack(instance: InstanceValue, count: number, site: Site): readonly Value[] | undefined {
    if (!symbolic(instance) || !this.session.following) return undefined;
    const call: Call = { interpreter: this.interpreter, positional: [], keywords: new Map(), site };
    const part = new ArrayRecording(call, false).opaque('An array is taken apart here, which is not understood yet.', [
      instance,
    ]);
    return Array.from({ length: count }, () => part);
  }

  unknownCall(callee: UnknownValue, call: Call): Value | undefined {
    if (!this.session.following) return undefined;
    const arrays = tensorsIn([...call.positional, ...call.keywords.values()]);
    if (arrays.length === 0) return undefined;
    const unlisted = /^(jax|jnp)\b/.test(callee.symbol)
      ? undefined
      : `those that ${shownSymbol(callee.symbol)} may have`;
    return new ArrayRecording(call, false).opaque(`${reasonOf(callee)}: what it does is not known.`, arrays, unlisted);
  }
}
