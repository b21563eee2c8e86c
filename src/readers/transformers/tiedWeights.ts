import type { Interpreter } from '../python/interpreter';
import { toPattern } from '../python/library/regularExpressions';
import { DictValue, reasonOf, text, type Call, type InstanceValue, type Value } from '../python/values';
import { majorVersion } from './files';
import { childrenOf, moduleState, namedModules } from '../pytorch/module';
import { parameterState } from '../pytorch/tensor';

/** Which parameters of a model are one and the same, by path: what becomes of the key is told by the value. */
type Ties = ReadonlyMap<string, string>;

/** Where a model keeps its ties, for the model around it. */
const keptAs = 'all_tied_weights_keys';

/**
 * Ties the weights of a model as its class and its configuration say. Since version 5 the class names pairs of parameters; before,
 * it said which were tied to the embeddings of the tokens.
 */
export function tieWeights(model: InstanceValue, call: Call): void {
  const { interpreter } = call;
  const declared = interpreter.findAttribute(model, '_tied_weights_keys');
  const pairs = new Map<string, string>();
  if (declared?.type === 'dict' && isTied(model, false, interpreter))
    for (const [target, source] of expanded(model, declared, interpreter)) pairs.set(target, source);
  for (const [name, child] of childrenOf(model))
    for (const [target, source] of entriesOf(child.attributes.get(keptAs)))
      pairs.set(`${name}.${target}`, `${name}.${source}`);
  for (const [target, source] of pairs) tie(model, target, source, interpreter);
  const kept = new DictValue();
  for (const [target, source] of pairs) kept.set(text(target), text(source));
  model.attributes.set(keptAs, kept, interpreter.journal);
  const version = majorVersion(interpreter);
  if (declared?.type === 'list' || (declared?.type === 'none' && version !== undefined && version < 5))
    tieToEmbeddings(model, interpreter);
  else if (declared?.type === 'none' && version === undefined && namesLastLayer(model, interpreter))
    leaveOpen(model, 'some may be tied, which depends on the version of transformers, which is not here');
}

/** Whether a class of the source says which layer gives the output. */
function namesLastLayer(model: InstanceValue, interpreter: Interpreter): boolean {
  const method = interpreter.findAttribute(model, 'get_output_embeddings');
  return method?.type === 'method' && method.callee.type === 'function' && isTied(model, true, interpreter);
}

/** What the parameters of a model are is not known to the end. */
export function leaveOpen(model: InstanceValue, reason: string): void {
  const state = moduleState(model);
  if (state) state.unlisted = `those of \`${model.cls.name}\`: ${reason}`;
}

/** Whether the configuration asks for ties. One that does not tell leaves the parameters of the model open. */
function isTied(model: InstanceValue, fallback: boolean, interpreter: Interpreter): boolean {
  const config = interpreter.findAttribute(model, 'config');
  const setting = config && interpreter.findAttribute(config, 'tie_word_embeddings');
  const truth = setting ? interpreter.truth(setting) : fallback;
  if (typeof truth === 'boolean') return truth;
  leaveOpen(model, `some may be tied, but ${reasonOf(truth)}`);
  return false;
}

/** Pairs of parameters; names of modules and patterns stand for all the parameters that they fit. */
function expanded(model: InstanceValue, declared: DictValue, interpreter: Interpreter): Ties {
  const given = entriesOf(declared);
  if ([...given].flat().every((name) => /^[\w.]+\.(weight|bias)$/.test(name))) return given;
  const all = parameterNames(model, interpreter);
  const ties = new Map<string, string>();
  for (const [target, source] of given) {
    const [targets, sources] = [target, source].map((name) => {
      const pattern = toPattern(`^${name}`, '');
      interpreter.budget.spend(all.length);
      return pattern ? all.filter((one) => pattern.test(one)).sort() : [];
    });
    for (const [place, name] of (targets ?? []).entries()) {
      const own = sources?.[place % sources.length];
      if (own !== undefined) ties.set(name, ties.get(own) ?? own);
    }
  }
  return ties;
}

function entriesOf(value: Value | undefined): ReadonlyMap<string, string> {
  const entries = value?.type === 'dict' ? [...value.entries.values()] : [];
  return new Map(
    entries.flatMap(([key, item]) => (key.type === 'str' && item.type === 'str' ? [[key.value, item.value]] : [])),
  );
}

/** The paths of all parameters; one that is reached twice has two. */
function parameterNames(model: InstanceValue, interpreter: Interpreter): readonly string[] {
  const names: string[] = [];
  const visit = (module: InstanceValue, lead: string): void => {
    interpreter.budget.spend();
    for (const [name, value] of module.attributes.entries()) if (parameterState(value)) names.push(lead + name);
    for (const [name, child] of childrenOf(module)) visit(child, `${lead}${name}.`);
  };
  visit(model, '');
  return names;
}

function tie(model: InstanceValue, target: string, source: string, interpreter: Interpreter): void {
  const follow = (names: readonly string[]): Value | undefined =>
    names.reduce<Value | undefined>((found, name) => found && interpreter.findAttribute(found, name), model);
  const path = target.split('.');
  const [owner, parameter] = [follow(path.slice(0, -1)), follow(source.split('.'))];
  const name = path.at(-1);
  if (owner && name !== undefined && parameterState(parameter) && parameter)
    interpreter.setAttribute(owner, name, parameter);
}

/** The way before version 5: the last layer gets the weight of the first, and modules may have a method that ties more. */
function tieToEmbeddings(model: InstanceValue, interpreter: Interpreter): void {
  const embedding = (method: string): Value | undefined => {
    const found = interpreter.findAttribute(model, method);
    return found && interpreter.apply(found);
  };
  const weightOf = (module: Value | undefined): Value | undefined =>
    module && interpreter.findAttribute(module, 'weight');
  const last = embedding('get_output_embeddings');
  if (last?.type === 'instance' && isTied(model, true, interpreter)) {
    const weight = weightOf(embedding('get_input_embeddings'));
    if (parameterState(weight) && weight) interpreter.setAttribute(last, 'weight', weight);
  }
  for (const module of namedModules(model).keys()) {
    const own = interpreter.findAttribute(module, '_tie_weights');
    if (own) interpreter.apply(own);
  }
}
