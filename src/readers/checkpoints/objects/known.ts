/**
 * What is called by pickles of weights and does nothing but make data (compare `torch.load(weights_only=True)`). It is not
 * called here either; it is only not worth a word.
 */
const plainData: ReadonlySet<string> = new Set([
  'collections.OrderedDict',
  'collections.defaultdict',
  'collections.Counter',
  'argparse.Namespace',
  'types.SimpleNamespace',
  '_codecs.encode',
  'builtins.set',
  'builtins.frozenset',
  'builtins.complex',
  'builtins.bytearray',
  'builtins.slice',
  '__builtin__.set',
  'pathlib.Path',
  'pathlib.PosixPath',
  'pathlib.WindowsPath',
  'datetime.datetime',
  'datetime.timedelta',
  'uuid.UUID',
  'torch.Size',
  'torch.device',
  'torch.serialization._get_layout',
  'torch.Tensor',
  'numpy.dtype',
  'numpy.ndarray',
]);

const plainNumpy = /^numpy\.(_?core\.(multiarray\.(_reconstruct|scalar)|numeric\._frombuffer)|dtypes\.\w+)$/;
/** The functions that make tensors, the classes of PyTorch's own modules, and those of TorchScript, which are not Python's. */
const plainTorch =
  /^(torch\._utils\._rebuild_\w+|torch\._tensor\._rebuild_\w+|torch\.nn\.modules\.\w+\.[A-Z]\w*|__torch__\..+)$/;

/** Whether calling it, given as `module.name`, would do no more than make data. */
export function isPlainData(name: string): boolean {
  return plainData.has(name) || plainNumpy.test(name) || plainTorch.test(name);
}
