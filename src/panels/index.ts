export * from './messages';
export * from './number';
export * from './panel';
export * from './report';
export * from './snapshot';
