import type { CheckpointNote } from '../checkpoint';
import { CheckpointError } from '../error';
import { limits } from '../limits';
import {
  globalName,
  isKind,
  itemsOf,
  type PickleCall,
  type PickleDict,
  type PickleValue,
  type Unpickled,
} from '../pickle';
import type { Meaning, TensorDescription } from './description';
import { isPlainData } from './known';
import { numpyCalls } from './numpy';
import { torchCalls } from './torch';

export interface NamedDescription {
  readonly name: string;
  readonly tensor: TensorDescription;
}

export interface Described {
  readonly tensors: readonly NamedDescription[];
  readonly notes: readonly CheckpointNote[];
}

/** Values that are looked at; a pickle may share them so that there are far more ways to them than values. */
const maximalVisits = 2_000_000;
const maximalDepth = 100;
/** The name of a tensor that is all of the file. */
const alone = 'tensor';

/** The tensors of what a pickle describes, by the keys and attributes that lead to them, and what else is to be said. */
export function describeTensors({ value, called }: Pick<Unpickled, 'value' | 'called'>): Described {
  const walk = new Walk();
  walk.visit(value, '', undefined);
  return { tensors: walk.tensors, notes: [...codeNotes(called), ...walk.notes] };
}

class Walk {
  readonly tensors: NamedDescription[] = [];
  readonly notes: CheckpointNote[] = [];
  readonly #meanings = new Map<PickleCall, Meaning | undefined>();
  readonly #names = new Set<string>();
  readonly #onTheWay = new Set<PickleValue>();
  /** Where nothing was found, it is not looked for again. */
  readonly #barren = new Set<PickleValue>();
  #visits = 0;

  visit(value: PickleValue, path: string, role: TensorDescription['role']): void {
    if (++this.#visits > maximalVisits)
      throw new CheckpointError('its pickle is larger unfolded than can be looked at');
    if (typeof value !== 'object' || value === null || this.#onTheWay.has(value) || this.#onTheWay.size > maximalDepth)
      return;
    if (this.#barren.has(value)) return;
    const found = this.tensors.length + this.notes.length;
    this.#onTheWay.add(value);
    if (isKind(value, 'dict')) this.#visitEntries(value.entries, path, role);
    else if (isKind(value, 'list') || isKind(value, 'tuple')) this.#visitItems(value.items, path, role);
    else if (isKind(value, 'call')) this.#visitCall(value, path, role);
    this.#onTheWay.delete(value);
    if (this.tensors.length + this.notes.length === found) this.#barren.add(value);
  }

  #visitCall(call: PickleCall, path: string, role: TensorDescription['role']): void {
    const meaning = this.#meaningOf(call);
    switch (meaning?.kind) {
      case 'tensor':
        this.#add(path, role === undefined ? meaning.tensor : { ...meaning.tensor, role });
        return;
      case 'value':
        this.visit(meaning.value, path, role);
        return;
      case 'notRead':
        this.notes.push({ kind: 'notRead', message: `‘${path}’ is not read: ${meaning.reason}` });
        return;
      case undefined:
        this.#visitObject(call, path, role);
    }
  }

  /** An object of some class is what it was filled with. A module of PyTorch keeps its tensors apart by what they are. */
  #visitObject(call: PickleCall, path: string, role: TensorDescription['role']): void {
    this.#visitEntries(call.entries, path, role);
    this.#visitItems(call.items, path, role);
    const attributes = attributesOf(call.state);
    if (attributes === undefined) return;
    const modules = entry(attributes, '_modules');
    if (modules === undefined) {
      this.#visitEntries(attributes.entries, path, role);
      return;
    }
    this.visit(entry(attributes, '_parameters') ?? null, path, 'parameter');
    this.visit(entry(attributes, '_buffers') ?? null, path, 'buffer');
    this.visit(modules, path, undefined);
  }

  #visitEntries(entries: PickleDict['entries'], path: string, role: TensorDescription['role']): void {
    for (const [key, value] of entries)
      if (typeof key === 'string' || typeof key === 'number') this.visit(value, below(path, key), role);
  }

  #visitItems(items: readonly PickleValue[], path: string, role: TensorDescription['role']): void {
    for (const [index, item] of items.entries()) this.visit(item, below(path, index), role);
  }

  #add(path: string, tensor: TensorDescription): void {
    if (this.tensors.length >= limits.tensors) throw new CheckpointError('its pickle has too many tensors');
    const name = path === '' ? alone : path;
    if (this.#names.has(name)) return;
    this.#names.add(name);
    this.tensors.push({ name, tensor });
  }

  #meaningOf(call: PickleCall): Meaning | undefined {
    if (this.#meanings.has(call)) return this.#meanings.get(call);
    this.#meanings.set(call, undefined);
    const meaning = this.#understand(call);
    this.#meanings.set(call, meaning);
    return meaning;
  }

  #understand(call: PickleCall): Meaning | undefined {
    const name = globalName(call.callee) ?? '';
    const numpy = numpyCalls.get(name.replace(/^numpy\._?core\./, ''));
    if (numpy !== undefined && name.startsWith('numpy.')) return numpy(call);
    return torchCalls.get(name)?.(itemsOf(call.arguments) ?? [], (inner) => this.#meaningOf(inner));
  }
}

function below(path: string, key: string | number): string {
  return path === '' ? String(key) : `${path}.${key}`;
}

/** `__dict__`, alone or before the slots: `(dict, slots)`. */
function attributesOf(state: PickleValue | undefined): PickleDict | undefined {
  const found = isKind(state, 'tuple') ? state.items[0] : state;
  return isKind(found, 'dict') ? found : undefined;
}

function entry({ entries }: PickleDict, name: string): PickleValue | undefined {
  return entries.find(([key]) => key === name)?.[1];
}

const maximalNames = 20;

function codeNotes(called: ReadonlySet<string>): readonly CheckpointNote[] {
  const foreign = [...called].filter((name) => !isPlainData(name)).sort();
  const shown = foreign.slice(0, maximalNames).map((name): CheckpointNote => ({
    kind: 'code',
    message: `loading it in Python would call ${name.slice(0, 200)}; here nothing is called`,
  }));
  const rest = foreign.length - shown.length;
  if (rest > 0)
    shown.push({ kind: 'code', message: `loading it in Python would call ${rest} more functions or classes` });
  return shown;
}
