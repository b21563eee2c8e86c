import torch
import torch.nn as nn
import torch.nn.functional as F

class Embeds(nn.Module):
    def __init__(self):
        super().__init__()
        self.tok = nn.Embedding(100, 16, padding_idx=0)
        self.neg = nn.Embedding(100, 16, padding_idx=-1)
        self.pre = nn.Embedding.from_pretrained(torch.ones(10, 16) * 3)
        self.bag = nn.EmbeddingBag(50, 16, mode="sum")
    def forward(self, x):
        return self.tok(x) + self.neg(x) + self.pre(x), self.bag(x)
Embeds()(torch.randint(0, 10, (2, 7)))

class Rnns(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(8, 16, num_layers=2, batch_first=True, bidirectional=True, dropout=0.1)
        self.gru = nn.GRU(32, 12, bias=False)
        self.rnn = nn.RNN(12, 6, 2, nonlinearity="relu", batch_first=True)
        self.proj = nn.LSTM(6, 10, proj_size=4, batch_first=True)
        self.fc = nn.Linear(4, 3)
    def forward(self, x):
        x, (h, c) = self.lstm(x)
        x, _ = self.gru(x.transpose(0, 1))
        x = x.transpose(0, 1)
        x, hn = self.rnn(x)
        x, (hp, cp) = self.proj(x)
        return self.fc(x), h, c, hn, hp, cp
Rnns()(torch.randn(2, 5, 8))

class Cells(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.LSTMCell(8, 16)
        self.b = nn.GRUCell(16, 12)
        self.c = nn.RNNCell(12, 4)
    def forward(self, x):
        h, c = self.a(x)
        h, c = self.a(x, (h, c))
        y = self.b(h)
        y = self.b(h, y)
        return self.c(y), c
Cells()(torch.randn(2, 8))

class Attn(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.MultiheadAttention(16, 4, batch_first=True)
        self.b = nn.MultiheadAttention(16, 2, kdim=8, vdim=12, dropout=0.1)
        self.c = nn.MultiheadAttention(16, 4, bias=False, add_bias_kv=True, add_zero_attn=True, batch_first=True)
        self.k = nn.Linear(16, 8)
        self.v = nn.Linear(16, 12)
    def forward(self, x):
        y, w = self.a(x, x, x)
        t = x.transpose(0, 1)
        z = self.b(t, self.k(t), self.v(t), need_weights=False)[0]
        c, wc = self.c(y, y, value=y)
        return y, w, z, c, wc
Attn()(torch.randn(2, 5, 16))

class Enc(nn.Module):
    def __init__(self):
        super().__init__()
        layer = nn.TransformerEncoderLayer(32, 4, dim_feedforward=64, activation="gelu", batch_first=True, norm_first=True)
        self.encoder = nn.TransformerEncoder(layer, num_layers=2, norm=nn.LayerNorm(32))
        self.one = nn.TransformerEncoderLayer(d_model=32, nhead=8, bias=False)
        dec = nn.TransformerDecoderLayer(32, 4, 48)
        self.dec = nn.TransformerDecoder(dec, 2)
    def forward(self, x):
        m = self.one(self.encoder(x))
        return self.dec(x, m)
Enc()(torch.randn(2, 5, 32))

class Full(nn.Module):
    def __init__(self):
        super().__init__()
        self.t = nn.Transformer(32, 4, 1, 2, 64, batch_first=True)
        self.out = nn.Linear(32, 10)
    def forward(self, src, tgt):
        mask = nn.Transformer.generate_square_subsequent_mask(4)
        return self.out(self.t(src, tgt, tgt_mask=mask))
Full()(torch.randn(2, 5, 32), torch.randn(2, 4, 32))

class Norms(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.BatchNorm2d(8)
        self.b = nn.BatchNorm2d(8, track_running_stats=False, affine=False)
        self.c = nn.InstanceNorm2d(8, track_running_stats=True)
        self.d = nn.GroupNorm(2, 8)
        self.e = nn.LocalResponseNorm(3)
        self.f = nn.LayerNorm(4, elementwise_affine=False)
        self.g = nn.RMSNorm([4, 4])
        self.register_buffer("m", torch.ones(3, 2), persistent=False)
        self.register_buffer("n", torch.ones(3, 2))
    def forward(self, x):
        return self.g(self.f(self.e(self.d(self.c(self.b(self.a(x)))))))
Norms()(torch.randn(2, 8, 4, 4))

class LastToken(nn.Module):
    """What stands at the last token that is none of padding, of each row."""

    def __init__(self):
        super().__init__()
        self.emb = nn.Embedding(20, 8)
        self.fc = nn.Linear(8, 2)

    def forward(self, ids):
        h = self.emb(ids)
        last = (ids != 0).int().sum(1) - 1
        rows = torch.arange(ids.shape[0], device=ids.device)
        return self.fc(h[rows, last]) + self.fc(h[rows, -1])
