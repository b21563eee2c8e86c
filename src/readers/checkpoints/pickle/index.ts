export { unpickle, type Unpickled } from './unpickle';
export * from './value';
