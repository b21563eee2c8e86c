import { builtinClass } from '../python/classes';
import { objectClass } from '../python/library/types';
import { none, type Call } from '../python/values';
import { kerasSession, type NameScope } from './session';

/** The hidden state of a name scope. */
class ScopeState {
  name = '';
  /** The scopes that were open when it was entered. */
  before: readonly NameScope[] = [];
}

function stateOf({ positional: [scope] }: Call): ScopeState | undefined {
  return scope?.type === 'instance' && scope.native instanceof ScopeState ? scope.native : undefined;
}

/** `with keras.name_scope("block"):` the variables that are made in it stand under that name. */
export const nameScopeClass = builtinClass(
  'name_scope',
  [objectClass],
  {
    __init__: (call) => {
      const state = stateOf(call);
      const name = call.positional[1] ?? call.keywords.get('name');
      if (state && name?.type === 'str') state.name = name.value;
      return none;
    },
    __enter__: (call) => {
      const state = stateOf(call);
      const session = kerasSession(call.interpreter);
      if (state) {
        state.before = session.scopes;
        session.scopes = [...session.scopes, { name: state.name, caller: undefined, parent: undefined }];
      }
      return none;
    },
    __exit__: (call) => {
      const state = stateOf(call);
      if (state) kerasSession(call.interpreter).scopes = state.before;
      return none;
    },
  },
  () => new ScopeState(),
);
