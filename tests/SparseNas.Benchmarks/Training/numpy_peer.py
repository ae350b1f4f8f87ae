"""How the networks that courses build from NumPy alone train: what there was before a framework.

A-loops    net A, one image at a time, Python loops over positions, all filters at once (the usual teaching code)
B-naive    net B, one image at a time, Python loops over channels and positions, a dot product each
B-strides  net B, batches of 64, windows as views by strides, one matrix product per layer

Reads lines "NET train SECONDS" from stdin and answers with images per second of processor time, like torch_peer.py.
"""
import sys
import time

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

RATE = 1e-4
random = np.random.default_rng(1)


def he(*shape):
    return (random.standard_normal(shape) * np.sqrt(2.0 / np.prod(shape[1:]))).astype(np.float32)


def softmax_gradient(logits, labels):
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    shares[np.arange(len(labels)), labels] -= 1
    return shares / len(labels)


class LoopedConvolution:
    """x [C,H,W], w [O,C,k,k]; one dot product per output channel and position."""

    def __init__(self, outputs, channels, kernel):
        self.w, self.b, self.k = he(outputs, channels, kernel, kernel), np.zeros(outputs, np.float32), kernel

    def forward(self, x):
        self.x = x
        height, width = x.shape[1] - self.k + 1, x.shape[2] - self.k + 1
        y = np.empty((len(self.w), height, width), np.float32)
        for o in range(len(self.w)):
            for i in range(height):
                for j in range(width):
                    y[o, i, j] = np.sum(x[:, i:i + self.k, j:j + self.k] * self.w[o]) + self.b[o]
        return y

    def backward(self, dy):
        dw, dx = np.zeros_like(self.w), np.zeros_like(self.x)
        for o in range(len(self.w)):
            for i in range(dy.shape[1]):
                for j in range(dy.shape[2]):
                    dw[o] += dy[o, i, j] * self.x[:, i:i + self.k, j:j + self.k]
                    dx[:, i:i + self.k, j:j + self.k] += dy[o, i, j] * self.w[o]
        self.w -= RATE * dw
        self.b -= RATE * dy.sum(axis=(1, 2))
        return dx


class StridedConvolution:
    """x [N,C,H,W]; the windows are a view, each pass one product."""

    def __init__(self, outputs, channels, kernel, first=False):
        self.w, self.b, self.k, self.first = he(outputs, channels, kernel, kernel), np.zeros(outputs, np.float32), kernel, first

    def forward(self, x):
        self.shape = x.shape
        self.windows = sliding_window_view(x, (self.k, self.k), axis=(2, 3))
        return np.tensordot(self.windows, self.w, axes=((1, 4, 5), (1, 2, 3))).transpose(0, 3, 1, 2) + self.b[:, None, None]

    def backward(self, dy):
        dw = np.tensordot(dy, self.windows, axes=((0, 2, 3), (0, 2, 3)))
        dx = None
        if not self.first:
            margin = self.k - 1
            padded = np.pad(dy, ((0, 0), (0, 0), (margin, margin), (margin, margin)))
            windows = sliding_window_view(padded, (self.k, self.k), axis=(2, 3))
            dx = np.tensordot(windows, self.w[:, :, ::-1, ::-1], axes=((1, 4, 5), (0, 2, 3))).transpose(0, 3, 1, 2)
        self.w -= RATE * dw
        self.b -= RATE * dy.sum(axis=(0, 2, 3))
        return dx


class Dense:
    def __init__(self, outputs, features):
        self.w, self.b = he(outputs, features), np.zeros(outputs, np.float32)

    def forward(self, x):
        self.x = x
        return x @ self.w.T + self.b

    def backward(self, dy):
        dx = dy @ self.w
        self.w -= RATE * dy.T @ self.x
        self.b -= RATE * dy.sum(axis=0)
        return dx


class Relu:
    def forward(self, x):
        self.positive = x > 0
        return x * self.positive

    def backward(self, dy):
        return dy * self.positive


class AveragePool:
    """2x2 over the last two axes; a last odd row or column is dropped."""

    def forward(self, x):
        self.shape = x.shape
        height, width = x.shape[-2] // 2, x.shape[-1] // 2
        return x[..., :2 * height, :2 * width].reshape(*x.shape[:-2], height, 2, width, 2).mean(axis=(-3, -1))

    def backward(self, dy):
        dx = np.zeros(self.shape, np.float32)
        dx[..., :2 * dy.shape[-2], :2 * dy.shape[-1]] = np.repeat(np.repeat(dy, 2, axis=-2), 2, axis=-1) / 4
        return dx


class Flatten:
    """Everything behind the batch; a single image becomes a batch of one."""

    def __init__(self, batched):
        self.batched = batched

    def forward(self, x):
        self.shape = x.shape
        return x.reshape(x.shape[0] if self.batched else 1, -1)

    def backward(self, dy):
        return dy.reshape(self.shape)


class Chain:
    def __init__(self, layers, batch, image):
        self.layers, self.batch = layers, batch
        self.images = random.standard_normal(image).astype(np.float32)
        self.labels = random.integers(0, 10, batch)

    def train(self):
        x = self.images
        for layer in self.layers:
            x = layer.forward(x)
        dy = softmax_gradient(x, self.labels)
        for layer in reversed(self.layers):
            dy = layer.backward(dy)


class TeachingNet:
    """conv3x3x8, maxpool2, dense 10, as courses write it: loops over positions, all filters at once."""

    batch = 1

    def __init__(self):
        self.w, self.dense = he(8, 3, 3), Dense(10, 13 * 13 * 8)
        self.image, self.label = random.standard_normal((28, 28)).astype(np.float32), random.integers(0, 10, 1)

    def train(self):
        y = np.empty((26, 26, 8), np.float32)
        for i in range(26):
            for j in range(26):
                y[i, j] = np.sum(self.image[i:i + 3, j:j + 3] * self.w, axis=(1, 2))
        pooled = np.empty((13, 13, 8), np.float32)
        for i in range(13):
            for j in range(13):
                pooled[i, j] = np.amax(y[2 * i:2 * i + 2, 2 * j:2 * j + 2], axis=(0, 1))
        dy = self.dense.backward(softmax_gradient(self.dense.forward(pooled.reshape(1, -1)), self.label)).reshape(13, 13, 8)
        dx = np.zeros_like(y)
        for i in range(13):
            for j in range(13):
                window = y[2 * i:2 * i + 2, 2 * j:2 * j + 2]
                dx[2 * i:2 * i + 2, 2 * j:2 * j + 2] = (window == pooled[i, j]) * dy[i, j]
        dw = np.zeros_like(self.w)
        for i in range(26):
            for j in range(26):
                dw += dx[i, j][:, None, None] * self.image[i:i + 3, j:j + 3]
        self.w -= RATE * dw


def net_b(convolutions, batched):
    return [convolutions[0], Relu(), AveragePool(), convolutions[1], Relu(), AveragePool(), Flatten(batched), Dense(128, 800), Relu(), Dense(10, 128)]


NETS = {
    "A-loops": TeachingNet,
    "B-naive": lambda: Chain(net_b([LoopedConvolution(20, 1, 3), LoopedConvolution(50, 20, 5)], False), 1, (1, 28, 28)),
    "B-strides": lambda: Chain(net_b([StridedConvolution(20, 1, 3, first=True), StridedConvolution(50, 20, 5)], True), 64, (64, 1, 28, 28)),
}

nets = {}
print("ready", np.__version__, flush=True)
for line in sys.stdin:
    name, mode, seconds = line.split()
    net = nets.setdefault(name, NETS[name]())
    start, done = time.process_time(), 0
    while True:
        net.train()
        done += net.batch
        spent = time.process_time() - start
        if spent > float(seconds):
            break
    print(done / spent, flush=True)
