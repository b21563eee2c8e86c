import type { ConstantState } from '../draw';
import { unknownContent, type Constant, type Content } from './content';

/** The numbers of a tensor of which only the draw may be known. */
export function constantOf(state: ConstantState): Constant {
  return { shape: state.shape, content: state.content ?? contentOfDraw(state) };
}

function contentOfDraw({ draw }: ConstantState): Content {
  if (draw.kind === 'constant') return { kind: 'fill', value: draw.value };
  return unknownContent(draw.kind === 'unknown' ? draw.reason : 'it is drawn at random');
}
