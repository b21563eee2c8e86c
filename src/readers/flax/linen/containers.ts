import { none, type ClassValue } from '../../python/values';
import { chained } from '../layers/chain';
import { flaxSession } from '../session';
import { linenClass } from './layer';
import { setUp } from './scope';
import { linenState } from './state';

export const containers: Readonly<Record<string, ClassValue>> = {
  Sequential: linenClass('Sequential', ['layers'], {
    __call__: ({ layer }, use) => {
      const state = linenState(layer);
      const { interpreter } = use;
      if (state && flaxSession(interpreter).following) setUp(layer, state, interpreter);
      return chained(layer.attributes.get('layers') ?? none, use);
    },
  }),
};
