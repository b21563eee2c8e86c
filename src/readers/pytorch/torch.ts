import { builtin } from '../python/classes';
import { moduleOf } from '../python/library/module';
import { none, type ModuleValue, type Value } from '../python/values';
import { makeParameter } from './factories';
import { makingFunctions } from './functions/creation';
import { applyTensorFunction } from './functions/define';
import { einopsModules } from './functions/einops';
import { environmentMembers, environmentModules } from './functions/environment';
import { lossFunction, otherLosses } from './functions/losses';
import { tensorFunctions } from './functions/table';
import { initMembers } from './initialise';
import { layerClasses } from './layers';
import { lightning } from './lightning';
import { packingModule } from './layers/packed';
import { parametrisationMembers, parametrisationModules } from './layers/parametrisations';
import { nnSubmodules } from './layers/submodules';
import { lossFunctions } from './loss';
import { makeBuffer, moduleClass } from './module';
import { installRegistries } from './registries';
import { parameterClass, tensorClass } from './tensor';
import { installTensorMethods } from './tensorMethods';

installTensorMethods();
installRegistries();
tensorClass.attributes.fill(
  new Map<string, Value>([
    ...tensorClass.attributes.entries(),
    [
      '__new__',
      // `torch.Tensor(3, 4)`
      builtin(
        '__new__',
        (call) => makingFunctions['FloatTensor']?.({ ...call, positional: call.positional.slice(1) }) ?? none,
      ),
    ],
  ]),
);
parameterClass.attributes.fill(
  new Map<string, Value>([
    ['__new__', builtin('__new__', (call) => makeParameter({ ...call, positional: call.positional.slice(1) }))],
  ]),
);

const tensorFunctionMembers: Readonly<Record<string, Value>> = Object.fromEntries(
  Object.entries(tensorFunctions).map(([name, definition]) => [
    name,
    builtin(name, (call) => applyTensorFunction(name, definition, call)),
  ]),
);

const lossMembers: Readonly<Record<string, Value>> = Object.fromEntries(
  [...Object.keys(lossFunctions), ...otherLosses].map((name) => {
    const definition = lossFunction(name, lossFunctions[name]);
    return [name, builtin(name, (call) => applyTensorFunction(name, definition, call))];
  }),
);

const initModule = moduleOf('torch.nn.init', () => initMembers);
const functionalModule = moduleOf('torch.nn.functional', () => ({ ...tensorFunctionMembers, ...lossMembers }));

const nnClasses: Readonly<Record<string, Value>> = {
  Module: moduleClass,
  Parameter: parameterClass,
  Buffer: builtin('Buffer', makeBuffer),
  ...layerClasses,
};

const utilsModule = moduleOf('torch.nn.utils', () => ({
  ...parametrisationMembers,
  ...Object.fromEntries([...parametrisationModules].map(([name, module]) => [name.split('.').at(-1) ?? name, module])),
  rnn: packingModule,
}));

const submodules = nnSubmodules({ Module: moduleClass, Parameter: parameterClass });

const nnModule: ModuleValue = moduleOf('torch.nn', () => ({
  ...nnClasses,
  utils: utilsModule,
  init: initModule,
  functional: functionalModule,
  modules: submodules.get('torch.nn.modules') ?? none,
  parallel: submodules.get('torch.nn.parallel') ?? none,
  parameter: moduleOf('torch.nn.parameter', () => ({ Parameter: parameterClass })),
}));

const makingMembers: Readonly<Record<string, Value>> = Object.fromEntries(
  Object.entries(makingFunctions).map(([name, make]) => [name, builtin(name, make)]),
);

const linalg = moduleOf('torch.linalg', () => {
  const { vector_norm, matmul } = tensorFunctionMembers;
  return { ...(vector_norm ? { vector_norm, norm: vector_norm } : {}), ...(matmul ? { matmul } : {}) };
});

const torchModule = moduleOf('torch', () => ({
  ...tensorFunctionMembers,
  ...makingMembers,
  ...environmentMembers,
  ...environmentModules,
  nn: nnModule,
  linalg,
  special: moduleOf('torch.special', () => tensorFunctionMembers),
  Tensor: tensorClass,
}));

/** The modules that PyTorch code imports, by their full name. */
export const torchModules: ReadonlyMap<string, ModuleValue> = new Map([
  ['torch', torchModule],
  ...Object.entries(environmentModules).map(([name, module]) => [`torch.${name}`, module] as const),
  ['torch.linalg', linalg],
  ['torch.nn', nnModule],
  ['torch.nn.functional', functionalModule],
  ['torch.nn.init', initModule],
  ...submodules,
  ['torch.nn.utils', utilsModule],
  ['torch.nn.utils.rnn', packingModule],
  ...parametrisationModules,
  ['torch.nn.parameter', moduleOf('torch.nn.parameter', () => ({ Parameter: parameterClass }))],
  ...einopsModules,
  ['lightning', lightning],
  ['pytorch_lightning', lightning],
  ['lightning.pytorch', lightning],
]);

/** How the file may spell `torch.nn`. */
export { nnModule, torchModule };
