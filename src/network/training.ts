import type { LossKind } from './network';
import type { SourceSpan } from './span';

/** Something that a training script makes and uses again: an optimiser, a model, a scheduler. Equal numbers are one thing. */
export type ThingId = number;

/** How an optimiser turns gradients into steps. */
export type OptimizerFamily = 'sgd' | 'adam' | 'rmsprop' | 'adagrad' | 'adadelta' | 'lbfgs' | 'other';

/** An optimiser, with its settings where the script tells them or the framework has a default. */
export interface Optimizer {
  readonly id: ThingId;
  readonly framework: 'pytorch' | 'keras' | 'tfjs';
  /** As the framework spells it: `AdamW`. */
  readonly name: string;
  readonly family: OptimizerFamily;
  readonly learningRate: number | undefined;
  /** The expression that gives it. */
  readonly learningRateSpan?: SourceSpan;
  readonly momentum: number | undefined;
  readonly weightDecay: number | undefined;
  /** Groups of parameters that it holds; undefined where that is not known. */
  readonly groups: number | undefined;
  /** The models all of whose parameters it was given. */
  readonly models: readonly ThingId[];
  /** The call that makes it. */
  readonly span: SourceSpan;
}

export interface Scheduler {
  readonly id: ThingId;
  /** As its library spells it: `CosineAnnealingLR`, `get_linear_schedule_with_warmup`. */
  readonly name: string;
  /** Undefined where it cannot be told. */
  readonly warmsUp: boolean | undefined;
  /** Whether a step is a batch or an epoch, where its settings tell: `OneCycleLR(steps_per_epoch=…)`, `T_max=epochs`. */
  readonly stepIs: 'batch' | 'epoch' | undefined;
  readonly optimizers: readonly ThingId[];
  readonly span: SourceSpan;
}

/** A model that is trained or evaluated. */
export interface TrainedModel {
  readonly id: ThingId;
  /** Its class, or the library's function that makes it: `Net`, `torchvision.models.resnet18`. Undefined for an argument that nobody gives. */
  readonly made: string | undefined;
  /** The variable that holds it first. */
  readonly variable: string | undefined;
  /** Its weights are trained already. */
  readonly pretrained: boolean;
}

/** Layers that a module keeps in a plain list, so that it does not know them as its own. */
export interface PlainList {
  /** The class of the module. */
  readonly module: string;
  /** The attribute that keeps them. */
  readonly attribute: string;
  /** How many, where that is known. */
  readonly count: number | undefined;
  /** The list. */
  readonly span: SourceSpan;
  /** How the class spells the base that it derives from: `nn.Module`. */
  readonly base: string | undefined;
}

/** What is done to a model's output before a loss gets it. */
export type Passage = 'softmax' | 'logSoftmax' | 'sigmoid' | 'log' | 'reshaped' | 'other';

/** A loss that is computed of a model's output. */
export interface AppliedLoss {
  readonly kind: LossKind;
  /** The models whose output it gets. */
  readonly models: readonly ThingId[];
  /** What lies between the output and the loss, the first step first. */
  readonly passages: readonly { readonly kind: Passage; readonly span: SourceSpan }[];
  readonly span: SourceSpan;
}

/** A number that things are done to one after the other; the same where a value is computed from another. */
export type ValueId = number;

/** What a training script does, as far as training is concerned. Empty `targets`: to something that is not known. */
export type ActionKind =
  /** An optimiser is made. */
  | { readonly kind: 'make'; readonly targets: readonly ThingId[] }
  | { readonly kind: 'zeroGrad'; readonly targets: readonly ThingId[]; readonly of: 'optimizer' | 'model' | 'unknown' }
  | {
      readonly kind: 'backward';
      /** The value, and all that it is computed from. */
      readonly values: readonly ValueId[];
      readonly retainsGraph: boolean;
      /** The loss was scaled for half precision. */
      readonly scaled: boolean;
    }
  | {
      readonly kind: 'step';
      readonly targets: readonly ThingId[];
      /** By a gradient scaler. */
      readonly scaled: boolean;
    }
  | { readonly kind: 'unscale'; readonly targets: readonly ThingId[] }
  | { readonly kind: 'clip'; readonly by: 'norm' | 'value'; readonly limit: number | undefined }
  | { readonly kind: 'schedule'; readonly targets: readonly ThingId[] }
  | { readonly kind: 'mode'; readonly mode: 'train' | 'eval'; readonly targets: readonly ThingId[] }
  | { readonly kind: 'forward'; readonly targets: readonly ThingId[] }
  | { readonly kind: 'loss'; readonly value: ValueId }
  /** A value that carries its graph is kept from round to round: `total += loss`, `losses.append(loss)`. */
  | {
      readonly kind: 'keep';
      readonly value: ValueId;
      /** What it is kept in; undefined for a list. */
      readonly total: ValueId | undefined;
      /** The expression of the value that is kept. */
      readonly kept: SourceSpan;
    }
  /** Code that is not followed gets these: it may do anything to them. */
  | { readonly kind: 'handedOver'; readonly targets: readonly ThingId[]; readonly values: readonly ValueId[] };

export type Action = ActionKind & {
  readonly span: SourceSpan;
  /** The statement that it stands in. */
  readonly statement: SourceSpan;
};

/** What a script does, in the order in which it does it; functions of the file stand where they are called. */
export type TrainingStep =
  | { readonly kind: 'action'; readonly action: Action }
  | {
      readonly kind: 'loop';
      readonly span: SourceSpan;
      /** How often, where that is known. */
      readonly rounds: number | undefined;
      readonly body: readonly TrainingStep[];
    }
  /** May be done, or not. */
  | { readonly kind: 'perhaps'; readonly body: readonly TrainingStep[] }
  | { readonly kind: 'withoutGradients'; readonly span: SourceSpan; readonly body: readonly TrainingStep[] };

/** One way into a script: its top, or a function that nothing in it calls. */
export interface TrainingRun {
  /** The function; undefined for the top of the file. */
  readonly name: string | undefined;
  readonly steps: readonly TrainingStep[];
}

/** What the training script in a text does, read without running it. */
export interface TrainingScript {
  readonly optimizers: readonly Optimizer[];
  readonly schedulers: readonly Scheduler[];
  readonly models: readonly TrainedModel[];
  readonly losses: readonly AppliedLoss[];
  readonly plainLists: readonly PlainList[];
  readonly runs: readonly TrainingRun[];
}
