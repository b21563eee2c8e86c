import { bytesAccess, section, type RandomAccess } from '../access';
import { byteStream, type ByteStream } from '../bytes';
import { CheckpointError } from '../error';
import type { PickleValue } from '../pickle';
import type { ElementType } from '../elements';

/** Where a tensor of a pickle keeps its numbers. */
export type Place =
  /** Outside of the pickle, under a key; its size as the pickle claims it. */
  | { readonly kind: 'storage'; readonly key: string; readonly bytes: number }
  | { readonly kind: 'pickle'; readonly offset: number; readonly length: number }
  /** A text with a byte a character, as protocol 2 writes bytes. */
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'nowhere'; readonly reason: string };

/** A tensor as a pickle describes it. */
export interface TensorDescription {
  readonly type: ElementType;
  readonly shape: readonly number[];
  /** In elements; absent for C order. */
  readonly strides?: readonly number[];
  /** The first element's place, in elements. */
  readonly offset: number;
  readonly littleEndian?: boolean;
  readonly place: Place;
  readonly role?: 'parameter' | 'buffer';
}

/** What a call stands for: a tensor, another value, or a tensor that is not read, for a reason. */
export type Meaning =
  | { readonly kind: 'tensor'; readonly tensor: TensorDescription }
  | { readonly kind: 'value'; readonly value: PickleValue }
  | { readonly kind: 'notRead'; readonly reason: string };

/** The bytes of a place within the pickle itself. */
export function openInPickle(pickle: RandomAccess, place: Exclude<Place, { readonly kind: 'storage' }>): ByteStream {
  switch (place.kind) {
    case 'pickle':
      return byteStream(section(pickle, place.offset, place.length));
    case 'text':
      return byteStream(bytesAccess(Uint8Array.from(place.text, (character) => character.charCodeAt(0))));
    case 'nowhere':
      throw new CheckpointError(place.reason);
  }
}
