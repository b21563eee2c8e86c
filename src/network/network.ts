import type { Op } from './op';
import type { Parameter } from './parameter';
import type { Shape } from './shape';
import type { SourceSpan } from './span';

/** The index of a node in `Network.nodes`. */
export type NodeId = number;

export type Framework = 'pytorch' | 'keras' | 'tfjs' | 'flax';

export interface Node {
  readonly id: NodeId;
  readonly op: Op;
  /** All smaller than `id`: `Network.nodes` is in topological order. */
  readonly inputs: readonly NodeId[];
  /** Undefined where even the number of axes is unknown. */
  readonly shape: Shape | undefined;
  /** The module that computes it, spelled as in a checkpoint (`layers.4`); empty for a function call in the root module. */
  readonly path: string;
  /** The line to show for it: the call that made the module, or the call of the function. */
  readonly span: SourceSpan;
  /** Where it is applied (in `forward`), where that is another place. */
  readonly callSpan?: SourceSpan;
}

/** A tensor that is saved with the model and not trained (running statistics, a mask). */
export interface ModelBuffer {
  /** Spelled as in a checkpoint. */
  readonly path: string;
  readonly shape: Shape | undefined;
}

/** What a reader has to say to people about what it read. */
export interface Note {
  /** `contradiction`: the source itself cannot run (sizes that do not fit). The other two are limits of the reading. */
  readonly kind: 'notUnderstood' | 'contradiction' | 'assumption';
  readonly message: string;
  readonly span: SourceSpan;
}

export type LossKind =
  /** Of logits: it applies softmax itself. */
  | 'crossEntropy'
  /** Of what a softmax gives: it only takes the logarithm. */
  | 'crossEntropyOfProbabilities'
  /** Of log-probabilities. */
  | 'negativeLogLikelihood'
  | 'binaryCrossEntropy'
  | 'binaryCrossEntropyWithLogits'
  | 'meanSquaredError';

/** A loss that the file applies to this network's output. */
export interface LossUse {
  readonly kind: LossKind;
  readonly span: SourceSpan;
}

/** Where a fix can add initialisation code that runs after all modules of the network are made. */
export interface InitializationSite {
  /**
   * An empty span at the start of a line, after the last statement of `__init__` or after the assignment. Where the file ends
   * without a newline it is the end of the file (its column is not 0): the edit must then begin with a newline.
   */
  readonly at: SourceSpan;
  /** The white space that the line must start with. */
  readonly indent: string;
  /** The expression that names the module there: `self`, `model`. */
  readonly receiver: string;
  /** How this file spells `torch.nn`: `nn`, `torch.nn`; undefined where it is not imported. */
  readonly nn: string | undefined;
}

/** A model read from source: a directed acyclic graph of operations. Plain data; it crosses to the child as it is. */
export interface Network {
  /** The class or the variable. */
  readonly name: string;
  readonly framework: Framework;
  readonly nodes: readonly Node[];
  readonly inputs: readonly NodeId[];
  readonly outputs: readonly NodeId[];
  readonly parameters: readonly Parameter[];
  /** Absent where the reader does not list them. */
  readonly buffers?: readonly ModelBuffer[];
  /** Why there may be parameters beyond these, for people. Absent where all are listed. */
  readonly unlistedParameters?: readonly string[];
  /** The name in `class Name(nn.Module)`, or the variable of an assignment: where the network's lens stands. */
  readonly span: SourceSpan;
  /** Arguments of its constructor that the source does not tell: its sizes may depend on them. */
  readonly openArguments?: readonly string[];
  readonly losses: readonly LossUse[];
  readonly notes: readonly Note[];
  readonly initializationSite: InitializationSite | undefined;
}
