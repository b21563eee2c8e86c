/** Whether a text in JavaScript or TypeScript speaks of tfjs at all. Cheap: it is asked of every such file. */
export function mentionsTfjs(text: string): boolean {
  return text.includes('@tensorflow/tfjs') || text.includes('tf.layers') || text.includes('tf.sequential');
}
