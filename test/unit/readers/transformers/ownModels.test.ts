import assert from 'node:assert/strict';
import { BATCH, shapeText, type Network } from '../../../../src/network';
import { distributionText } from '../support/networkText';
import { sharedReader } from '../support/reader';

/** A model as people write them, with what stands in its constructor and its `forward`. */
interface Written {
  readonly config?: string;
  readonly members?: string;
  readonly init?: readonly string[];
  readonly forward?: readonly string[];
  readonly inputs?: string;
  readonly make?: string;
}

const lines = (indent: number, code: readonly string[]): string =>
  code.map((line) => `${' '.repeat(indent)}${line}\n`).join('');

function codeOf({ config = '', members = '', init = [], forward = [], inputs = 'ids', make }: Written): string {
  return `
import torch
from torch import nn
from transformers import PreTrainedModel, PretrainedConfig, DynamicCache, AutoModel, BertModel, BertConfig
from transformers.activations import ACT2FN
from transformers.masking_utils import create_causal_mask, create_bidirectional_mask
from transformers.modeling_layers import GradientCheckpointingLayer
from transformers.modeling_outputs import CausalLMOutputWithPast, BaseModelOutput
from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS
from transformers.pytorch_utils import Conv1D, apply_chunking_to_forward

class TinyConfig(PretrainedConfig):
    model_type = "tiny"
    attribute_map = {"dim": "hidden_size"}
    def __init__(self, hidden_size=8, initializer_range=0.03, **kwargs):
        self.hidden_size = hidden_size
        self.initializer_range = initializer_range
        super().__init__(**kwargs)

class Tiny(PreTrainedModel):
    config_class = TinyConfig
    _supports_sdpa = True
${members}
    def __init__(self, config):
        super().__init__(config)
${lines(8, init)}        self.post_init()

    def forward(self, ${inputs}):
${lines(8, forward)}
model = ${make ?? `Tiny(TinyConfig(${config}))`}
`;
}

async function read(written: Written): Promise<Network> {
  const reader = await sharedReader();
  const { networks, notes } = reader.read({ file: 'model.py', text: codeOf(written) });
  const [network] = networks;
  assert.ok(network, JSON.stringify(notes));
  return network;
}

const drawn = ({ parameters }: Network): Readonly<Record<string, string>> =>
  Object.fromEntries(parameters.map(({ path, initializer }) => [path, distributionText(initializer.distribution)]));

const operations = ({ nodes }: Network): readonly string[] => nodes.map(({ op }) => op.kind);

const embedding = 'self.embed = nn.Embedding(10, config.dim, padding_idx=0)';
const head = 'self.lm_head = nn.Linear(config.hidden_size, 10, bias=False)';
const language: Written = {
  init: [embedding, 'self.norm = nn.LayerNorm(config.hidden_size)', head],
  forward: ['return CausalLMOutputWithPast(loss=None, logits=self.lm_head(self.norm(self.embed(ids))))'],
};

describe('models that derive from PreTrainedModel, without the files of transformers', () => {
  it('are drawn by `_init_weights` of the base class: by `initializer_range`, the row of padding zero', async () => {
    const network = await read({ ...language, config: 'tie_word_embeddings=False' });
    assert.deepEqual(drawn(network), {
      'embed.weight': 'along axis 0 1 of constant 0, 9 of normal 0 0.03',
      'norm.weight': 'constant 1',
      'norm.bias': 'constant 0',
      'lm_head.weight': 'normal 0 0.03',
    });
    assert.deepEqual(operations(network), ['input', 'embedding', 'layerNorm', 'linear']);
    assert.equal(network.unlistedParameters, undefined);
  });

  it('are drawn by an `_init_weights` of their own, each module once', async () => {
    const members = `
    def _init_weights(self, module):
        super()._init_weights(module)
        if module is getattr(self, "lm_head", None):
            module.weight.data.mul_(2)
`;
    const network = await read({ ...language, config: 'tie_word_embeddings=False', members });
    assert.equal(drawn(network)['lm_head.weight'], 'normal 0 0.06');
  });

  describe('tie weights', () => {
    const members = '    _tied_weights_keys = {"lm_head.weight": "embed.weight"}\n';
    const paths = async (written: Written): Promise<readonly string[]> =>
      (await read(written)).parameters.map(({ path }) => path);

    it('as the class says, where the configuration asks for it', async () => {
      const tied = await paths({ ...language, members, config: 'tie_word_embeddings=True' });
      assert.deepEqual(tied, ['embed.weight', 'norm.weight', 'norm.bias']);
      assert.ok(
        (await paths({ ...language, members, config: 'tie_word_embeddings=False' })).includes('lm_head.weight'),
      );
    });

    it('by patterns', async () => {
      const written: Written = {
        members: '    _tied_weights_keys = {r"heads.(?![0])\\d+": "heads.0"}\n',
        config: 'tie_word_embeddings=True',
        init: ['self.heads = nn.ModuleList([nn.Linear(8, 2) for _ in range(3)])'],
        forward: ['return sum(head(ids) for head in self.heads)'],
      };
      assert.deepEqual(await paths(written), ['heads.0.weight', 'heads.0.bias']);
    });

    it('as before version 5: the last layer to the first', async () => {
      const old = `    _tied_weights_keys = ["lm_head.weight"]
    def get_input_embeddings(self):
        return self.embed
    def get_output_embeddings(self):
        return self.lm_head
`;
      const tied = await paths({ ...language, members: old, config: 'tie_word_embeddings=True' });
      assert.ok(!tied.includes('lm_head.weight'));
    });

    it('as before version 5, or not, where the class names no parameters: that, too, nobody knows', async () => {
      const undeclared = '    def get_output_embeddings(self):\n        return self.lm_head\n';
      const { unlistedParameters = [] } = await read({
        ...language,
        members: undeclared,
        config: 'tie_word_embeddings=True',
      });
      assert.match(unlistedParameters.join(), /may be tied.*version of transformers/);
      const apart = await read({ ...language, members: undeclared, config: 'tie_word_embeddings=False' });
      assert.equal(apart.unlistedParameters, undefined);
    });

    it('as nobody knows, where the version decides: then parameters are missing, and that is said', async () => {
      const { unlistedParameters = [] } = await read({ ...language, members });
      assert.match(unlistedParameters.join(), /may be tied.*version of transformers/);
    });
  });

  it('give their output by name, by place, and as a tuple where they are asked for one', async () => {
    const init = ['self.body = Body(config)', 'self.head = nn.Linear(8, 2)'];
    const body = `
class Body(PreTrainedModel):
    def __init__(self, config):
        super().__init__(config)
        self.fc = nn.Linear(8, 8)
        self.post_init()
    def forward(self, x):
        return BaseModelOutput(last_hidden_state=self.fc(x))

`;
    const ways = [
      'out = self.body(ids).last_hidden_state',
      'out = self.body(ids)[0]',
      'out = self.body(ids)["last_hidden_state"]',
      '(out,) = self.body(ids, return_dict=False)',
      'out = self.body(ids).to_tuple()[0]',
    ];
    for (const way of ways) {
      const written = codeOf({ init, forward: [way, 'return self.head(out)'] });
      const reader = await sharedReader();
      const { networks } = reader.read({
        file: 'model.py',
        text: written.replace('class Tiny(', `${body}class Tiny(`),
      });
      assert.deepEqual(operations(networks[0]!), ['input', 'linear', 'linear'], way);
    }
  });

  it('take activations by name', async () => {
    const network = await read({
      init: ['self.act = ACT2FN["gelu_new"]', 'self.fc = nn.Linear(8, 8)'],
      forward: ['return self.act(self.fc(ids))'],
    });
    assert.deepEqual(network.nodes.at(-1)?.op, {
      kind: 'activation',
      activation: { kind: 'gelu', approximate: 'tanh' },
    });
  });

  describe('attend', () => {
    const attention = (causal: boolean): string => `
class Attention(GradientCheckpointingLayer):
    def __init__(self, config):
        super().__init__()
        self.config = config
        self.is_causal = ${causal ? 'True' : 'False'}
        self.num_key_value_groups = 2
        self.q = nn.Linear(8, 8)
        self.kv = nn.Linear(8, 4)
    def forward(self, x, mask):
        def eager(module, query, key, value, mask, scaling, dropout=0.0):
            scores = query @ key.repeat_interleave(2, 1).transpose(2, 3) * scaling
            if mask is not None:
                scores = scores + mask
            return (scores.softmax(-1) @ value.repeat_interleave(2, 1)).transpose(1, 2), None
        split = lambda t: t.view(*t.shape[:2], -1, 4).transpose(1, 2)
        attend = ALL_ATTENTION_FUNCTIONS.get_interface(self.config._attn_implementation, eager)
        cache = DynamicCache()
        key, value = cache.update(split(self.kv(x)), split(self.kv(x)), 0)
        out, _ = attend(self, split(self.q(x)), key, value, mask, scaling=0.5)
        return out.reshape(*x.shape[:2], -1)

`;
    const written = async (causal: boolean, more: Partial<Written>): Promise<Network> => {
      const maker = causal ? 'create_causal_mask' : 'create_bidirectional_mask';
      const text = codeOf({
        init: ['self.embed = nn.Embedding(10, 8)', 'self.attention = Attention(config)'],
        forward: [
          'x = self.embed(ids)',
          `mask = ${maker}(config=self.config, inputs_embeds=x, attention_mask=attention_mask)`,
          'return self.attention(x, mask)',
        ],
        ...more,
      });
      const reader = await sharedReader();
      const { networks } = reader.read({
        file: 'model.py',
        text: text.replace('class Tiny(', `${attention(causal)}class Tiny(`),
      });
      const [network] = networks;
      assert.ok(network && !operations(network).includes('opaque'), JSON.stringify(network?.notes));
      return network;
    };
    const attentionOf = ({ nodes }: Network) =>
      nodes.flatMap(({ op, shape }) => (op.kind === 'attention' ? [{ ...op, rank: shape?.length }] : []));

    it('by a flag where nothing but the past is seen', async () => {
      const [found] = attentionOf(await written(true, { inputs: 'ids, attention_mask=None' }));
      assert.deepEqual(found, { kind: 'attention', scale: 0.5, causal: true, dropout: 0, mask: 'none', rank: 4 });
      const [both] = attentionOf(await written(false, { inputs: 'ids, attention_mask=None' }));
      assert.deepEqual([both?.causal, both?.mask], [false, 'none']);
    });

    it('by a mask where tokens only fill up their row', async () => {
      const [found] = attentionOf(await written(true, { inputs: 'ids, attention_mask' }));
      assert.deepEqual([found?.causal, found?.mask], [false, 'boolean']);
    });

    it('by the code of the model, where the configuration says so, with a mask that is added', async () => {
      const config = 'attn_implementation="eager", _attn_implementation="eager"';
      const network = await written(true, { inputs: 'ids, attention_mask=None', config });
      assert.deepEqual(attentionOf(network), []);
      assert.ok(operations(network).includes('softmax'));
      const added = network.nodes.find(
        ({ op, inputs }) => op.kind === 'add' && inputs.some((id) => isMask(network, id)),
      );
      assert.ok(added, 'the past is masked');
    });
  });

  it('are made of Conv1D, and computed in chunks', async () => {
    const network = await read({
      init: ['self.fc = Conv1D(12, 8)'],
      forward: ['return apply_chunking_to_forward(self.fc, 0, 1, ids)'],
    });
    assert.deepEqual(
      network.parameters.map(({ path, shape, axes }) => [path, shape, axes]),
      [
        ['fc.weight', [8, 12], ['in', 'out']],
        ['fc.bias', [12], ['out']],
      ],
    );
    assert.deepEqual(network.nodes.at(-1)?.shape, [BATCH, 12]);
  });

  it('leave what a checkpoint says open', async () => {
    const network = await read({
      init: ['self.bert = AutoModel.from_pretrained("bert-base-uncased")', 'self.fc = nn.Linear(768, 2)'],
      forward: ['return self.fc(self.bert(ids).last_hidden_state[:, 0])'],
    });
    assert.deepEqual(Object.keys(drawn(network)), ['fc.weight', 'fc.bias']);
    assert.match((network.unlistedParameters ?? []).join(), /AutoModel\.from_pretrained/);
    assert.match(network.notes.map(({ message }) => message).join(), /checkpoint/);
  });

  it('say that models of the package are read from files that are not there', async () => {
    const network = await read({
      init: ['self.bert = BertModel(BertConfig())', 'self.fc = nn.Linear(768, 2)'],
      forward: ['return self.fc(self.bert(ids)[0])'],
    });
    assert.match(network.notes.map(({ message }) => message).join(), /files of transformers, which are not here/);
    assert.ok(network.unlistedParameters);
  });

  it('take configurations that are declared like dataclasses', async () => {
    const text = `
from torch import nn
from transformers import PreTrainedModel, PreTrainedConfig

class Config(PreTrainedConfig):
    hidden_size: int = 4
    layers: int = 1

class Net(PreTrainedModel):
    def __init__(self, config):
        super().__init__(config)
        self.fcs = nn.ModuleList([nn.Linear(config.hidden_size, config.num_labels) for _ in range(config.layers)])
        self.post_init()
    def forward(self, x):
        return [fc(x) for fc in self.fcs]

net = Net(Config(hidden_size=6, layers=2))
`;
    const reader = await sharedReader();
    const { networks } = reader.read({ file: 'model.py', text });
    assert.deepEqual(
      networks[0]?.parameters.map(({ path, shape }) => `${path} ${shapeText(shape)}`),
      ['fcs.0.weight 2×6', 'fcs.0.bias 2', 'fcs.1.weight 2×6', 'fcs.1.bias 2'],
    );
  });
});

/** A constant of the least number and zeros. */
function isMask({ nodes }: Network, id: number): boolean {
  const node = nodes[id];
  return node?.op.kind === 'constant' || node?.op.kind === 'where';
}
