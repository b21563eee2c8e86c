import type { Network } from '../../network';
import type { Interpreter } from '../python/interpreter';
import type { Scope } from '../python/scope';
import { spanOf } from '../text/source';
import type { Directive } from '../frameworks/directive';
import { toldShapes } from '../frameworks/inputShapes';
import { followForward } from './followForward';
import { siteAfterStatement, siteInClass } from './initializationSite';
import { followedLosses } from './lossUses';
import { networkBuffers, networkParameters, pathsOf } from './paths';
import { solveInputs, type Follow } from './solveInputs';
import { withoutDeadEnds } from './deadEnds';
import type { Root } from '../frameworks/roots';
import type { PytorchSession } from './session';

/** Read one model: its parameters as they stand after everything that initialises them, and its graph. */
export function buildNetwork(
  interpreter: Interpreter,
  session: PytorchSession,
  scope: Scope,
  root: Root,
  directives: readonly Directive[],
): Network {
  const paths = pathsOf(root.instance);
  const told = toldShapes(session, root, directives);
  const follow: Follow = (shapes, enough) => followForward(interpreter, root, paths, shapes, enough);
  const { graph, assumptions } = solveInputs(follow, told, root.site);
  const { nodes, inputs, outputs, notes } = withoutDeadEnds(graph);
  const unlisted = [...paths.unlisted, ...graph.unknownModules];
  return {
    name: root.name,
    framework: 'pytorch',
    nodes,
    inputs,
    outputs,
    parameters: networkParameters(paths),
    buffers: networkBuffers(paths),
    ...(unlisted.length > 0 ? { unlistedParameters: unlisted } : {}),
    span: spanOf(root.site),
    losses: followedLosses(session, root.instance),
    notes: [...notes, ...assumptions],
    initializationSite: initializationSite(session, scope, root),
  };
}

function initializationSite(
  session: PytorchSession,
  scope: Scope,
  { instance, site }: Root,
): Network['initializationSite'] {
  const { syntax } = instance.cls;
  if (syntax && instance.cls.site?.source === session.main) return siteInClass(syntax, site.source, scope);
  const binding = session.bindings.get(instance);
  if (binding?.target.source !== session.main) return undefined;
  return siteAfterStatement(binding.statement, binding.name, site.source, scope);
}
