export * from './criticality';
export * from './report';
