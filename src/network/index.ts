export * from './activation';
export * from './initializer';
export * from './network';
export * from './op';
export * from './parameter';
export * from './shape';
export * from './span';
