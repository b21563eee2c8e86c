import { newInstance } from './classes';
import { none, type BuiltinValue, type Call, type Value } from './values';

const objectMember = (name: string, call: (call: Call) => Value): BuiltinValue => ({
  type: 'builtin',
  name,
  method: true,
  call,
});

/** What every object has. */
export const objectMembers: Readonly<Record<string, BuiltinValue>> = Object.fromEntries(
  [
    objectMember('__init__', () => none),
    objectMember('__post_init__', () => none),
    objectMember('__init_subclass__', () => none),
    {
      ...objectMember('__new__', ({ positional: [cls], interpreter, site }) =>
        cls?.type === 'class' ? newInstance(cls, site) : interpreter.unknown('__new__', 'makes what is not known'),
      ),
      method: false,
    },
    objectMember('__setattr__', ({ positional: [object, name, value], interpreter }) => {
      if (object?.type === 'instance' && name?.type === 'str' && value)
        object.attributes.set(name.value, value, interpreter.journal);
      return none;
    }),
    objectMember('__delattr__', ({ positional: [object, name], interpreter }) => {
      if (object?.type === 'instance' && name?.type === 'str')
        object.attributes.delete(name.value, interpreter.journal);
      return none;
    }),
    objectMember('__getattribute__', ({ positional: [object, name], interpreter }) =>
      object && name?.type === 'str'
        ? interpreter.plainAttribute(object, name.value)
        : interpreter.unknown('__getattribute__', 'asks for a name that is not known'),
    ),
  ].map((member) => [member.name, member]),
);
