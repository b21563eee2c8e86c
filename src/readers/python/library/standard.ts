import type { ModuleValue } from '../values';
import { abstractModule, collectionsModule } from './collections';
import { copyModule } from './copying';
import { attrModule, attrsModule, dataclassesModule, pydanticModule } from './dataclasses';
import { enumModule } from './enums';
import { functoolsModule } from './functools';
import { itertoolsModule } from './itertools';
import { mathModule } from './math';
import { numpyModule } from './numpy';
import { operatorModule } from './operatorModule';
import { reModule } from './regularExpressions';
import { surroundingModules } from './surroundings';
import { typingModule } from './typing';

/** The modules of the standard library (and a few that model code computes and configures with) by their names. */
export const standardModules: ReadonlyMap<string, ModuleValue> = new Map(
  [
    mathModule,
    functoolsModule,
    collectionsModule,
    abstractModule,
    itertoolsModule,
    copyModule,
    dataclassesModule,
    attrsModule,
    attrModule,
    pydanticModule,
    enumModule,
    numpyModule,
    operatorModule,
    reModule,
    typingModule,
    ...surroundingModules,
  ]
    .map((module) => [module.name, module] as const)
    .concat([['typing_extensions', typingModule]]),
);
