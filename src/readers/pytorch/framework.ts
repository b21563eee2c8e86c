import type { LossUse, Network } from '../../network';
import type { Directive } from '../frameworks/directive';
import type { Framework, FrameworkReading } from '../frameworks/framework';
import type { Root } from '../frameworks/roots';
import { openSizeCause } from '../frameworks/sizes';
import { findInClass } from '../python/attributes';
import { noKeywords, type Interpreter } from '../python/interpreter';
import type { Scope } from '../python/scope';
import type { ModulePart } from '../python/syntax';
import {
  isSubclass,
  reasonOf,
  shownSymbol,
  type Call,
  type ClassValue,
  type InstanceValue,
  type UnknownValue,
  type Value,
} from '../python/values';
import type { Range, Site, SourceText } from '../text/source';
import { buildNetwork } from './buildNetwork';
import { FunctionUse, tensorsIn } from './functions/define';
import { selected } from './functions/joining';
import { initialise } from './initialise';
import { sequentialClass } from './layers/containers';
import { mentionedLosses } from './lossUses';
import { childrenOf, isModule, moduleClass, moduleState, namedParameters } from './module';
import { unpackOpenShape } from './queries';
import { openSession, type PytorchSession } from './session';
import { parameterState, tensorState } from './tensor';
import { torchModules } from './torch';

export const pytorch: Framework = {
  words: ['torch', 'lightning'],
  importModule: (name) => torchModules.get(name),
  open: (interpreter) => new PytorchReading(interpreter, openSession(interpreter)),
};

/** What PyTorch adds to the language while a file is evaluated, and how its models are read. */
class PytorchReading implements FrameworkReading {
  readonly modelClass = moduleClass;
  readonly method = 'forward';
  readonly makers = ['Sequential'];

  constructor(
    private readonly interpreter: Interpreter,
    readonly session: PytorchSession,
  ) {}

  isModel(value: Value | undefined): value is InstanceValue {
    return isModule(value);
  }

  isWorthReading(instance: InstanceValue): boolean {
    if (moduleState(instance)?.loss) return false;
    return instance.cls.site !== undefined
      ? findInClass(instance.cls, 'forward') !== undefined || moduleState(instance)?.lower !== undefined
      : instance.cls === sequentialClass;
  }

  computes(cls: ClassValue): boolean {
    return isSubclass(cls, sequentialClass);
  }

  partsOf(model: InstanceValue): readonly InstanceValue[] {
    return childrenOf(model).map(([, child]) => child);
  }

  build(root: Root, scope: Scope, directives: readonly Directive[]): Network {
    return buildNetwork(this.interpreter, this.session, scope, root, directives);
  }

  mentionedLosses(parts: readonly ModulePart[], source: SourceText, scope: Scope): readonly LossUse[] {
    return mentionedLosses(parts, source, this.interpreter, scope);
  }

  loading(run: () => void): void {
    const { session } = this;
    const { trace, constructing } = session;
    session.trace = undefined;
    session.constructing = 0;
    session.loading++;
    try {
      run();
    } finally {
      session.loading--;
      session.trace = trace;
      session.constructing = constructing;
    }
  }

  construct(instance: InstanceValue, run: () => void): void {
    const { session } = this;
    if (!isModule(instance)) {
      run();
      return;
    }
    session.constructing++;
    try {
      run();
    } finally {
      session.constructing--;
    }
    session.finished(instance);
  }

  progress(): number {
    const { progress, trace } = this.session;
    return progress + (trace?.builder.size ?? 0);
  }

  bound(name: string, instance: InstanceValue, target: Range): void {
    const { statement, site } = this.interpreter;
    if (isModule(instance))
      this.session.bind(instance, { name, target: { source: site.source, ...target }, statement });
  }

  unpack(instance: InstanceValue, count: number, site: Site): readonly Value[] | undefined {
    const { interpreter } = this;
    const { trace } = this.session;
    const sizes = unpackOpenShape(instance, count, interpreter);
    if (sizes || !trace || tensorState(instance)?.kind !== 'node') return sizes;
    if (trace.isOpaque(instance) || trace.shape(instance) === undefined) {
      const part = trace.isOpaque(instance)
        ? instance
        : trace.opaque('A tensor of unknown sizes is taken apart here.', [instance], site);
      return Array.from({ length: count }, () => part);
    }
    const call = { interpreter, positional: [], keywords: noKeywords, site };
    const use = new FunctionUse('unpack', [], instance, call);
    return Array.from({ length: count }, (_, place) => selected(use, instance, 0, place));
  }

  exceeds({ symbol, cause }: UnknownValue, number: number): boolean {
    const { trace } = this.session;
    if (!trace?.inputSizes.has(symbol) || cause !== openSizeCause || number > 1) return false;
    if (number === 1) trace.assume('Read for inputs whose lengths and sides are more than one.', this.interpreter.site);
    return true;
  }

  unknownCall(callee: UnknownValue, call: Call): Value | undefined {
    const { trace, constructing } = this.session;
    const given = [...call.positional, ...call.keywords.values()];
    if (trace) {
      const inputs = tensorsIn(given).filter((value) => tensorState(value)?.kind === 'node');
      if (inputs.length > 0 && !isTorchFunction(callee))
        trace.unknownModules.add(`those that ${shownSymbol(callee.symbol)} may have`);
      if (inputs.length > 0) return trace.opaque(`${reasonOf(callee)}: what it does is not known.`, inputs, call.site);
    }
    if (constructing > 0 || callee.symbol.toLowerCase().includes('init')) reinitialised(given, callee, call);
    return undefined;
  }
}

/** `torch.topk`, by its own name: what it does may not be known, but it has no parameters. */
const isTorchFunction = ({ symbol }: UnknownValue): boolean => /^torch(\.\w+)+$/.test(symbol);

/** What is handed to unknown code while a model is made may be initialised there. */
function reinitialised(values: readonly Value[], callee: UnknownValue, call: Call): void {
  for (const value of values) {
    const parameters = isModule(value)
      ? namedParameters(value).keys()
      : parameterState(value) || tensorState(value)
        ? [value]
        : [];
    for (const parameter of parameters) initialise(parameter, { kind: 'unknown', reason: reasonOf(callee) }, call);
  }
}
