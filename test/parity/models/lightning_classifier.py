import pytorch_lightning as pl
import torch
from torch import nn
from torch.nn import functional as F


class LitClassifier(pl.LightningModule):
    def __init__(self, channels=1, width=32, hidden_dim=128, num_classes=10, learning_rate=1e-3):
        super().__init__()
        self.save_hyperparameters()

        self.backbone = nn.Sequential(
            nn.Conv2d(channels, self.hparams.width, 3, padding=1),
            nn.PReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(width, width * 2, 3, padding=1),
            nn.InstanceNorm2d(width * 2, affine=True),
            nn.PReLU(width * 2),
            nn.MaxPool2d(2),
        )
        self.l1 = nn.Linear(width * 2 * 7 * 7, hidden_dim)
        self.l2 = nn.Linear(hidden_dim, num_classes)
        self.loss = nn.CrossEntropyLoss()

    def forward(self, x):
        x = self.backbone(x)
        x = x.flatten(1)
        return self.l2(F.relu(self.l1(x)))

    def training_step(self, batch, batch_idx):
        x, y = batch
        loss = self.loss(self(x), y)
        self.log("train_loss", loss)
        return loss

    def validation_step(self, batch, batch_idx):
        x, y = batch
        self.log("val_loss", F.cross_entropy(self(x), y), prog_bar=True)

    def configure_optimizers(self):
        return torch.optim.AdamW(self.parameters(), lr=self.hparams.learning_rate)


def cli_main():
    model = LitClassifier(hidden_dim=256)
    logits = model(torch.randn(2, 1, 28, 28))
    assert logits.shape == (2, 10)


if __name__ == "__main__":
    cli_main()
