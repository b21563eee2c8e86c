import { builtinClass, type Methods } from '../python/classes';
import type { Interpreter } from '../python/interpreter';
import { objectClass } from '../python/library/types';
import {
  bool,
  DictValue,
  InstanceValue,
  isSubclass,
  ListValue,
  none,
  text,
  tuple,
  type Call,
  type UnknownValue,
  type Value,
} from '../python/values';
import { SourceText, type Site } from '../text/source';
import type { LossKind, Shape } from '../../network';
import { sourceOrigin, type Draw } from './draw';
import { recordLoss } from './loss';
import { sessionOf } from './session';
import { makeTensor, parameterState, tensorState } from './tensor';
import type { Trace } from './trace';

/** One use of a layer of ours inside a `forward`. */
export interface LayerCall {
  readonly trace: Trace;
  readonly layer: InstanceValue;
  readonly inputs: readonly Value[];
  readonly call: Call;
  readonly site: Site;
}

/** What models of a library say of their inputs, each in the same way. */
export interface InputConventions {
  /** Which parameters of a `forward` are given where all of them may be left out. */
  names(module: InstanceValue, parameters: readonly string[], interpreter: Interpreter): readonly string[];
  /** The shape of one of them, with its batch axis; undefined where it is not said. */
  shape(module: InstanceValue, name: string, interpreter: Interpreter): Shape | undefined;
}

/** The hidden state of an `nn.Module`: for layers of ours, what they do. */
export class ModuleState {
  lower: ((use: LayerCall) => Value) | undefined;
  /** Set for a loss: it is no part of a network. */
  loss: LossKind | undefined;
  /** Of a container: why it is not known what it holds. */
  hidden: UnknownValue | undefined;
  /** Of a list or a dict that makes parameters of the tensors it is given. */
  holdsParameters = false;
  /** Names of the tensors that are saved with the model and not trained (`register_buffer`). */
  readonly buffers = new Set<string>();
  /** Names of weights that are computed from other parameters (`weight_norm`). */
  readonly parametrised = new Set<string>();
  /** What the constructor of a layer of ours draws its parameters from, by their names. */
  readonly defaults = new Map<string, Draw>();
  /** Of a model that says of its inputs more than the signature of `forward` does. */
  inputs: InputConventions | undefined;
  /** Of a layer that is not understood yet: its parameters are not listed. */
  unlisted: string | undefined;
}

export const moduleClass = builtinClass('Module', [objectClass], {}, () => new ModuleState());

export function isModule(value: Value | undefined): value is InstanceValue {
  return value?.type === 'instance' && isSubclass(value.cls, moduleClass);
}

export function moduleState(module: InstanceValue): ModuleState | undefined {
  return module.native instanceof ModuleState ? module.native : undefined;
}

/** Direct children by name, in the order of registration. */
export function childrenOf(module: InstanceValue): readonly (readonly [string, InstanceValue])[] {
  const children: (readonly [string, InstanceValue])[] = [];
  for (const [name, value] of module.attributes.entries()) if (isModule(value)) children.push([name, value]);
  return children;
}

/** A module and all below it, each once, in the order of `named_modules`. */
export function namedModules(root: InstanceValue): ReadonlyMap<InstanceValue, string> {
  const found = new Map<InstanceValue, string>();
  const visit = (module: InstanceValue, path: string): void => {
    if (found.has(module)) return;
    found.set(module, path);
    for (const [name, child] of childrenOf(module)) visit(child, path === '' ? name : `${path}.${name}`);
  };
  visit(root, '');
  return found;
}

/** Parameters of a module and all below it, each once, in the order of `named_parameters`. */
export function namedParameters(root: InstanceValue, recurse = true): ReadonlyMap<InstanceValue, string> {
  const found = new Map<InstanceValue, string>();
  const modules: ReadonlyMap<InstanceValue, string> = recurse ? namedModules(root) : new Map([[root, '']]);
  for (const [module, path] of modules)
    for (const [name, value] of module.attributes.entries())
      if (value.type === 'instance' && parameterState(value) && !found.has(value))
        found.set(value, path === '' ? name : `${path}.${name}`);
  return found;
}

/** Buffers of a module and all below it, each once, in the order of `named_buffers`. */
function namedBuffers(root: InstanceValue): ReadonlyMap<InstanceValue, string> {
  const found = new Map<InstanceValue, string>();
  for (const [module, path] of namedModules(root)) {
    const names = moduleState(module)?.buffers ?? [];
    for (const name of names) {
      const value = module.attributes.get(name);
      if (value?.type === 'instance' && tensorState(value) && !found.has(value))
        found.set(value, path === '' ? name : `${path}.${name}`);
    }
  }
  return found;
}

const nowhere = new SourceText('', '');

export function self({ positional: [receiver] }: Call): InstanceValue {
  // Reached only through an instance, except in broken code: then an empty module stands in.
  return receiver?.type === 'instance'
    ? receiver
    : new InstanceValue(moduleClass, { source: nowhere, start: 0, end: 0 });
}

/** Tensors that `nn.Buffer` has made, and that are saved with the module that gets them. */
const savedBuffers = new WeakSet<InstanceValue>();

/** `nn.Buffer(tensor, persistent=True)`: the tensor, which a module saves and does not train. */
export function makeBuffer(call: Call): Value {
  const { interpreter, keywords } = call;
  const given = call.positional[0] ?? keywords.get('data') ?? none;
  if (tensorState(given) === undefined) return given;
  const buffer = interpreter.apply(interpreter.getAttribute(given, 'detach'));
  const persistent = call.positional[1] ?? keywords.get('persistent') ?? bool(true);
  if (buffer.type === 'instance' && interpreter.truth(persistent) !== false) savedBuffers.add(buffer);
  return buffer;
}

/** `self.name = value`. As in PyTorch, what becomes a module or a parameter only now is registered only now. */
export function register(module: InstanceValue, name: string, value: Value, call: Call): void {
  const registered = (one: Value | undefined): boolean => isModule(one) || parameterState(one) !== undefined;
  const { journal } = call.interpreter;
  const before = module.attributes.get(name);
  if (value.type === 'instance' && savedBuffers.has(value)) moduleState(module)?.buffers.add(name);
  if (before && registered(before) !== registered(value)) module.attributes.delete(name, journal);
  module.attributes.set(name, value, journal);
}

function registerByName(call: Call): Value {
  const [, name, value] = call.positional;
  const given =
    value ?? call.keywords.get('module') ?? call.keywords.get('param') ?? call.keywords.get('tensor') ?? none;
  const spelled = name ?? call.keywords.get('name');
  if (spelled?.type === 'str') register(self(call), spelled.value, given, call);
  else if (spelled?.type === 'unknown')
    sessionOf(call.interpreter).note(
      'notUnderstood',
      `A module is registered under the name \`${spelled.symbol}\`, which is not known.`,
      call.site,
    );
  return none;
}

function registerBuffer(call: Call): Value {
  const { buffers } = moduleState(self(call)) ?? {};
  const name = call.positional[1] ?? call.keywords.get('name');
  const persistent = call.positional[3] ?? call.keywords.get('persistent') ?? bool(true);
  if (name?.type === 'str' && call.interpreter.truth(persistent) !== false) buffers?.add(name.value);
  return registerByName(call);
}

/** `module(x)`: inside of a `forward` it is followed; outside it says what the model is called with. */
function callModule(call: Call): Value {
  const module = self(call);
  const { interpreter } = call;
  const { trace } = sessionOf(interpreter);
  const inputs = call.positional.slice(1);
  if (!trace) return callOutside(module, call);
  const lower = moduleState(module)?.lower;
  const forward = interpreter.findAttribute(module, 'forward');
  const own = forward?.type === 'method' && forward.callee.type === 'function';
  if (lower && !own) return lower({ trace, layer: module, inputs, call, site: call.site });
  if (!own)
    return trace.opaque(`\`${module.cls.name}\` has no \`forward\` that is understood.`, inputs, call.site, module);
  return trace.within(module, () => interpreter.call(forward, { ...call, positional: inputs }));
}

function callOutside(module: InstanceValue, call: Call): Value {
  const session = sessionOf(call.interpreter);
  const inputs = call.positional.slice(1);
  const loss = moduleState(module)?.loss;
  if (loss) return recordLoss(loss, inputs, call);
  const shapes = inputs.map((input) => {
    const state = tensorState(input);
    return state?.kind === 'constant' ? state.shape : undefined;
  });
  if (!session.calls.has(module) || shapes.some((shape) => shape !== undefined)) session.calls.set(module, shapes);
  return makeTensor({ kind: 'output', model: module }, call.site);
}

/** `apply`: children first, then the module itself. */
function applyToAll(module: InstanceValue, callee: Value, call: Call): void {
  for (const [, child] of childrenOf(module)) applyToAll(child, callee, call);
  call.interpreter.apply(callee, module);
}

/** The weights come from a file; or, where they are another module's, they are drawn as that one's. */
function loadStateDict(call: Call): Value {
  const given = call.positional[1] ?? call.keywords.get('state_dict') ?? none;
  for (const [parameter, path] of namedParameters(self(call))) {
    const state = parameterState(parameter);
    const source = given.type === 'dict' && !given.taint ? tensorState(given.get(text(path))) : undefined;
    if (!state) continue;
    call.interpreter.journal.beforeChange(state);
    state.draw =
      source?.kind === 'parameter' ? source.draw : { kind: 'unknown', reason: 'the weights are loaded from a file' };
    state.origin = sourceOrigin(call.site);
  }
  return none;
}

function stateDict(call: Call): Value {
  const entries = [...namedParameters(self(call)), ...namedBuffers(self(call))];
  return new DictValue(new Map(entries.map(([value, path]) => [`s${path}`, [text(path), value] as const])));
}

/** `get_submodule('encoder.0')`, `get_parameter('encoder.0.weight')` */
function memberByPath(call: Call): Value {
  const path = call.positional[1] ?? call.keywords.get('target') ?? none;
  if (path.type !== 'str') return call.interpreter.unknown('get_submodule(…)', 'asks for a path that is not known');
  return path.value
    .split('.')
    .filter((name) => name !== '')
    .reduce<Value>((member, name) => call.interpreter.getAttribute(member, name), self(call));
}

/** Pairs of (path, value), with what `prefix` puts in front. */
function namedPairs(found: ReadonlyMap<InstanceValue, string>, call: Call): Value {
  const prefix = call.keywords.get('prefix');
  const lead = prefix?.type === 'str' && prefix.value !== '' ? `${prefix.value}.` : '';
  return new ListValue([...found].map(([value, path]) => tuple([text(lead + path), value])));
}

const recursive = (call: Call, place = 1): boolean =>
  call.interpreter.truth(call.keywords.get('recurse') ?? call.positional[place] ?? bool(true)) === true;

/** Hooks are not followed. */
const hook = ({ interpreter }: Call): Value => interpreter.unknown('a hook', 'is not followed');

const methods: Methods = {
  __init__: () => none,
  __call__: callModule,
  __setattr__: (call) => {
    const [, name, value] = call.positional;
    if (name?.type === 'str' && value) register(self(call), name.value, value, call);
    return none;
  },
  add_module: registerByName,
  register_module: registerByName,
  register_parameter: registerByName,
  register_buffer: registerBuffer,
  parameters: (call) => new ListValue([...namedParameters(self(call), recursive(call)).keys()]),
  named_parameters: (call) => namedPairs(namedParameters(self(call), recursive(call, 2)), call),
  buffers: (call) => new ListValue([...namedBuffers(self(call)).keys()]),
  named_buffers: (call) => namedPairs(namedBuffers(self(call)), call),
  modules: (call) => new ListValue([...namedModules(self(call)).keys()]),
  named_modules: (call) => namedPairs(namedModules(self(call)), call),
  children: (call) => new ListValue(childrenOf(self(call)).map(([, child]) => child)),
  named_children: (call) => new ListValue(childrenOf(self(call)).map(([name, child]) => tuple([text(name), child]))),
  apply: (call) => {
    applyToAll(self(call), call.positional[1] ?? call.keywords.get('fn') ?? none, call);
    return self(call);
  },
  load_state_dict: loadStateDict,
  state_dict: stateDict,
  get_submodule: memberByPath,
  get_parameter: memberByPath,
  get_buffer: memberByPath,
  zero_grad: () => none,
  extra_repr: () => text(''),
  _get_name: (call) => text(self(call).cls.name),
  register_forward_hook: hook,
  register_forward_pre_hook: hook,
  register_full_backward_hook: hook,
  _register_load_state_dict_pre_hook: hook,
  register_load_state_dict_post_hook: hook,
  _register_state_dict_hook: hook,
};

/** Methods that give the module itself back, with nothing changed that matters here. */
const unchanging = [
  'to',
  'cuda',
  'cpu',
  'train',
  'eval',
  'float',
  'double',
  'half',
  'bfloat16',
  'requires_grad_',
  'compile',
  'share_memory',
  'to_empty',
  'type',
  'xpu',
];

moduleClass.attributes.fill(
  new Map<string, Value>([
    ...Object.entries({ ...methods, ...Object.fromEntries(unchanging.map((name) => [name, self])) }).map(
      ([name, call]) => [name, { type: 'builtin', name, call, method: true }] as const,
    ),
    ['training', bool(true)] as const,
  ]),
);
