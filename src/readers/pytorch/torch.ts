import { builtin } from '../python/classes';
import { moduleOf } from '../python/library/module';
import { none, type Call, type ModuleValue, type Value } from '../python/values';
import { factoryMembers, makeParameter } from './factories';
import { applyTensorFunction } from './functions/define';
import { tensorFunctions } from './functions/table';
import { initMembers } from './initialise';
import { layerClasses } from './layers';
import { packingModule } from './layers/packed';
import { parametrisationMembers, parametrisationModules } from './layers/parametrisations';
import { nnSubmodules } from './layers/submodules';
import { lossFunctions, recordLoss } from './loss';
import { moduleClass } from './module';
import { sessionOf } from './session';
import { parameterClass, tensorClass } from './tensor';
import { installTensorMethods } from './tensorMethods';

installTensorMethods();
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
  Object.entries(lossFunctions).map(([name, kind]) => [
    name,
    builtin(name, (call: Call) => {
      const { trace } = sessionOf(call.interpreter);
      return trace
        ? trace.opaque(`The loss \`F.${name}\` is computed in \`forward\`.`, call.positional, call.site)
        : recordLoss(kind, call.positional, call);
    }),
  ]),
);

const initModule = moduleOf('torch.nn.init', () => initMembers);
const functionalModule = moduleOf('torch.nn.functional', () => ({ ...tensorFunctionMembers, ...lossMembers }));

const nnClasses: Readonly<Record<string, Value>> = { Module: moduleClass, Parameter: parameterClass, ...layerClasses };

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
  parameter: moduleOf('torch.nn.parameter', () => ({ Parameter: parameterClass })),
}));

/** Returns what it is given first: `torch.compile(model)`. */
const passing = builtin('compile', ({ positional: [value = none] }) => value);
/** A context manager that changes nothing that matters here: `torch.no_grad()`. */
const context = builtin('no_grad', () => none);

const torchModule = moduleOf('torch', () => ({
  ...tensorFunctionMembers,
  ...factoryMembers,
  nn: nnModule,
  Tensor: tensorClass,
  FloatTensor: tensorClass,
  no_grad: context,
  enable_grad: context,
  inference_mode: context,
  set_grad_enabled: context,
  compile: passing,
}));

const lightning = moduleOf('lightning', () => ({ LightningModule: moduleClass }));

/** The modules that PyTorch code imports, by their full name. */
export const torchModules: ReadonlyMap<string, ModuleValue> = new Map([
  ['torch', torchModule],
  ['torch.nn', nnModule],
  ['torch.nn.functional', functionalModule],
  ['torch.nn.init', initModule],
  ...submodules,
  ['torch.nn.utils', utilsModule],
  ['torch.nn.utils.rnn', packingModule],
  ...parametrisationModules,
  ['torch.nn.parameter', moduleOf('torch.nn.parameter', () => ({ Parameter: parameterClass }))],
  ['lightning', lightning],
  ['pytorch_lightning', lightning],
  ['lightning.pytorch', lightning],
]);

/** How the file may spell `torch.nn`. */
export { nnModule, torchModule };
