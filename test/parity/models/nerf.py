import torch
import torch.nn as nn
import torch.nn.functional as F


class Embedder:
    def __init__(self, input_dims, num_freqs, include_input=True):
        self.freqs = [2.0**i for i in range(num_freqs)]
        self.include_input = include_input
        self.out_dim = input_dims * (2 * num_freqs + (1 if include_input else 0))

    def embed(self, x):
        out = [x] if self.include_input else []
        for freq in self.freqs:
            for fn in (torch.sin, torch.cos):
                out.append(fn(x * freq))
        return torch.cat(out, -1)


class NeRF(nn.Module):
    def __init__(self, D=8, W=128, input_ch=3, input_ch_views=3, output_ch=4, skips=[4], use_viewdirs=False):
        super(NeRF, self).__init__()
        self.D = D
        self.W = W
        self.input_ch = input_ch
        self.input_ch_views = input_ch_views
        self.skips = skips
        self.use_viewdirs = use_viewdirs

        self.pts_linears = nn.ModuleList(
            [nn.Linear(input_ch, W)]
            + [nn.Linear(W, W) if i not in self.skips else nn.Linear(W + input_ch, W) for i in range(D - 1)]
        )
        self.views_linears = nn.ModuleList([nn.Linear(input_ch_views + W, W // 2)])

        if use_viewdirs:
            self.feature_linear = nn.Linear(W, W)
            self.alpha_linear = nn.Linear(W, 1)
            self.rgb_linear = nn.Linear(W // 2, 3)
        else:
            self.output_linear = nn.Linear(W, output_ch)

    def forward(self, x):
        input_pts, input_views = torch.split(x, [self.input_ch, self.input_ch_views], dim=-1)
        h = input_pts
        for i, l in enumerate(self.pts_linears):
            h = self.pts_linears[i](h)
            h = F.relu(h)
            if i in self.skips:
                h = torch.cat([input_pts, h], -1)

        if self.use_viewdirs:
            alpha = self.alpha_linear(h)
            feature = self.feature_linear(h)
            h = torch.cat([feature, input_views], -1)

            for i, l in enumerate(self.views_linears):
                h = self.views_linears[i](h)
                h = F.relu(h)

            rgb = self.rgb_linear(h)
            outputs = torch.cat([rgb, alpha], -1)
        else:
            outputs = self.output_linear(h)
        return outputs


embed_pts = Embedder(3, 10)
embed_views = Embedder(3, 4)
coarse = NeRF(input_ch=embed_pts.out_dim, input_ch_views=embed_views.out_dim, use_viewdirs=True)

if __name__ == "__main__":
    points = torch.rand(1024, 3)
    dirs = F.normalize(torch.randn(1024, 3), dim=-1)
    raw = coarse(torch.cat([embed_pts.embed(points), embed_views.embed(dirs)], -1))
