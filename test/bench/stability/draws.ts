/** How the texts of the bench draw their weights: statements of PyTorch that draw those of a module `m`, and where they stand. */

const zeroBias = 'nn.init.zeros_(m.bias)';

export const he = `nn.init.kaiming_normal_(m.weight, nonlinearity="relu")\n${zeroBias}`;
export const heUniform = `nn.init.kaiming_uniform_(m.weight, nonlinearity="relu")\n${zeroBias}`;
export const xavier = `nn.init.xavier_normal_(m.weight)\n${zeroBias}`;
export const xavierUniform = `nn.init.xavier_uniform_(m.weight)\n${zeroBias}`;
export const lecun = `nn.init.kaiming_normal_(m.weight, nonlinearity="linear")\n${zeroBias}`;
export const orthogonal = `nn.init.orthogonal_(m.weight, gain=nn.init.calculate_gain("relu"))\n${zeroBias}`;
export const normal = (deviation: number): string => `nn.init.normal_(m.weight, std=${deviation})\n${zeroBias}`;
export const constant = (value: number): string => `nn.init.constant_(m.weight, ${value})\n${zeroBias}`;
export const truncated = `nn.init.trunc_normal_(m.weight, std=0.02)\n${zeroBias}`;

/** Each line indented by `spaces`, with its end; nothing for no text. */
export function indented(text: string, spaces: number): string {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => `${' '.repeat(spaces)}${line}\n`)
    .join('');
}

/** At the end of a constructor: `for m in self.modules(): if isinstance(m, nn.Linear): …` */
export function drawingLoop(draw: string | undefined, type = 'nn.Linear'): string {
  if (draw === undefined) return '';
  return indented(`for m in self.modules():\n    if isinstance(m, ${type}):\n${indented(draw, 8)}`, 8);
}

/** A function for `apply`, with its decorator-like call left to the text. */
export function drawingFunction(name: string, draw: string, type = 'nn.Linear'): string {
  return `def ${name}(m):\n    if isinstance(m, ${type}):\n${indented(draw, 8)}`;
}
