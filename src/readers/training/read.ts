import type { TrainingRun, TrainingScript } from '../../network';
import { asLimit } from '../evaluation/limits';
import type { ModulePart, Statement } from '../python/syntax';
import type { Range, SourceText } from '../text/source';
import { callFunction, instantiate, type Arguments } from './calls';
import { memberOf } from './classes';
import { execute } from './statements';
import { Names, nothingKnown, type ClassThing, type Thing } from './things';
import { Walk, type Frame } from './walk';

/** A text that holds none of these trains nothing. */
const words = /\.backward\(|\boptim\b|zero_grad|\.eval\(\)/;

/** Code that holds none of these does nothing of a training itself. */
const doing = /\b(?:\w*backward|step|zero_grad|eval|train|no_grad)\b|optim/i;

/** Whether a text may hold a training script: asked before anything of it is parsed. */
export const mentionsTraining = (text: string): boolean => words.test(text);

/**
 * What the training script in a file does, read from its syntax in the order in which it would run; nothing is run. Undefined where the
 * file holds none, where it does not parse, or where it is too long to be followed.
 */
export function readTraining(parts: readonly ModulePart[], source: SourceText): TrainingScript | undefined {
  if (!parts.every(({ parses }) => parses)) return undefined;
  const walk = new Walk(source);
  const frame: Frame = { names: new Names(undefined, 0, 0), returns: [] };
  try {
    const statements = parts.flatMap((part) => part.statements);
    const runs: TrainingRun[] = [{ name: undefined, steps: walk.collect(() => void execute(walk, statements, frame)) }];
    runs.push(...theRest(walk, statements, frame));
    return {
      optimizers: [...walk.optimizers.values()],
      schedulers: [...walk.schedulers.values()],
      models: walk.models(),
      losses: walk.losses,
      plainLists: [...walk.plainLists.values()],
      runs: runs.filter(({ steps }) => steps.length > 0),
    };
  } catch (error) {
    if (!asLimit(error)) throw error;
    return undefined;
  }
}

/** Functions and methods of the file that nothing in it calls, each as the start of a program of its own. */
function theRest(walk: Walk, statements: readonly Statement[], { names }: Frame): readonly TrainingRun[] {
  const trains = (range: Range): boolean => doing.test(walk.source.slice(range));
  const run = (name: string, code: () => void): TrainingRun => ({ name, steps: walk.collect(code) });
  return statements.flatMap((statement): readonly TrainingRun[] => {
    const thing = 'name' in statement ? names.get(statement.name) : undefined;
    if (!trains(statement)) return [];
    if (statement.kind === 'function' && thing?.kind === 'function' && !walk.called.has(statement))
      return [run(statement.name, () => void callFunction(walk, thing, noArguments(statement.nameRange)))];
    if (statement.kind === 'class' && thing?.kind === 'class') return methodsOf(walk, thing, run, trains);
    return [];
  });
}

function methodsOf(
  walk: Walk,
  cls: ClassThing,
  run: (name: string, code: () => void) => TrainingRun,
  trains: (range: Range) => boolean,
): readonly TrainingRun[] {
  const known = walk.made.find((one) => one.cls?.syntax === cls.syntax);
  let self: Thing = nothingKnown;
  if (known) self = { kind: 'made', things: [known] };
  else walk.collect(() => (self = instantiate(walk, cls, noArguments(cls.syntax.nameRange))));
  return cls.syntax.body.flatMap((statement): readonly TrainingRun[] => {
    if (
      statement.kind !== 'function' ||
      walk.called.has(statement) ||
      statement.name === 'forward' ||
      !trains(statement)
    )
      return [];
    const method = memberOf(walk, cls, statement.name, self);
    if (method?.kind !== 'function') return [];
    return [
      run(
        `${cls.syntax.name}.${statement.name}`,
        () => void callFunction(walk, method, noArguments(statement.nameRange)),
      ),
    ];
  });
}

/** What a function is called with of which nothing is known. */
const noArguments = (range: Range): Arguments => ({
  positional: [],
  keywords: new Map(),
  expressions: new Map(),
  hidden: false,
  range,
});
