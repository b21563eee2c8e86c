export * from './criticality';
export { propagate, type Data } from './propagate';
export * from './report';
export { unpredicted } from './unpredicted';
