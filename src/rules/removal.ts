import type { Network, Node, TextEdit } from '../network';
import { callParts, textOf } from './source';

/**
 * The edit that takes a module or a function without weights (an activation, a softmax, a dropout) out of a PyTorch model: a module becomes
 * an identity; a function's call, and that of a module that serves elsewhere too, its argument. Undefined where the text does not allow it.
 */
export function removalOf(node: Node, network: Network, text: string): TextEdit | undefined {
  const { path, span, callSpan } = node;
  const shared = servesElsewhere(node, network);
  if (callSpan && path !== '') {
    if (shared) return withoutCall(node, network, text);
    const nn = network.initializationSite?.nn;
    return nn === undefined ? undefined : { span, newText: `${nn}.Identity()` };
  }
  const call = shared ? undefined : callParts(textOf(span, text));
  const at = call?.head.lastIndexOf('.') ?? -1;
  if (!call || at < 0) return undefined;
  // `torch.softmax(x, dim=1)` has its input first; of `x.softmax(dim=1)` it stands before the dot.
  const owner = call.head.slice(0, at);
  const isFunction = /^(F|functional|torch|(torch\.)?nn\.functional|torch\.special)$/.test(owner);
  const argument = isFunction ? call.first : owner;
  return argument === '' || /^\w+\s*=[^=]/.test(argument) ? undefined : { span, newText: argument };
}

/** `self.softmax(self.fc(x))` → `self.fc(x)`, where the call stands in the source by the module's own name and only once. */
function withoutCall({ path, callSpan, id: node }: Node, { nodes }: Network, text: string): TextEdit | undefined {
  if (!callSpan) return undefined;
  if (nodes.some((other) => other.id !== node && other.callSpan?.start.offset === callSpan.start.offset))
    return undefined;
  const call = callParts(textOf(callSpan, text));
  if (!call?.head.endsWith(`.${path}`) || call.first === '') return undefined;
  return { span: callSpan, newText: call.first };
}

/** What one line makes may also stand elsewhere in the model, where it is meant. */
export function servesElsewhere({ id: node, span }: Node, { nodes }: Network): boolean {
  return nodes.some((other) => other.id !== node && other.span.start.offset === span.start.offset);
}
