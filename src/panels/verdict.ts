import type { ModelAnalysis } from '../analysis/analysis';
import { parameterCount } from '../network';
import type { Verdict } from './messages';

/** `30 weight layers · 1,973,790 parameters` */
export function modelSummary({ network }: ModelAnalysis): string {
  const layers = network.nodes.filter(({ op }) => op.kind === 'linear' || op.kind === 'conv').length;
  const count = parameterCount(network.parameters);
  const parameters = count === undefined ? 'size not known' : `${count.toLocaleString('en-US')} parameters`;
  return `${layers} weight ${layers === 1 ? 'layer' : 'layers'} · ${parameters}`;
}

/** The worst that was found; where nothing was, how far the reading went. */
export function modelVerdict({ findings, report }: ModelAnalysis): Verdict {
  const [worst] = findings;
  if (worst) return { level: worst.severity, text: worst.label };
  if (!report.depth) return { level: 'unknown', text: 'not judged from input to output' };
  return { level: 'good', text: 'trainable' };
}
