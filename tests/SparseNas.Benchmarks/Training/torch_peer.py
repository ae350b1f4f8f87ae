"""The peer of the training benchmark: the four reference networks in PyTorch, tuned.

Reads lines "NET train|infer SECONDS" from stdin and answers with images per second of processor time, so that rounds can be interleaved with
those of SparseNas. One thread per process; channels_last where it is faster; the caller sets malloc thresholds so that memory is not returned
to the system between steps.
"""
import sys
import time

import torch
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(1)
BATCH = 64


def block(inputs, outputs, kernel, stride=1, groups=1, norm=True):
    layers = [nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False)]
    return layers + [nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)] if norm else layers


def separable(inputs, outputs, stride=1):
    return block(inputs, inputs, 3, stride, inputs, norm=False) + block(inputs, outputs, 1)


def head(channels):
    return [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 10)]


NETS = {
    "A": ((1, 28, 28), [nn.Conv2d(1, 8, 3, bias=False), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(1352, 10)]),
    "B": ((1, 28, 28), [nn.Conv2d(1, 20, 3), nn.ReLU(inplace=True), nn.AvgPool2d(2), nn.Conv2d(20, 50, 5), nn.ReLU(inplace=True),
                        nn.AvgPool2d(2), nn.Flatten(), nn.Linear(800, 128), nn.ReLU(inplace=True), nn.Linear(128, 10)]),
    "C": ((1, 28, 28), block(1, 16, 3, 2) + separable(16, 24) + separable(24, 32, 2) + separable(32, 48) + head(48)),
    "D": ((3, 32, 32), block(3, 16, 3) + block(16, 32, 3, 2) + block(32, 64, 3, 2) + head(64)),
}


class Peer:
    def __init__(self, name, channels_last):
        shape, layers = NETS[name]
        self.net = nn.Sequential(*layers)
        self.images = torch.randn(BATCH, *shape)
        if channels_last:
            self.net = self.net.to(memory_format=torch.channels_last)
            self.images = self.images.to(memory_format=torch.channels_last)
        self.labels = torch.randint(0, 10, (BATCH,))
        self.optimizer = torch.optim.SGD(self.net.parameters(), lr=1e-4, momentum=0.9)
        self.loss = nn.CrossEntropyLoss()

    def train(self):
        self.net.train()
        self.optimizer.zero_grad(set_to_none=True)
        self.loss(self.net(self.images), self.labels).backward()
        self.optimizer.step()

    def infer(self):
        self.net.eval()
        with torch.inference_mode():
            self.net(self.images)


def rate(work, seconds):
    start, done = time.process_time(), 0
    while True:
        work()
        done += BATCH
        spent = time.process_time() - start
        if spent > seconds:
            return done / spent


def best_layout(name, mode):
    peers = [Peer(name, False), Peer(name, True)]
    for peer in peers:
        rate(getattr(peer, mode), 0.1)
    return max(peers, key=lambda peer: rate(getattr(peer, mode), 0.2))


chosen = {}
print("ready", torch.__version__, flush=True)
for line in sys.stdin:
    name, mode, seconds = line.split()
    if (name, mode) not in chosen:
        chosen[name, mode] = best_layout(name, mode)
    print(rate(getattr(chosen[name, mode], mode), float(seconds)), flush=True)
