import * as vscode from 'vscode';
import { shapeText } from '../network';
import { declaredInputShape, knownInputShape, parseInputShape } from '../probes/inputShape';
import type { ModelPlace } from './models';

/** The shapes of one sample that probes send through models: read from the source, else asked once and remembered by workspace and model. */
export class InputShapes {
  constructor(private readonly memory: vscode.Memento) {}

  /** Asks where it must; undefined when the user turned the question away. */
  async shapeFor({ document, model: { network } }: ModelPlace): Promise<readonly number[] | undefined> {
    const known = knownInputShape(network);
    if (known !== undefined) return known;
    const key = `inputShape:${document.uri.toString()}#${network.name}`;
    const declared = declaredInputShape(network);
    const remembered = this.memory.get<readonly number[]>(key);
    if (remembered !== undefined && 'shape' in parseInputShape(remembered.join(', '), declared)) return remembered;
    const answer = await vscode.window.showInputBox({
      title: `Probe ${network.name}`,
      prompt: `The shape of one input, without the batch${declared ? ` (the model takes ${shapeText(declared)})` : ''}`,
      placeHolder: 'for instance 3, 32, 32',
      ignoreFocusOut: true,
      validateInput: (text) => {
        const parsed = parseInputShape(text, declared);
        return 'problem' in parsed ? parsed.problem : undefined;
      },
    });
    if (answer === undefined) return undefined;
    const parsed = parseInputShape(answer, declared);
    if ('problem' in parsed) return undefined;
    await this.memory.update(key, parsed.shape);
    return parsed.shape;
  }
}
