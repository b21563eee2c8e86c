import type { ClassValue } from '../../python/values';
import { attentionLayers } from './attention';
import { rnn, stackedCells } from './cells';
import { configuredClasses } from './configuredClasses';
import { kerasLayer } from './define';
import { wrapperLayers } from './wrappers';

const live = [...attentionLayers, ...wrapperLayers, rnn].map((layer) => [layer.name, kerasLayer(layer)] as const);
const classes: ReadonlyMap<string, ClassValue> = new Map([
  ...configuredClasses,
  ...live,
  ['StackedRNNCells', stackedCells],
]);

/** Other names of the same layers. */
const aliases: Readonly<Record<string, string>> = {
  Convolution1D: 'Conv1D',
  Convolution2D: 'Conv2D',
  Convolution3D: 'Conv3D',
  SeparableConvolution1D: 'SeparableConv1D',
  SeparableConvolution2D: 'SeparableConv2D',
  Convolution1DTranspose: 'Conv1DTranspose',
  Convolution2DTranspose: 'Conv2DTranspose',
  Convolution3DTranspose: 'Conv3DTranspose',
  MaxPool1D: 'MaxPooling1D',
  MaxPool2D: 'MaxPooling2D',
  MaxPool3D: 'MaxPooling3D',
  AvgPool1D: 'AveragePooling1D',
  AvgPool2D: 'AveragePooling2D',
  AvgPool3D: 'AveragePooling3D',
  GlobalMaxPool1D: 'GlobalMaxPooling1D',
  GlobalMaxPool2D: 'GlobalMaxPooling2D',
  GlobalMaxPool3D: 'GlobalMaxPooling3D',
  GlobalAvgPool1D: 'GlobalAveragePooling1D',
  GlobalAvgPool2D: 'GlobalAveragePooling2D',
  GlobalAvgPool3D: 'GlobalAveragePooling3D',
  GroupQueryAttention: 'GroupedQueryAttention',
};

/** The layers of `keras.layers` by every name that they have there. */
export const layerClasses: Readonly<Record<string, ClassValue>> = {
  ...Object.fromEntries(classes),
  ...Object.fromEntries(
    Object.entries(aliases).flatMap(([alias, name]) => {
      const cls = classes.get(name);
      return cls ? [[alias, cls] as const] : [];
    }),
  ),
};
