export * from './messages';
export * from './panel';
export * from './report';
export * from './snapshot';
