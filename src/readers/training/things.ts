import type { LossKind, Passage, ThingId, ValueId } from '../../network';
import type { ClassSyntax, FunctionSyntax, Parameter, Statement, Expression } from '../python/syntax';
import type { Range } from '../text/source';

/** Names of a scope, and the scopes around it. */
export class Names {
  readonly own = new Map<string, Thing>();
  /** Names that `global` or `nonlocal` hands to a scope around this one. */
  readonly elsewhere = new Map<string, Names>();

  /** @param doubt branches that were open when the scope was, @param loops the same of loops */
  constructor(
    readonly outer: Names | undefined,
    readonly doubt: number,
    readonly loops: number,
  ) {}

  get(name: string): Thing | undefined {
    return this.own.get(name) ?? this.outer?.get(name);
  }

  get module(): Names {
    return this.outer?.module ?? this;
  }
}

/** What a thing is to training, as far as that is known. */
export type Role = 'optimizer' | 'scheduler' | 'model' | 'scaler' | 'accelerator' | 'parser';

/** Something with an identity: an optimiser, a model, an instance of a class of the file, the result of a call that is not followed. */
export interface MadeThing {
  readonly id: ThingId;
  role: Role | undefined;
  /** The library's name of what made it. */
  readonly path: string | undefined;
  readonly cls: ClassThing | undefined;
  readonly attributes: Map<string, Thing>;
  /** The name that it was given first. */
  variable: string | undefined;
}

/** How gradients flow into a tensor. */
export type Grad = 'yes' | 'no' | 'unknown';

/** A tensor and where it comes from. */
export interface TensorThing {
  readonly kind: 'tensor';
  readonly value: ValueId;
  readonly grad: Grad;
  /** After a branch: other values that it may be. */
  readonly or?: readonly ValueId[];
  /** Of what a model gives, with what was done to it since. */
  readonly output?: {
    readonly models: readonly ThingId[];
    readonly passages: readonly { readonly kind: Passage; readonly range: Range }[];
  };
  /** Scaled for half precision. */
  readonly scaled?: boolean;
}

export interface FunctionThing {
  readonly kind: 'function';
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly body: readonly Statement[] | Expression;
  readonly syntax: FunctionSyntax | undefined;
  readonly names: Names;
  readonly self: Thing | undefined;
}

export interface ClassThing {
  readonly kind: 'class';
  readonly syntax: ClassSyntax;
  readonly names: Names;
  /** The library's classes that it derives from, through those of the file. */
  readonly libraryBases: readonly string[];
  readonly bases: readonly ClassThing[];
}

/** What an expression of a training script stands for. */
export type Thing =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'none' }
  /** One of these; more than one after a branch. */
  | { readonly kind: 'made'; readonly things: readonly MadeThing[] }
  | TensorThing
  | { readonly kind: 'parameters'; readonly models: readonly MadeThing[]; readonly all: boolean }
  | { readonly kind: 'loss'; readonly loss: LossKind | undefined }
  | FunctionThing
  | ClassThing
  | { readonly kind: 'list'; readonly items: readonly Thing[] }
  | { readonly kind: 'dict'; readonly entries: ReadonlyMap<string, Thing> }
  /** A module of a library, or something in one. */
  | { readonly kind: 'library'; readonly path: string }
  | { readonly kind: 'method'; readonly receiver: Thing; readonly name: string }
  | { readonly kind: 'unknown'; readonly holds: readonly Thing[] };

export const nothingKnown: Thing = { kind: 'unknown', holds: [] };
export const noneThing: Thing = { kind: 'none' };

/** The values that tensors are, or may be. */
export const valuesOf = (tensors: readonly TensorThing[]): readonly ValueId[] =>
  tensors.flatMap(({ value, or = [] }) => [value, ...or]);

/** What a name stands for after one of two branches. */
export function joined(a: Thing, b: Thing): Thing {
  if (a === b) return a;
  if (a.kind === 'none' && b.kind === 'made') return b;
  if (b.kind === 'none' && a.kind === 'made') return a;
  if (a.kind === 'made' && b.kind === 'made') return { kind: 'made', things: [...new Set([...a.things, ...b.things])] };
  if (a.kind === 'tensor' && b.kind === 'tensor') {
    const grad = a.grad === b.grad ? a.grad : 'unknown';
    return { kind: 'tensor', value: b.value, grad, or: [...new Set([...valuesOf([b]), ...valuesOf([a])])] };
  }
  if (a.kind === b.kind && 'value' in a && 'value' in b && a.value === b.value) return a;
  return { kind: 'unknown', holds: [a, b] };
}

/** All things with an identity that a thing is or holds, to a small depth. */
export function madeIn(thing: Thing, depth = 4): readonly MadeThing[] {
  if (depth === 0) return [];
  switch (thing.kind) {
    case 'made':
      return thing.things.flatMap((one) => [one, ...partsOf(one).flatMap((part) => madeIn(part, depth - 1))]);
    case 'list':
      return thing.items.flatMap((item) => madeIn(item, depth - 1));
    case 'dict':
      return [...thing.entries.values()].flatMap((item) => madeIn(item, depth - 1));
    case 'unknown':
      return thing.holds.flatMap((item) => madeIn(item, depth - 1));
    case 'method':
      return madeIn(thing.receiver, depth - 1);
    case 'function':
      return thing.self ? madeIn(thing.self, depth - 1) : [];
    default:
      return [];
  }
}

/** What an instance of a class of the file keeps; a model's parts are its own. */
function partsOf({ cls, role, attributes }: MadeThing): readonly Thing[] {
  return cls && role === undefined ? [...attributes.values()] : [];
}

/** The tensors that a thing is or holds. */
export function tensorsIn(thing: Thing, depth = 4): readonly TensorThing[] {
  if (depth === 0) return [];
  switch (thing.kind) {
    case 'tensor':
      return [thing];
    case 'list':
      return thing.items.flatMap((item) => tensorsIn(item, depth - 1));
    case 'dict':
      return [...thing.entries.values()].flatMap((item) => tensorsIn(item, depth - 1));
    case 'unknown':
      return thing.holds.flatMap((item) => tensorsIn(item, depth - 1));
    default:
      return [];
  }
}

/** Whether a thing is of a role; of several that it may be, whether one is. */
export function ofRole(thing: Thing | undefined, role: Role): readonly MadeThing[] {
  return thing?.kind === 'made' ? thing.things.filter((one) => one.role === role) : [];
}
