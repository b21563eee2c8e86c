import type { ClassValue } from '../../python/values';
import { lossModules } from '../loss';
import { moduleSubclass } from './define';

export const lossClasses: Readonly<Record<string, ClassValue>> = Object.fromEntries(
  Object.entries(lossModules).map(([name, kind]) => [
    name,
    moduleSubclass(name, (_call, _module, state) => {
      state.loss = kind;
      state.lower = ({ trace, inputs, site, layer }) =>
        trace.opaque(`The loss ${name} is computed in \`forward\`.`, inputs, site, layer);
    }),
  ]),
);
