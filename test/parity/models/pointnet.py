import torch
import torch.nn as nn
import torch.nn.functional as F


class TNet(nn.Module):
    """Predicts a k×k transformation, the identity in the beginning."""

    def __init__(self, k=3):
        super().__init__()
        self.k = k
        self.conv1 = nn.Conv1d(k, 32, 1)
        self.conv2 = nn.Conv1d(32, 64, 1)
        self.fc1 = nn.Linear(64, 32)
        self.fc2 = nn.Linear(32, k * k)
        self.bn1, self.bn2, self.bn3 = nn.BatchNorm1d(32), nn.BatchNorm1d(64), nn.BatchNorm1d(32)
        nn.init.zeros_(self.fc2.weight)
        self.fc2.bias.data.copy_(torch.eye(k).flatten())

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        x = F.relu(self.bn2(self.conv2(x)))
        x = torch.max(x, 2)[0]
        x = F.relu(self.bn3(self.fc1(x)))
        return self.fc2(x).view(-1, self.k, self.k)


class PointNetCls(nn.Module):
    def __init__(self, num_class=40, feature_transform=True):
        super().__init__()
        self.stn = TNet(3)
        self.conv1 = nn.Conv1d(3, 32, 1)
        self.bn1 = nn.BatchNorm1d(32)
        if feature_transform:
            self.fstn = TNet(k=32)
        self.feature_transform = feature_transform
        self.mlp = nn.Sequential(
            nn.Conv1d(32, 64, 1), nn.BatchNorm1d(64), nn.ReLU(), nn.Conv1d(64, 256, 1), nn.BatchNorm1d(256)
        )
        self.fc1 = nn.Linear(256, 128)
        self.fc2 = nn.Linear(128, num_class)
        self.dropout = nn.Dropout(p=0.3)
        self.bn2 = nn.BatchNorm1d(128)

    def forward(self, points):
        trans = self.stn(points)
        x = torch.bmm(points.transpose(2, 1), trans).transpose(2, 1)
        x = F.relu(self.bn1(self.conv1(x)))
        if self.feature_transform:
            x = torch.bmm(x.transpose(2, 1), self.fstn(x)).transpose(2, 1)
        x = self.mlp(x)
        x, _ = torch.max(x, 2)
        x = F.relu(self.bn2(self.dropout(self.fc1(x))))
        return F.log_softmax(self.fc2(x), dim=-1)


if __name__ == "__main__":
    model = PointNetCls()
    model(torch.rand(8, 3, 512))
