import torch
import torch.nn as nn

model = nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 100), nn.Tanh())
criterion = nn.CrossEntropyLoss()
loss = criterion(model(torch.randn(32, 784)), torch.zeros(32, dtype=torch.long))
