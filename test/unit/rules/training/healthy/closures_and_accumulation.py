import torch
import torch.nn as nn
import torch.optim as optim

seq = nn.Sequential(nn.Linear(8, 32), nn.Tanh(), nn.Linear(32, 1)).double()
criterion = nn.MSELoss()
optimizer = optim.LBFGS(seq.parameters(), lr=0.8)
input, target = torch.randn(64, 8).double(), torch.randn(64, 1).double()
for i in range(15):

    def closure():
        optimizer.zero_grad()
        out = seq(input)
        loss = criterion(out, target)
        print("loss:", loss.item())
        loss.backward()
        return loss

    optimizer.step(closure)
    with torch.no_grad():
        pred = seq(input)
        loss = criterion(pred, target)


class Trainer:
    def __init__(self, model, loader, accumulate=4):
        self.model = model
        self.loader = loader
        self.accumulate = accumulate
        self.optimizer = optim.AdamW(model.parameters(), lr=3e-4)
        self.loss_fn = nn.MSELoss()
        self.history = []

    def fit(self, epochs):
        for epoch in range(epochs):
            self.model.train()
            self.optimizer.zero_grad()
            for step, (x, y) in enumerate(self.loader):
                loss = self.loss_fn(self.model(x), y) / self.accumulate
                loss.backward()
                self.history.append(loss.item())
                if (step + 1) % self.accumulate == 0:
                    torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
                    self.optimizer.step()
                    self.optimizer.zero_grad()
            self.validate()

    @torch.no_grad()
    def validate(self):
        self.model.eval()
        losses = []
        for x, y in self.loader:
            losses.append(self.loss_fn(self.model(x), y))
        return torch.stack(losses).mean()


trainer = Trainer(nn.Sequential(nn.Linear(8, 8), nn.Dropout(0.1), nn.Linear(8, 1)), loader)
trainer.fit(3)
