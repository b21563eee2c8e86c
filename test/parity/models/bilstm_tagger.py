import torch
from torch import nn


class CharCNN(nn.Module):
    def __init__(self, n_chars: int, char_dim: int = 16, n_filters: int = 24):
        super().__init__()
        self.emb = nn.Embedding(n_chars, char_dim, padding_idx=0)
        self.conv = nn.Conv1d(char_dim, n_filters, kernel_size=3, padding=1)

    def forward(self, chars: torch.Tensor) -> torch.Tensor:
        b, t, c = chars.shape
        x = self.emb(chars.reshape(b * t, c)).transpose(1, 2)
        x = torch.relu(self.conv(x)).max(dim=-1).values
        return x.view(b, t, -1)


class BiLSTMTagger(nn.Module):
    def __init__(self, vocab: int, n_chars: int, n_tags: int, word_dim: int = 64, hidden: int = 100):
        super().__init__()
        self.words = nn.Embedding(vocab, word_dim, padding_idx=0)
        self.chars = CharCNN(n_chars)
        self.lstm = nn.LSTM(
            input_size=word_dim + 24,
            hidden_size=hidden // 2,
            num_layers=2,
            bidirectional=True,
            batch_first=True,
            dropout=0.25,
        )
        self.norm = nn.LayerNorm(hidden)
        self.out = nn.Linear(hidden, n_tags)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        bound = (3.0 / self.words.embedding_dim) ** 0.5
        nn.init.uniform_(self.words.weight, -bound, bound)
        # The forget gate stays open in the beginning.
        for name, p in self.lstm.named_parameters():
            if name.startswith("bias_hh"):
                nn.init.zeros_(p)
            if name.startswith("bias_ih"):
                nn.init.ones_(p)

    def forward(self, words, chars):
        x = torch.cat([self.words(words), self.chars(chars)], dim=-1)
        x, (h, c) = self.lstm(x)
        return self.out(self.norm(x))


VOCAB, CHARS, TAGS = 2000, 80, 17

if __name__ == "__main__":
    tagger = BiLSTMTagger(VOCAB, CHARS, TAGS)
    scores = tagger(torch.zeros(2, 12, dtype=torch.long), torch.zeros(2, 12, 8, dtype=torch.long))
    print(scores.shape)
