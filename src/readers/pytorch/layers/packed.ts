import { CallArguments } from '../../python/arguments';
import { builtin, builtinClass } from '../../python/classes';
import { moduleOf } from '../../python/library/module';
import { objectClass } from '../../python/library/types';
import { bool, InstanceValue, none, tuple, type Call, type Value } from '../../python/values';
import { sessionOf } from '../session';

/** A batch of sequences of several lengths, packed: a box around the padded batch, batch first. */
const packedClass = builtinClass('PackedSequence', [objectClass], {});

/** The name under which the box holds the padded batch. No Python name can be spelled so. */
const content = '<sequence>';

export function packed(sequence: Value, call: Call): Value {
  const box = new InstanceValue(packedClass, call.site);
  box.attributes.set(content, sequence, call.interpreter.journal);
  return box;
}

export function isPacked(value: Value): value is InstanceValue {
  return value.type === 'instance' && value.cls === packedClass;
}

export function sequenceOf(box: InstanceValue): Value {
  return box.attributes.get(content) ?? none;
}

const batchFirst = (args: CallArguments): boolean =>
  args.call.interpreter.truth(args.get('batch_first') ?? bool(false)) === true;

function pack(call: Call): Value {
  const { trace } = sessionOf(call.interpreter);
  const args = new CallArguments(call, ['input', 'lengths', 'batch_first', 'enforce_sorted']);
  const input = args.value('input');
  if (!trace) return call.interpreter.unknown('pack_padded_sequence(…)', 'is called outside of a model');
  trace.assume('Judged as if all sequences of a batch were as long as the longest.', call.site);
  return packed(batchFirst(args) ? input : trace.add({ kind: 'permute', axes: [1, 0, 2] }, [input], call.site), call);
}

function unpack(call: Call): Value {
  const { trace } = sessionOf(call.interpreter);
  const args = new CallArguments(call, ['sequence', 'batch_first', 'padding_value', 'total_length']);
  const box = args.value('sequence');
  const lengths = call.interpreter.unknown('lengths', 'are the lengths of sequences');
  if (!trace || !isPacked(box)) return tuple([box, lengths]);
  const sequence = sequenceOf(box);
  return tuple([
    batchFirst(args) ? sequence : trace.add({ kind: 'permute', axes: [1, 0, 2] }, [sequence], call.site),
    lengths,
  ]);
}

/** `torch.nn.utils.rnn`. */
export const packingModule = moduleOf('torch.nn.utils.rnn', () => ({
  PackedSequence: packedClass,
  pack_padded_sequence: builtin('pack_padded_sequence', pack),
  pad_packed_sequence: builtin('pad_packed_sequence', unpack),
}));
