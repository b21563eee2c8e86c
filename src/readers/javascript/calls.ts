import type { UnknownValue } from '../evaluation/unknown';
import type { Site } from '../text/source';
import type { Interpreter } from './interpreter';
import { unknownBase } from './members';
import { symbolOf } from './operators';
import { bind, bindElement } from './patterns';
import { Scope } from './scope';
import type { ClassSyntax } from './syntax';
import { Thrown } from './thrown';
import {
  ArrayValue,
  undefinedValue,
  Variables,
  type Call,
  type ClassValue,
  type FieldSyntaxValue,
  type FunctionValue,
  type ObjectValue,
  type Value,
} from './values';

/** Call a value. What is not known gives something unknown, named after the call. */
export function callValue(interpreter: Interpreter, callee: Value, call: Call): Value {
  interpreter.budget.spend();
  switch (callee.type) {
    case 'function':
      return callFunction(interpreter, callee, call);
    case 'builtin':
      return interpreter.nested(() => callee.call(call));
    case 'unknown':
      return interpreter.host.unknownCall?.(callee, call) ?? resultOf(callee, call.site);
    default:
      throw new Thrown(`\`${symbolOf(callee)}\` is called, and is no function.`, undefinedValue, call.site);
  }
}

function resultOf(callee: UnknownValue, site: Site): UnknownValue {
  const text = site.source.slice(site);
  const symbol = text.length <= 40 ? text : `${symbolOf(callee)}(…)`;
  return { ...callee, symbol, subject: callee.subject ?? callee.symbol, site };
}

function callFunction(interpreter: Interpreter, callee: FunctionValue, call: Call): Value {
  const { syntax } = callee;
  interpreter.called.add(syntax);
  if (syntax.generator) return interpreter.unknown(`${callee.name}(…)`, 'is a generator, which is not followed');
  const scope = new Scope('function', callee.scope.source, callee.scope, syntax.arrow ? undefined : callee.owner);
  if (!syntax.arrow) scope.declare('this', call.receiver, interpreter.journal);
  const { site } = interpreter;
  return interpreter.nested(() => {
    bindParameters(interpreter, callee, call, scope);
    if (!isBlock(syntax.body)) return interpreter.evaluate(syntax.body, scope);
    const signal = interpreter.execute(syntax.body, scope);
    interpreter.site = site;
    return signal?.kind === 'return' ? signal.value : undefinedValue;
  });
}

const isBlock = (body: FunctionValue['syntax']['body']): body is Extract<typeof body, readonly unknown[]> =>
  Array.isArray(body);

function bindParameters(interpreter: Interpreter, { syntax }: FunctionValue, call: Call, scope: Scope): void {
  for (const [index, parameter] of syntax.parameters.entries()) {
    const binding = { kind: 'declare', into: scope } as const;
    if (parameter.rest) {
      const array = new ArrayValue([...call.arguments.slice(index)]);
      array.taint = call.hidden;
      interpreter.journal.made(array);
      bind(interpreter, parameter.target, array, scope, binding);
      continue;
    }
    const given = call.arguments[index] ?? call.hidden ?? undefinedValue;
    bindElement(interpreter, parameter, given, scope, binding);
    if (parameter.property && parameter.target.kind === 'name' && call.receiver.type === 'object')
      call.receiver.properties.set(
        parameter.target.name,
        scope.find(parameter.target.name) ?? undefinedValue,
        interpreter.journal,
      );
  }
}

/** `new callee(…)`. */
export function constructValue(
  interpreter: Interpreter,
  callee: Value,
  given: readonly Value[],
  hidden?: UnknownValue,
): Value {
  interpreter.budget.spend();
  const { site } = interpreter;
  switch (callee.type) {
    case 'class': {
      const instance = interpreter.newObject(callee);
      const call: Call = { interpreter, receiver: instance, arguments: given, hidden, site };
      runConstructor(interpreter, callee, instance, call);
      interpreter.host.constructed?.(instance, call);
      return instance;
    }
    case 'function': {
      const instance = interpreter.newObject();
      const result = interpreter.call(callee, instance, given, hidden);
      return result.type === 'object' ? result : instance;
    }
    case 'builtin':
      return interpreter.call(callee, undefinedValue, given, hidden);
    case 'unknown':
      return resultOf(callee, site);
    default:
      throw new Thrown(`\`${symbolOf(callee)}\` is no class.`, undefinedValue, site);
  }
}

/** Run the constructor of a class, or of the nearest base that has one, on an instance. Also what `super(…)` does. */
export function runConstructor(interpreter: Interpreter, cls: ClassValue, instance: ObjectValue, call: Call): void {
  interpreter.nested(() => {
    const { construct, base } = cls;
    if (typeof construct === 'function') {
      construct(instance, { ...call, receiver: instance });
      initialiseFields(interpreter, cls, instance);
    } else if (construct) {
      // With a base, fields are there once `super()` has returned.
      if (!base) initialiseFields(interpreter, cls, instance);
      callFunction(interpreter, construct, { ...call, receiver: instance });
    } else {
      if (base) runConstructor(interpreter, base, instance, call);
      initialiseFields(interpreter, cls, instance);
    }
  });
}

export function callSuper(
  interpreter: Interpreter,
  scope: Scope,
  given: readonly Value[],
  hidden?: UnknownValue,
): Value {
  const cls = scope.home;
  const instance = scope.find('this');
  if (!cls || instance?.type !== 'object') return undefinedValue;
  const call: Call = { interpreter, receiver: instance, arguments: given, hidden, site: interpreter.site };
  if (cls.base) runConstructor(interpreter, cls.base, instance, call);
  const doubt = unknownBase(cls);
  if (!cls.base && doubt) instance.properties.spoil(doubt, interpreter.journal);
  initialiseFields(interpreter, cls, instance);
  return undefinedValue;
}

function initialiseFields(interpreter: Interpreter, { fields }: ClassValue, instance: ObjectValue): void {
  for (const field of fields) instance.properties.set(field.name, field.evaluate(instance), interpreter.journal);
}

/** The class that a piece of syntax makes. */
export function makeClass(interpreter: Interpreter, syntax: ClassSyntax, scope: Scope): ClassValue {
  const base = syntax.base && interpreter.evaluate(syntax.base, scope);
  const members = new Map<string, Value>();
  const statics = new Variables();
  const fields: FieldSyntaxValue[] = [];
  const site = { source: scope.source, ...syntax };
  let construct: FunctionValue | undefined;
  const cls: ClassValue = {
    type: 'class',
    name: syntax.name,
    base: base?.type === 'class' ? base : undefined,
    unknownBase:
      base && base.type !== 'class'
        ? base.type === 'unknown'
          ? base
          : interpreter.unknown(symbolOf(base), 'is no class that is understood')
        : undefined,
    members,
    statics,
    fields,
    get construct() {
      return construct;
    },
    syntax,
    site,
  };
  for (const member of syntax.members) {
    const key = interpreter.evaluate(member.key, scope);
    if (key.type !== 'string') continue;
    const definition =
      member.value?.kind === 'function' && member.kind !== 'field' ? member.value.definition : undefined;
    if (!definition) {
      const { value } = member;
      const evaluate = (receiver: Value): Value => {
        const inner = new Scope('function', scope.source, scope, cls);
        inner.declare('this', receiver, interpreter.journal);
        return value ? interpreter.evaluate(value, inner) : undefinedValue;
      };
      if (member.static) statics.set(key.value, evaluate(cls), interpreter.journal);
      else fields.push({ name: key.value, evaluate });
      continue;
    }
    const method: FunctionValue = {
      type: 'function',
      name: key.value,
      nameSite: { source: scope.source, start: member.key.start, end: member.key.end },
      syntax: definition,
      scope,
      owner: cls,
      site: { source: scope.source, ...definition },
    };
    const found: Value = member.kind === 'getter' ? { type: 'getter', getter: method } : method;
    if (member.static) statics.set(key.value, found, interpreter.journal);
    else if (key.value === 'constructor') construct = method;
    else members.set(member.kind === 'setter' ? `set ${key.value}` : key.value, found);
  }
  interpreter.classes.push(cls);
  return cls;
}
