import type { InitializationSite, Network, TextEdit } from '../network';
import { rewrittenCall } from './remedy';
import { codeAt } from './source';

/**
 * The edits of a PyTorch source after which one parameter is drawn by `nn.init.` and `draw`: in the call that draws it alone, else by a new
 * line after the modules are made. None where neither can be.
 */
export function drawEdits(network: Network, path: string, draw: (weight: string) => string): readonly TextEdit[] {
  const { framework, parameters } = network;
  const origin = parameters.find((parameter) => parameter.path === path)?.initializer.origin;
  if (framework !== 'pytorch' || !origin) return [];
  if (origin.kind === 'source') {
    const { start } = origin.span;
    const alone = parameters.every(
      ({ path: other, initializer }) =>
        other === path || initializer.origin.kind !== 'source' || initializer.origin.span.start.offset !== start.offset,
    );
    const newText = alone ? rewrittenCall(origin.text, draw) : undefined;
    if (newText !== undefined) return [{ span: origin.span, newText }];
  }
  return initLineEdits(network, path, draw);
}

/** A new line of code that draws the parameter, or a part of it, after the modules are made. */
export function initLineEdits(
  { framework, initializationSite: site }: Network,
  path: string,
  draw: (weight: string) => string,
): readonly TextEdit[] {
  if (framework !== 'pytorch' || site?.nn === undefined) return [];
  return [{ span: site.at, newText: codeAt([`${site.nn}.init.${draw(parameterExpression(path, site))}`], site) }];
}

/** The Python expression of a parameter where initialisation code stands: `self.blocks[0].attn.weight`. */
export function parameterExpression(path: string, { receiver }: InitializationSite): string {
  return path
    .split('.')
    .reduce((object, part) => (/^\d+$/.test(part) ? `${object}[${part}]` : `${object}.${part}`), receiver);
}
