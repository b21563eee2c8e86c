import type { ThingId, TrainingScript } from '../../network';
import type { RuleContext, TrainingContext } from '../rule';

/** Which network of a text each model of its training script is: by the class that makes it, or by its variable. */
export function joinedWith(
  script: TrainingScript,
  networks: readonly RuleContext[],
): Pick<TrainingContext, 'modelOf' | 'networkOf'> {
  const modelOf: TrainingContext['modelOf'] = (id) => script.models.find((model) => model.id === id);
  const networkOf = (id: ThingId): RuleContext | undefined => {
    const model = modelOf(id);
    if (!model) return undefined;
    const named = networks.find(({ network: { name } }) => name === model.made || name === model.variable);
    // What a function is given is the only model of the file, where there is only one.
    const [only] = networks;
    return named ?? (model.made === undefined && networks.length === 1 ? only : undefined);
  };
  return { modelOf, networkOf };
}
