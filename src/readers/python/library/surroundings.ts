import { SourceText } from '../../text/source';
import { builtin, builtinClass } from '../classes';
import { raiseIfCaught } from '../exceptions';
import { sourceOf } from '../scope';
import { symbolOf } from '../truth';
import {
  bool,
  DictValue,
  InstanceValue,
  int,
  none,
  text,
  tuple,
  type Call,
  type ModuleValue,
  type Value,
} from '../values';
import { moduleOf } from './module';
import { objectClass } from './types';

/** What the program runs in, as far as models ask for it: nothing is set, nothing is printed, nothing is written. */

const environment = (): InstanceValue => new InstanceValue(environmentClass, nowhere);

const fallbackOf = ({ positional: [, fallback], keywords }: Call): Value => fallback ?? keywords.get('default') ?? none;

const environmentClass = builtinClass('environ', [objectClass], {
  get: ({ positional, ...call }) => fallbackOf({ ...call, positional: positional.slice(1) }),
  setdefault: ({ positional, ...call }) => fallbackOf({ ...call, positional: positional.slice(1) }),
  __contains__: () => bool(false),
  __setitem__: () => none,
  __getitem__: ({ positional: [, name = none], interpreter }) => {
    raiseIfCaught(interpreter, 'KeyError', `${symbolOf(name)} is not set`);
    return interpreter.unknown(`os.environ[${symbolOf(name)}]`, 'comes from the environment');
  },
});

const doingNothing = (name: string): Value => builtin(name, () => none);

/** A logger takes everything that is said. */
const loggerClass = builtinClass('Logger', [objectClass], {
  __getattr__: ({ positional: [, name] }) => doingNothing(name?.type === 'str' ? name.value : 'log'),
  isEnabledFor: () => bool(false),
});
const logger = (): Value => new InstanceValue(loggerClass, nowhere);

const nowhere = { source: new SourceText('', ''), start: 0, end: 0 };

/** `sys.modules[name]` */
const modulesClass = builtinClass('modules', [objectClass], {
  __getitem__: ({ positional: [, name = none], interpreter }) =>
    (name.type === 'str' ? interpreter.modules.named(name.value) : undefined) ??
    interpreter.unknown(`sys.modules[${symbolOf(name)}]`, 'is a module that is not known'),
  get: ({ positional: [, name = none], interpreter }) =>
    (name.type === 'str' ? interpreter.modules.named(name.value) : undefined) ?? none,
  __contains__: ({ positional: [, name = none], interpreter }) =>
    bool(name.type === 'str' && interpreter.modules.named(name.value) !== undefined),
});

/** Attributes given by name: `SimpleNamespace(width=4)`. */
export const namespaceClass = builtinClass('SimpleNamespace', [objectClass], {
  __init__: ({ positional: [self], keywords, interpreter }) => {
    for (const [name, value] of keywords) if (self) interpreter.setAttribute(self, name, value);
    return none;
  },
});

const managerClass = builtinClass('nullcontext', [objectClass], {
  __init__: ({ positional: [self, value = none], interpreter }) => {
    if (self) interpreter.setAttribute(self, 'entered', value);
    return none;
  },
  __enter__: ({ positional: [self = none], interpreter }) => interpreter.getAttribute(self, 'entered'),
  __exit__: () => none,
});

/** `@contextmanager`: what the generator yields first is what is entered. */
const contextManager = builtin('contextmanager', ({ positional: [generator = none] }) =>
  builtin('contextmanager', (call) => {
    const made = call.interpreter.call(generator, call);
    const first = made.type === 'iterator' ? made.next(call.interpreter.journal) : made;
    return call.interpreter.apply(managerClass, first ?? none);
  }),
);

const kinds = {
  POSITIONAL_ONLY: 0,
  POSITIONAL_OR_KEYWORD: 1,
  VAR_POSITIONAL: 2,
  KEYWORD_ONLY: 3,
  VAR_KEYWORD: 4,
} as const;
const kindNumbers = { positional: 1, star: 2, keywordOnly: 3, doubleStar: 4 } as const;
const parameterClass = builtinClass('Parameter', [objectClass], {});
const emptyDefault = builtinClass('_empty', [objectClass], {});
parameterClass.attributes.fill(
  new Map<string, Value>([
    ...Object.entries(kinds).map(([name, kind]) => [name, int(kind)] as const),
    ['empty', emptyDefault],
  ]),
);
const signatureClass = builtinClass('Signature', [objectClass], {});

/** `inspect.signature(f)`: the names, kinds and defaults of its parameters. */
function signature({ positional: [callee = none], interpreter, site }: Call): Value {
  const constructor = callee.type === 'class' ? interpreter.findAttribute(callee, '__init__') : callee;
  const original = constructor?.type === 'function' ? constructor.attributes.get('__wrapped__') : undefined;
  const inner = constructor?.type === 'method' ? constructor.callee : (original ?? constructor);
  if (inner?.type !== 'function') return interpreter.unknown('signature(…)', 'is that of something that is not known');
  const skipped = callee.type === 'function' ? 0 : 1;
  const dict = new DictValue();
  for (const { kind, name } of inner.parameters.slice(skipped)) {
    const parameter = new InstanceValue(parameterClass, site);
    parameter.attributes.set('name', text(name), interpreter.journal);
    parameter.attributes.set('kind', int(kindNumbers[kind]), interpreter.journal);
    parameter.attributes.set('default', inner.fallbacks.get(name) ?? emptyDefault, interpreter.journal);
    dict.set(text(name), parameter);
  }
  const made = new InstanceValue(signatureClass, site);
  made.attributes.set('parameters', dict, interpreter.journal);
  return made;
}

const isOfType = (name: string, ...types: readonly Value['type'][]): Value =>
  builtin(name, ({ positional: [value = none] }) =>
    value.type === 'unknown' ? value : bool(types.includes(value.type)),
  );

/** `importlib.util.find_spec(name)`: something that is there, or None. */
const findSpec = builtin('find_spec', ({ positional: [name = none], interpreter, site }) => {
  if (name.type !== 'str') return interpreter.unknown('find_spec(…)', 'asks for a name that is not known');
  const found = interpreter.modules.absolute(name.value, interpreter.site.source);
  return found ? new InstanceValue(objectClass, site) : none;
});

const importModule = builtin('import_module', ({ positional: [name = none], interpreter }) => {
  const module = name.type === 'str' ? interpreter.modules.absolute(name.value, interpreter.site.source) : undefined;
  return module ?? interpreter.unknown(`import_module(${symbolOf(name)})`, 'is a module that is not known');
});

const versionInfo = tuple([int(3), int(12), int(0)], ['major', 'minor', 'micro']);

const tables: Readonly<Record<string, () => Readonly<Record<string, Value>>>> = {
  os: () => ({
    environ: environment(),
    getenv: builtin('getenv', fallbackOf),
    sep: text('/'),
    name: text('posix'),
  }),
  sys: () => ({
    modules: new InstanceValue(modulesClass, nowhere),
    version_info: versionInfo,
    platform: text('linux'),
    maxsize: int(Number.MAX_SAFE_INTEGER),
  }),
  warnings: () => ({
    warn: doingNothing('warn'),
    filterwarnings: doingNothing('filterwarnings'),
    simplefilter: doingNothing('simplefilter'),
    catch_warnings: managerClass,
  }),
  logging: () => ({
    getLogger: builtin('getLogger', logger),
    Logger: loggerClass,
    ...Object.fromEntries(
      ['debug', 'info', 'warning', 'error', 'critical', 'exception', 'log', 'basicConfig', 'captureWarnings'].map(
        (name) => [name, doingNothing(name)],
      ),
    ),
    ...{ DEBUG: int(10), INFO: int(20), WARNING: int(30), ERROR: int(40), CRITICAL: int(50) },
  }),
  abc: () => ({
    ABC: builtinClass('ABC', [objectClass], {}),
    ABCMeta: builtinClass('ABCMeta', [objectClass], {}),
    abstractmethod: builtin('abstractmethod', ({ positional: [callee = none] }) => callee),
    abstractproperty: builtin('abstractproperty', ({ positional: [getter = none] }) => ({ type: 'property', getter })),
  }),
  contextlib: () => ({
    contextmanager: contextManager,
    nullcontext: managerClass,
    suppress: managerClass,
    ExitStack: managerClass,
  }),
  types: () => ({
    SimpleNamespace: namespaceClass,
    ...Object.fromEntries(
      ['FunctionType', 'MethodType', 'ModuleType', 'GeneratorType', 'BuiltinFunctionType', 'NoneType'].map((name) => [
        name,
        builtinClass(name, [objectClass], {}),
      ]),
    ),
  }),
  numbers: () =>
    Object.fromEntries(['Number', 'Real', 'Integral'].map((name) => [name, builtinClass(name, [objectClass], {})])),
  inspect: () => ({
    signature: builtin('signature', signature),
    Parameter: parameterClass,
    isclass: isOfType('isclass', 'class'),
    isfunction: isOfType('isfunction', 'function'),
    ismethod: isOfType('ismethod', 'method'),
    ismodule: isOfType('ismodule', 'module'),
    getmodule: builtin('getmodule', ({ positional: [value = none], interpreter }) => {
      const source = value.type === 'function' ? sourceOf(value.scope) : undefined;
      const name = source && interpreter.modules.nameOf(source);
      return (name === undefined ? undefined : interpreter.modules.named(name)) ?? none;
    }),
  }),
  'importlib.util': () => ({ find_spec: findSpec }),
};

const surroundings = Object.entries(tables).map(([name, members]) => moduleOf(name, members));
const importlib = moduleOf('importlib', () => ({
  import_module: importModule,
  util: surroundings.find(({ name }) => name === 'importlib.util') ?? none,
}));

/** Modules of the standard library that are there, and of which nothing is known: what comes from them is unknown. */
const unfollowed = [
  'ast',
  'asyncio',
  'base64',
  'builtins',
  'calendar',
  'codecs',
  'concurrent',
  'csv',
  'ctypes',
  'datetime',
  'decimal',
  'difflib',
  'dis',
  'email',
  'errno',
  'fractions',
  'gc',
  'getpass',
  'glob',
  'gzip',
  'hashlib',
  'heapq',
  'html',
  'http',
  'io',
  'json',
  'locale',
  'multiprocessing',
  'pathlib',
  'pickle',
  'pkgutil',
  'platform',
  'pprint',
  'queue',
  'random',
  'shutil',
  'signal',
  'socket',
  'statistics',
  'string',
  'struct',
  'subprocess',
  'tarfile',
  'tempfile',
  'textwrap',
  'threading',
  'time',
  'timeit',
  'tokenize',
  'traceback',
  'unittest',
  'urllib',
  'uuid',
  'weakref',
  'xml',
  'zipfile',
  'zlib',
];

export const surroundingModules: readonly ModuleValue[] = [
  ...surroundings,
  importlib,
  ...unfollowed.map((name) => moduleOf(name, () => ({}))),
];
