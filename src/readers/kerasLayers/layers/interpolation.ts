/** The ways to make a picture of another size, as Keras names them. */
export const interpolations: Readonly<Record<string, 'nearest' | 'linear' | 'cubic'>> = {
  nearest: 'nearest',
  bilinear: 'linear',
  bicubic: 'cubic',
};
