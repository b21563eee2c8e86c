import assert from 'node:assert/strict';
import { shapeText } from '../../../../src/network';
import type { FileProvider, ReadResult } from '../../../../src/readers';
import { sharedReader } from '../support/reader';

const site = '/venv/transformers';

/** A package built like `transformers`, with one small model that it really reads, and others that nobody asks for. */
const installed: Readonly<Record<string, string>> = {
  [`${site}/__init__.py`]: `
from typing import TYPE_CHECKING
from .utils import _LazyModule

__version__ = "5.0.0"

if TYPE_CHECKING:
    from .models import *
    from .tools import width_of as width_of
else:
    import sys
    sys.modules[__name__] = _LazyModule(__name__)
`,
  [`${site}/utils/__init__.py`]: 'class _LazyModule: pass\n',
  [`${site}/modeling_utils.py`]: 'raise RuntimeError("what is known of this module needs none of its code")\n',
  [`${site}/tools.py`]: 'def width_of(config):\n    return config.hidden_size\n',
  [`${site}/models/__init__.py`]: `
if TYPE_CHECKING:
    from .other import *
    from .tiny import *
    from .tiny_moe import *
`,
  [`${site}/configuration_utils.py`]: `
from dataclasses import dataclass
from huggingface_hub.dataclasses import strict
from .utils import PushToHubMixin

@strict(accept_kwargs=True)
@dataclass(repr=False)
class PreTrainedConfig(PushToHubMixin):
    attribute_map = {}
    num_labels: int = 2

    def __post_init__(self, **kwargs):
        for name, value in kwargs.items():
            setattr(self, name, value)

    def __init_subclass__(cls, *args, **kwargs):
        super().__init_subclass__(*args, **kwargs)
        dataclass(cls, repr=False, kw_only=True)

    def __setattr__(self, name, value):
        if name in super().__getattribute__("attribute_map"):
            name = super().__getattribute__("attribute_map")[name]
        super().__setattr__(name, value)

    def __getattribute__(self, name):
        if name != "attribute_map" and name in super().__getattribute__("attribute_map"):
            name = super().__getattribute__("attribute_map")[name]
        return super().__getattribute__(name)
`,
  [`${site}/models/tiny/__init__.py`]: '',
  [`${site}/models/tiny/configuration_tiny.py`]: `
from huggingface_hub.dataclasses import strict
from ...configuration_utils import PreTrainedConfig

class TinyConfig(PreTrainedConfig):
    model_type = "tiny"
    attribute_map = {"hidden_size": "width"}
    width: int = 4
`,
  [`${site}/models/tiny/modeling_tiny.py`]: `
from torch import nn
from ...modeling_utils import PreTrainedModel
from ...utils import auto_docstring, can_return_tuple
from ...modeling_outputs import BaseModelOutput
from .configuration_tiny import TinyConfig

@auto_docstring(custom_intro="Tiny")
class TinyModel(PreTrainedModel):
    config: TinyConfig

    def __init__(self, config):
        super().__init__(config)
        self.fc = nn.Linear(config.hidden_size, config.hidden_size)
        self.post_init()

    @can_return_tuple
    @auto_docstring
    def forward(self, inputs_embeds=None):
        return BaseModelOutput(last_hidden_state=self.fc(inputs_embeds))
`,
  [`${site}/models/tiny_moe/__init__.py`]: '',
  [`${site}/models/tiny_moe/modeling_tiny_moe.py`]: 'class TinyMoeModel: pass\n',
  [`${site}/models/other/modeling_other.py`]: 'raise RuntimeError("nobody asks for this")\n',
  [`${site}/modeling_outputs.py`]: `
from dataclasses import dataclass
from .utils import ModelOutput

@dataclass
class BaseModelOutput(ModelOutput):
    last_hidden_state: object = None
    hidden_states: object = None
`,
  [`${site}/models/auto/modeling_auto.py`]: `
MODEL_MAPPING_NAMES = {"tiny": "TinyModel"}
MODEL_MAPPING = _LazyAutoMapping(CONFIG_MAPPING_NAMES, MODEL_MAPPING_NAMES)

class AutoModel(_BaseAutoModelClass):
    _model_mapping = MODEL_MAPPING
`,
};

const user = (importing: string, make: string): string => `
from torch import nn
${importing}

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = ${make}
        self.head = nn.Linear(self.body.config.width, 2)

    def forward(self, x):
        return self.head(self.body(x)[0])
`;

async function read(
  text: string,
  texts: Readonly<Record<string, string>> = installed,
): Promise<{ readonly result: ReadResult; readonly asked: readonly string[] }> {
  const asked: string[] = [];
  const files: FileProvider = {
    roots: ['/project', '/venv'],
    read: (path) => {
      if (path in texts) asked.push(path);
      return texts[path];
    },
  };
  const reader = await sharedReader();
  return { result: reader.read({ file: '/project/net.py', text, files }), asked };
}

const parameters = ({ networks }: ReadResult): readonly string[] =>
  networks.flatMap((network) => network.parameters.map(({ path, shape }) => `${path} ${shapeText(shape)}`));

const whole = ['body.fc.weight 6×6', 'body.fc.bias 6', 'head.weight 2×6', 'head.bias 2'];

describe('models of transformers, read from the files of the package', () => {
  const ways: Readonly<Record<string, readonly [importing: string, make: string]>> = {
    'by the names of the package': ['from transformers import TinyModel, TinyConfig', 'TinyModel(TinyConfig(width=6))'],
    'through the package': ['import transformers', 'transformers.TinyModel(transformers.TinyConfig(width=6))'],
    'from their own module': [
      'from transformers.models.tiny.modeling_tiny import TinyModel, TinyConfig',
      'TinyModel(TinyConfig(width=6))',
    ],
    'by the kind of their configuration': [
      'from transformers import AutoModel, TinyConfig',
      'AutoModel.from_config(TinyConfig(width=6))',
    ],
  };
  for (const [way, [importing, make]] of Object.entries(ways))
    it(way, async () => {
      const { result, asked } = await read(user(importing, make));
      assert.deepEqual(parameters(result), whole, JSON.stringify(result));
      assert.deepEqual(
        result.networks.flatMap(({ nodes }) => nodes.map(({ op }) => op.kind)),
        ['input', 'linear', 'linear'],
      );
      const std = result.networks[0]?.parameters[0]?.initializer.distribution;
      assert.deepEqual(std, { kind: 'normal', mean: 0, std: 0.02 });
      assert.ok(!asked.some((path) => path.includes('/other/')), 'other models are left alone');
    });

  it('with weights from a checkpoint, where their sizes are told', async () => {
    const { result } = await read(
      user(
        'from transformers import TinyModel, TinyConfig',
        'TinyModel.from_pretrained("tiny", config=TinyConfig(width=6))',
      ),
    );
    assert.deepEqual(parameters(result), whole);
    assert.equal(result.networks[0]?.parameters[0]?.initializer.distribution.kind, 'unknown');
  });

  it('with names that other modules of it define', async () => {
    const { result } = await read(
      user(
        'from transformers import TinyModel, TinyConfig, width_of',
        'TinyModel(TinyConfig(width=width_of(TinyConfig(width=6))))',
      ),
    );
    assert.deepEqual(parameters(result), whole);
  });

  it('but what is recorded beside their `forward` is not followed', async () => {
    const importing = 'from transformers import TinyModel, TinyConfig';
    const recording = user(importing, 'TinyModel(TinyConfig(width=6))').replace(
      'self.body(x)[0]',
      'self.body(x, output_hidden_states=True).hidden_states[-1]',
    );
    const { result } = await read(recording);
    assert.deepEqual(parameters(result), whole);
    const reasons = result.networks.flatMap(({ nodes }) =>
      nodes.map(({ op }) => (op.kind === 'opaque' ? op.reason : '')),
    );
    assert.match(reasons.join(''), /is recorded as the layers run/);
  });

  it('but a folder of that name in a project is what it is', async () => {
    const own = {
      '/project/transformers/__init__.py': '',
      '/project/transformers/cache.py': `
from torch import nn

class Cache(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.fc = nn.Linear(width, width)

    def forward(self, x):
        return self.fc(x)
`,
    };
    const { result } = await read(
      'from torch import nn\nfrom transformers.cache import Cache\nnet = nn.Sequential(Cache(3), nn.Linear(3, 1))\n',
      own,
    );
    assert.deepEqual(parameters(result), ['0.fc.weight 3×3', '0.fc.bias 3', '1.weight 1×3', '1.bias 1']);
  });
});
