import torch
import torch.nn as nn

model = nn.Sequential(nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 100))
nn.init.kaiming_normal_(model[0].weight)
nn.init.normal_(model[2].weight)
criterion = nn.CrossEntropyLoss()
loss = criterion(model(torch.randn(32, 784)), torch.zeros(32, dtype=torch.long))
