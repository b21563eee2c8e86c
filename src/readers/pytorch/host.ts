import type { Host } from '../python/interpreter';
import { standardModules } from '../python/library/standard';
import type { Range, Site } from '../text/source';
import {
  reasonOf,
  shownSymbol,
  type Call,
  type InstanceValue,
  type ModuleValue,
  type UnknownValue,
  type Value,
} from '../python/values';
import { tensorsIn } from './functions/define';
import { initialise } from './initialise';
import { isModule, namedParameters } from './module';
import type { Session } from './session';
import { parameterState, tensorState } from './tensor';
import { torchModules } from './torch';

/** What PyTorch adds to the language while a file is evaluated. */
export class PytorchHost implements Host {
  constructor(
    private readonly session: () => Session,
    private readonly place: () => { readonly statement: Range; readonly site: Call['site'] },
  ) {}

  importModule(name: string): ModuleValue | undefined {
    return torchModules.get(name) ?? standardModules.get(name);
  }

  loading(run: () => void): void {
    const session = this.session();
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
    const session = this.session();
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
    // What another file makes for itself is no model of this one.
    if (session.loading === 0) session.made.push(instance);
    session.progress++;
  }

  progress(): number {
    const { progress, trace } = this.session();
    return progress + (trace?.builder.size ?? 0);
  }

  bound(name: string, instance: InstanceValue, target: Range): void {
    const { statement, site } = this.place();
    const { bindings, main } = this.session();
    const known = bindings.get(instance);
    // The file that is read tells more of a model than those that it comes from.
    if (isModule(instance) && (!known || (known.target.source !== main && site.source === main)))
      bindings.set(instance, { name, target: { source: site.source, ...target }, statement });
  }

  unpack(instance: InstanceValue, count: number, site: Site): readonly Value[] | undefined {
    const { trace } = this.session();
    if (!trace || tensorState(instance)?.kind !== 'node') return undefined;
    const part = trace.isOpaque(instance)
      ? instance
      : trace.opaque('A tensor is taken apart here, which is not understood yet.', [instance], site);
    return Array.from({ length: count }, () => part);
  }

  unknownCall(callee: UnknownValue, call: Call): Value | undefined {
    const { trace, constructing } = this.session();
    const given = [...call.positional, ...call.keywords.values()];
    if (trace) {
      const inputs = tensorsIn(given).filter((value) => tensorState(value)?.kind === 'node');
      if (inputs.length > 0) trace.unknownModules.add(`those that ${shownSymbol(callee.symbol)} may have`);
      if (inputs.length > 0) return trace.opaque(`${reasonOf(callee)}: what it does is not known.`, inputs, call.site);
    }
    if (constructing > 0 || callee.symbol.toLowerCase().includes('init')) reinitialised(given, callee, call);
    return undefined;
  }
}

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
