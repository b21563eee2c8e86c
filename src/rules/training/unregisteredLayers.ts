import type { PlainList } from '../../network';
import type { Finding } from '../finding';
import type { TrainingRule } from '../rule';

const id = 'unregistered-layers';
const citation =
  'PyTorch documentation of nn.ModuleList ("modules it contains are properly registered") and of nn.Module.parameters';

/** Layers in a plain list: the module does not know them as its own, and no optimiser that gets its parameters trains them. */
export const unregisteredLayers: TrainingRule = {
  id,
  title: 'Layers in a plain list are not trained',
  defaultSeverity: 'error',
  citation,
  checkTraining: ({ script, text }) => script.plainLists.map((list) => findingOf(list, text)),
};

function findingOf({ module, attribute, count, span, base }: PlainList, text: string): Finding {
  const layers = count === undefined ? 'The layers' : `The ${count} ${count === 1 ? 'layer' : 'layers'}`;
  const list = base?.endsWith('Module') === true ? `${base}List` : undefined;
  const written = text.slice(span.start.offset, span.end.offset);
  return {
    rule: id,
    severity: 'error',
    network: '',
    span,
    related: [],
    message: `${layers} in \`self.${attribute}\` of \`${module}\` are in a plain list: \`parameters()\` does not give them, so the optimiser never trains them, \`to(device)\` leaves them where they are, and \`state_dict()\` does not save them. Keep them in an \`nn.ModuleList\`.`,
    label: 'layers that are not trained',
    quantity: {
      name: 'layers that are not registered',
      value: count ?? Infinity,
      unit: count === 1 ? 'layer' : 'layers',
      expected: '0',
    },
    evidence: ['predicted'],
    confidence: 'high',
    citation,
    parameters: [],
    fixes:
      list === undefined
        ? []
        : [{ title: `Keep the layers in an \`${list}\``, edits: [{ span, newText: `${list}(${written})` }] }],
  };
}
