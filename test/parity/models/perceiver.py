import torch
import torch.nn as nn


class CrossAttention(nn.Module):
    def __init__(self, latent_dim, input_dim, heads):
        super().__init__()
        self.q_norm = nn.LayerNorm(latent_dim)
        self.kv_norm = nn.LayerNorm(input_dim)
        self.attn = nn.MultiheadAttention(latent_dim, heads, kdim=input_dim, vdim=input_dim, batch_first=True)

    def forward(self, latents, inputs):
        q = self.q_norm(latents)
        kv = self.kv_norm(inputs)
        return latents + self.attn(q, kv, kv, need_weights=False)[0]


class SelfAttentionBlock(nn.Module):
    def __init__(self, dim, heads, widening=2):
        super().__init__()
        self.norm1 = nn.LayerNorm(dim)
        self.attn = nn.MultiheadAttention(dim, heads, dropout=0.1, batch_first=True)
        self.norm2 = nn.LayerNorm(dim)
        self.mlp = nn.Sequential(nn.Linear(dim, widening * dim), nn.GELU(), nn.Linear(widening * dim, dim))

    def forward(self, x):
        y = self.norm1(x)
        y, _ = self.attn(y, y, y)
        x = x + y
        return x + self.mlp(self.norm2(x))


class Perceiver(nn.Module):
    def __init__(self, input_dim=32, num_latents=16, latent_dim=64, depth=3, self_per_cross=2, num_classes=5, share=False):
        super().__init__()
        self.latents = nn.Parameter(torch.empty(num_latents, latent_dim))
        nn.init.trunc_normal_(self.latents, std=0.02, a=-2.0, b=2.0)

        def make_stage():
            return nn.ModuleDict(
                {
                    "cross": CrossAttention(latent_dim, input_dim, heads=1),
                    "self": nn.Sequential(*[SelfAttentionBlock(latent_dim, heads=4) for _ in range(self_per_cross)]),
                }
            )

        first = make_stage()
        rest = make_stage() if share else None
        # The later stages are one module when they are shared.
        self.stages = nn.ModuleList([first, *((rest or make_stage()) for _ in range(depth - 1))])
        self.to_logits = nn.Sequential(nn.LayerNorm(latent_dim), nn.Linear(latent_dim, num_classes))

    def forward(self, data):
        x = self.latents.unsqueeze(0).expand(data.shape[0], -1, -1)
        for stage in self.stages:
            x = stage["cross"](x, data)
            x = stage["self"](x)
        return self.to_logits(x.mean(dim=1))


if __name__ == "__main__":
    model = Perceiver(share=True)
    print(sum(p.numel() for p in model.parameters() if p.requires_grad))
    print(model(torch.randn(2, 100, 32)).shape)
