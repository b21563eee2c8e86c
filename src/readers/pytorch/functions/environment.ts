import { builtin, builtinClass } from '../../python/classes';
import { findInClass } from '../../python/attributes';
import { moduleOf } from '../../python/library/module';
import { objectClass } from '../../python/library/types';
import { isElements } from '../../python/operators';
import { bool, InstanceValue, none, text, type Call, type ClassValue, type Value } from '../../python/values';
import { sessionOf } from '../session';
import { tensorState } from '../tensor';
import { dtypes, floatLimits } from './dtypes';
import { numberKindOf } from './numberKind';

/** What of `torch` is no operation on tensors: types, contexts, compilers, checkpoints, functions with their own backward pass. */

/** Returns what it is given first (`torch.compile(model)`); called with settings only it decorates. */
const passing = (name: string): Value =>
  builtin(name, ({ positional: [value] }) => value ?? builtin(name, ({ positional: [inner = none] }) => inner));

/** A context manager, or a decorator, that changes nothing that matters here. */
const context = (name: string, note?: string): Value =>
  builtin(name, ({ interpreter, site, positional: [decorated] }) => {
    if (note !== undefined) sessionOf(interpreter).trace?.assume(note, site);
    return decorated?.type === 'function' ? decorated : passing(name);
  });

const answer = (name: string, value: boolean): Value => builtin(name, () => bool(value));

const withoutGradient = (name: string): Value =>
  context(name, `Gradients are taken to pass through \`torch.${name}()\`, which holds them back.`);

/** What a custom function keeps for its backward pass, which is not read. */
const contextClass = builtinClass('FunctionCtx', [objectClass], {
  save_for_backward: () => none,
  mark_dirty: () => none,
  mark_non_differentiable: () => none,
  set_materialize_grads: () => none,
  save_for_forward: () => none,
});

/** `torch.autograd.Function`: its `forward` is followed; its own backward pass is not read, and that is said. */
const autogradFunction: ClassValue = builtinClass('Function', [objectClass], {});
autogradFunction.attributes.fill(
  new Map<string, Value>([['apply', { type: 'classmethod', callee: builtin('apply', applyFunction, true) }]]),
);

function applyFunction({ positional: [cls, ...rest], keywords, interpreter, site }: Call): Value {
  if (cls?.type !== 'class') return none;
  const forward = findInClass(cls, 'forward');
  if (!forward) return interpreter.unknown(`${cls.name}.apply`, 'has no `forward`');
  sessionOf(interpreter).trace?.assume(
    `The backward pass of \`${cls.name}\` is its own: gradients are predicted from its \`forward\`.`,
    site,
  );
  const own = findInClass(cls, 'setup_context') ? [] : [new InstanceValue(contextClass, site)];
  return interpreter.call(forward, { positional: [...own, ...rest], keywords });
}

/** `checkpoint(function, *args)` saves memory, and computes the same. */
function checkpoint({ positional: [callee = none, ...rest], keywords, interpreter }: Call): Value {
  const settings = ['use_reentrant', 'preserve_rng_state', 'context_fn', 'determinism_check', 'debug'];
  const given = new Map([...keywords].filter(([name]) => !settings.includes(name)));
  return interpreter.call(callee, { positional: rest, keywords: given });
}

/** `checkpoint_sequential(functions, segments, input)` */
function checkpointSequential({ positional, keywords, interpreter }: Call): Value {
  const [functions = none, , input] = positional;
  const steps = interpreter.iterate(functions);
  const start = input ?? keywords.get('input') ?? none;
  if (!isElements(steps)) return interpreter.apply(steps, start);
  return steps.reduce<Value>((x, step) => interpreter.apply(step, x), start);
}

const checkpointMembers: Readonly<Record<string, Value>> = {
  checkpoint: builtin('checkpoint', checkpoint),
  checkpoint_sequential: builtin('checkpoint_sequential', checkpointSequential),
};

const limitsClass = builtinClass('finfo', [objectClass], {});
limitsClass.attributes.fill(new Map(Object.entries(floatLimits)));
const wholeLimits = builtinClass('iinfo', [objectClass], {});
wholeLimits.attributes.fill(
  new Map<string, Value>([
    ['max', { type: 'int', value: 2 ** 53 - 1 }],
    ['min', { type: 'int', value: -(2 ** 53 - 1) }],
  ]),
);

const noScript = {
  is_scripting: answer('is_scripting', false),
  is_tracing: answer('is_tracing', false),
  script: passing('script'),
  script_if_tracing: passing('script_if_tracing'),
  ignore: passing('ignore'),
  unused: passing('unused'),
  export: passing('export'),
  interface: passing('interface'),
  trace: passing('trace'),
  Final: objectClass,
};

const autocast = moduleOf('torch.cuda.amp', () => ({
  autocast: context('autocast'),
  custom_fwd: passing('custom_fwd'),
  custom_bwd: passing('custom_bwd'),
}));

/** Modules below `torch`, by their name without it. */
export const environmentModules: Readonly<Record<string, ReturnType<typeof moduleOf>>> = {
  jit: moduleOf('torch.jit', () => noScript),
  autograd: moduleOf('torch.autograd', () => ({
    Function: autogradFunction,
    Variable: passing('Variable'),
    function: moduleOf('torch.autograd.function', () => ({ Function: autogradFunction })),
  })),
  'autograd.function': moduleOf('torch.autograd.function', () => ({ Function: autogradFunction })),
  utils: moduleOf('torch.utils', () => ({ checkpoint: moduleOf('torch.utils.checkpoint', () => checkpointMembers) })),
  'utils.checkpoint': moduleOf('torch.utils.checkpoint', () => checkpointMembers),
  'cuda.amp': autocast,
  amp: autocast,
  onnx: moduleOf('torch.onnx', () => ({ is_in_onnx_export: answer('is_in_onnx_export', false) })),
  compiler: moduleOf('torch.compiler', () => ({
    is_compiling: answer('is_compiling', false),
    disable: passing('disable'),
  })),
  _dynamo: moduleOf('torch._dynamo', () => ({
    is_compiling: answer('is_compiling', false),
    disable: passing('disable'),
  })),
  fx: moduleOf('torch.fx', () => ({ wrap: passing('wrap'), Proxy: builtinClass('Proxy', [objectClass], {}) })),
  cuda: moduleOf('torch.cuda', () => ({ amp: autocast })),
};

/** Names of `torch` itself. */
export const environmentMembers: Readonly<Record<string, Value>> = {
  ...dtypes,
  no_grad: withoutGradient('no_grad'),
  inference_mode: withoutGradient('inference_mode'),
  enable_grad: context('enable_grad'),
  set_grad_enabled: context('set_grad_enabled'),
  autocast: context('autocast'),
  compile: passing('compile'),
  is_tensor: builtin('is_tensor', ({ positional: [value], interpreter }) =>
    value?.type === 'unknown'
      ? interpreter.unknown('torch.is_tensor(…)', 'is not known')
      : bool(tensorState(value) !== undefined),
  ),
  is_floating_point: builtin('is_floating_point', ({ positional: [value], interpreter }) =>
    bool((numberKindOf(value, sessionOf(interpreter).trace) ?? 'float') === 'float'),
  ),
  is_grad_enabled: answer('is_grad_enabled', true),
  is_autocast_enabled: answer('is_autocast_enabled', false),
  finfo: builtin('finfo', ({ site }) => new InstanceValue(limitsClass, site)),
  iinfo: builtin('iinfo', ({ site }) => new InstanceValue(wholeLimits, site)),
  manual_seed: builtin('manual_seed', () => none),
  set_float32_matmul_precision: builtin('set_float32_matmul_precision', () => none),
  get_default_dtype: builtin('get_default_dtype', () => dtypes['float32'] ?? none),
  Size: builtin('Size', ({ positional: [value = none] }) => value),
  _assert: builtin('_assert', ({ positional: [condition = none], interpreter }) => {
    interpreter.truth(condition);
    return none;
  }),
  pi: { type: 'float', value: Math.PI },
  inf: { type: 'float', value: Infinity },
  nan: { type: 'float', value: Number.NaN },
  __version__: text('2.13.0'),
};
