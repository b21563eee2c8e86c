import type { Expression } from '../python/syntax';
import { evaluate } from './expressions';
import { madeIn, type ClassThing, type Thing } from './things';
import type { Frame, Walk } from './walk';

/** `self.layers = [nn.Linear(…), …]` in a module: what only a list holds is none of its parameters. */
export function notePlainList(walk: Walk, target: Expression, written: Expression, value: Thing, frame: Frame): void {
  const isList =
    (written.kind === 'sequence' && written.type === 'list') ||
    (written.kind === 'comprehension' && written.type === 'list');
  if (!isList || target.kind !== 'attribute') return;
  const owner = evaluate(walk, target.object, frame);
  const [module] = owner.kind === 'made' ? owner.things : [];
  const items = value.kind === 'list' ? value.items : value.kind === 'unknown' ? value.holds : [];
  const holdsLayers = items.length > 0 && items.every((item) => madeIn(item).some(({ role }) => role === 'model'));
  const { cls } = module ?? {};
  if (module?.role !== 'model' || !cls || !holdsLayers || !isUsedAsOwn(walk, cls, target.name)) return;
  const [base] = cls.syntax.bases;
  walk.plainLists.set(written.start, {
    module: cls.syntax.name,
    attribute: target.name,
    count: value.kind === 'list' ? items.length : undefined,
    span: walk.source.span(written),
    base: base && walk.source.slice(base.value),
  });
}

/** Whether a class only computes with what it keeps, so that nobody else registers it, nor hands it to an optimiser. */
function isUsedAsOwn(walk: Walk, { syntax }: ClassThing, attribute: string): boolean {
  const { text } = walk.source;
  const mention = new RegExp(`\\.${attribute}\\b`, 'g');
  const count = (part: string): number => part.match(mention)?.length ?? 0;
  const methods = syntax.body.flatMap((statement) => (statement.kind === 'function' ? [statement] : []));
  const constructor = methods.find(({ name }) => name === '__init__');
  const forward = methods.find(({ name }) => name === 'forward');
  if (!constructor || !forward) return false;
  const [inConstructor, inForward] = [constructor, forward].map((method) => walk.source.slice(method));
  const registers = /add_module|register_module|setattr|ModuleList\(self|ModuleDict\(self/;
  return (
    count(inConstructor ?? '') === 1 &&
    count(inForward ?? '') > 0 &&
    count(text) === 1 + count(inForward ?? '') &&
    !registers.test(methods.map((method) => walk.source.slice(method)).join('\n'))
  );
}
