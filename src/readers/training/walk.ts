import type {
  Action,
  ActionKind,
  AppliedLoss,
  Optimizer,
  PlainList,
  Scheduler,
  ThingId,
  TrainedModel,
  TrainingStep,
  ValueId,
} from '../../network';
import { Exhausted } from '../evaluation/limits';
import type { Range, SourceText } from '../text/source';
import type { FunctionSyntax } from '../python/syntax';
import { joined, Names, type ClassThing, type MadeThing, type Role, type TensorThing, type Thing } from './things';

/** Statements and calls of one script that are walked. */
const mostSteps = 10_000;
/** Functions of the file that are followed inside each other. */
export const deepestCalls = 8;

/** One function of the file while it is walked. */
export interface Frame {
  readonly names: Names;
  readonly returns: Thing[];
}

/** A walk through a training script: what was met so far, and where it is. */
export class Walk {
  readonly optimizers = new Map<ThingId, Optimizer>();
  readonly schedulers = new Map<ThingId, Scheduler>();
  readonly losses: AppliedLoss[] = [];
  readonly plainLists = new Map<number, PlainList>();
  readonly pretrained = new Set<ThingId>();
  readonly made: MadeThing[] = [];
  /** Functions and classes of the file that were called. */
  readonly called = new Set<object>();
  readonly open: FunctionSyntax[] = [];
  statement: Range = { start: 0, end: 0 };
  /** Branches, loops and blocks without gradients that are open. */
  doubt = 0;
  loops = 0;
  withoutGradients = 0;
  #block: TrainingStep[] = [];
  /** What each value is computed of. */
  readonly #computedOf: (readonly ValueId[])[] = [];
  #steps = 0;

  constructor(readonly source: SourceText) {}

  /** @throws Exhausted where the script is too long. */
  spend(): void {
    if (++this.#steps > mostSteps) throw new Exhausted('steps');
  }

  act(action: ActionKind, range: Range): void {
    const placed: Action = {
      ...this.#withOrigins(action),
      span: this.source.span(range),
      statement: this.source.span(this.statement),
    };
    this.#block.push({ kind: 'action', action: placed });
  }

  /** Who gets a value gets what it is computed of. */
  #withOrigins(action: ActionKind): ActionKind {
    if (action.kind !== 'backward' && action.kind !== 'handedOver') return action;
    const all = new Set(action.values);
    for (const value of all) for (const origin of this.#computedOf[value] ?? []) all.add(origin);
    return { ...action, values: [...all] };
  }

  /** The steps of what `run` does, at the start of a program. */
  collect(run: () => void): TrainingStep[] {
    const block: TrainingStep[] = [];
    this.#block = block;
    run();
    return block;
  }

  /** Code that may run, or not. */
  perhaps<T>(run: () => T): T {
    return this.#within('doubt', run, (body) => ({ kind: 'perhaps', body }));
  }

  loop<T>(range: Range, rounds: number | undefined, run: () => T): T {
    return this.#within('loops', run, (body) => ({ kind: 'loop', span: this.source.span(range), rounds, body }));
  }

  noGradients<T>(range: Range, run: () => T): T {
    return this.#within('withoutGradients', run, (body) => ({
      kind: 'withoutGradients',
      span: this.source.span(range),
      body,
    }));
  }

  #within<T>(
    count: 'doubt' | 'loops' | 'withoutGradients',
    run: () => T,
    step: (body: readonly TrainingStep[]) => TrainingStep,
  ): T {
    const outer = this.#block;
    const body: TrainingStep[] = [];
    this.#block = body;
    this[count]++;
    try {
      return run();
    } finally {
      this[count]--;
      this.#block = outer;
      if (body.length > 0) outer.push(step(body));
    }
  }

  /** A new thing with an identity. */
  make(role: Role | undefined, path?: string, cls?: ClassThing): MadeThing {
    const thing: MadeThing = { id: this.made.length, role, path, cls, attributes: new Map(), variable: undefined };
    this.made.push(thing);
    return thing;
  }

  /** A new tensor. */
  tensor({
    from = [],
    ...fields
  }: Pick<TensorThing, 'grad' | 'output' | 'scaled'> & { readonly from?: readonly ValueId[] }): TensorThing {
    const grad = this.withoutGradients > 0 && fields.grad === 'yes' ? 'no' : fields.grad;
    this.#computedOf.push(from);
    return { ...fields, kind: 'tensor', value: this.#computedOf.length - 1, grad };
  }

  /** `name = thing`. In a branch it may also stay what it was; a number that changes in a loop is not known. */
  assign(names: Names, name: string, thing: Thing): void {
    const scope = names.elsewhere.get(name) ?? names;
    const before = scope.own.get(name);
    const doubtful = this.doubt > scope.doubt || (thing.kind === 'number' && this.loops > scope.loops);
    scope.own.set(name, before && doubtful ? joined(before, thing) : thing);
    nameThing(thing, name);
  }

  /** The same of an attribute. */
  assignAttribute(object: MadeThing, name: string, thing: Thing): void {
    const before = object.attributes.get(name);
    object.attributes.set(name, before && this.doubt > 0 ? joined(before, thing) : thing);
    nameThing(thing, name);
  }

  /** A thing is an optimiser. What is not told of it is not known. */
  addOptimizer(thing: MadeThing, name: string, range: Range, known: Partial<Optimizer> = {}): void {
    thing.role = 'optimizer';
    this.act({ kind: 'make', targets: [thing.id] }, range);
    this.optimizers.set(thing.id, {
      framework: 'pytorch',
      name,
      family: 'other',
      learningRate: undefined,
      momentum: undefined,
      weightDecay: undefined,
      groups: undefined,
      models: [],
      ...known,
      id: thing.id,
      span: this.source.span(range),
    });
  }

  /** A scope for a function of the file. */
  scopeIn(names: Names): Names {
    return new Names(names, this.doubt, this.loops);
  }

  models(): readonly TrainedModel[] {
    return this.made.flatMap(({ id, role, path, cls, variable }) =>
      role === 'model' ? [{ id, made: cls?.syntax.name ?? path, variable, pretrained: this.pretrained.has(id) }] : [],
    );
  }
}

/** What people call these things: the only way to know them where a function is given one. */
const roleNames: readonly (readonly [RegExp, Role])[] = [
  [/optim(izer|iser)?s?([A-Z_\d]|$)|^opt(_?\w{1,4})?$/i, 'optimizer'],
  [/sched(uler)?/i, 'scheduler'],
  [/^(grad_?)?scaler$/i, 'scaler'],
  [/^(accelerator|fabric)$/i, 'accelerator'],
];

/** The first name that a thing gets; of one that is not followed, it tells its role. */
export function nameThing(thing: Thing, name: string): void {
  if (thing.kind !== 'made') return;
  for (const one of thing.things) {
    one.variable ??= name;
    if (one.role === undefined && one.cls === undefined) one.role = roleNames.find(([words]) => words.test(name))?.[1];
  }
}
