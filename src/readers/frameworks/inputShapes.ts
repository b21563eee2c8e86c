import { BATCH, type Shape } from '../../network';
import type { Directive } from './directive';
import type { Root } from './roots';
import type { Session } from './session';

/** From a comment, else from a call of the model (or of another of its class) with an example. */
export function toldShapes(
  session: Session,
  { instance, site }: Root,
  directives: readonly Directive[],
): readonly (Shape | undefined)[] {
  const syntax = instance.cls.syntax;
  const range = syntax?.body[0] && { start: site.start, end: syntax.body.at(-1)?.end ?? site.end };
  const inside = (directive: Directive): boolean =>
    range !== undefined &&
    site.source === session.main &&
    directive.start <= range.end &&
    (directive.start >= range.start || isJustAbove(directive, site));
  const withInputs = directives.filter((directive) => directive.inputs);
  const named = withInputs.find(
    ({ model }) => model?.callee.kind === 'name' && model.callee.name === instance.cls.name,
  );
  const general = withInputs.find(({ model }) => model === undefined);
  const told = (named ?? withInputs.find(inside) ?? general)?.inputs;
  if (told) return told;
  const called =
    session.calls.get(instance) ??
    [...session.calls].find(([other]) => other.cls === instance.cls && other.cls.site)?.[1];
  return (called ?? []).map((shape) => (shape && shape.length > 0 ? asBatch(shape) : undefined));
}

/** Whether a comment stands on the line above a class. */
function isJustAbove(directive: Directive, site: Root['site']): boolean {
  const { line } = site.source.position(site.start);
  return site.source.position(directive.start).line === line - 1;
}

/** The first axis of an example is the batch, whatever its size. */
function asBatch(shape: Shape): Shape {
  return [BATCH, ...shape.slice(1)];
}
