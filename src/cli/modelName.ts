/** Whether `--model` says how a model is made (`resnet18(num_classes=10)`), not what it is called. */
export function isExpression(model: string | undefined): model is string {
  return model?.endsWith(')') ?? false;
}
