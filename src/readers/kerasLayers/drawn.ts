import type { InitializerOrigin } from '../../network';
import { spanOf, type Site } from '../text/source';
import type { Weight } from './define';
import type { Dialect } from './dialect';
import { drawOf, type Draw } from './initializers';
import type { Settings } from './settings';

/** What a weight of a layer is drawn from, and where that is said. */
export function drawnAs(
  { initializer, fallback, adjust }: Weight,
  settings: Settings,
  dialect: Dialect,
): { readonly draw: Draw; readonly origin: InitializerOrigin } {
  const given = initializer === undefined ? undefined : settings.get(initializer);
  const site = initializer === undefined ? undefined : settings.site(initializer);
  const draw = drawOf(given ?? fallback, dialect);
  return {
    draw: adjust ? adjust(draw) : draw,
    origin: given !== undefined && site ? originAt(site) : { kind: 'frameworkDefault' },
  };
}

/** What a place in the source says. */
export function originAt(site: Site): InitializerOrigin {
  return { kind: 'source', span: spanOf(site), text: site.source.slice(site) };
}
