using SparseNas.Networks;

namespace SparseNas.Search.Tests;

/// <summary>Small studies for tests.</summary>
internal static class TestStudies
{
    public static readonly Shape Image = new(28, 28, 1);

    /// <summary>A study with every kind of choice open.</summary>
    public const string Rich = """
        {
          "name": "rich", "seed": 7, "trials": 30, "time": "30m", "board": "ESP32_C3",
          "dataset": { "name": "glyphs", "validationFraction": 0.2, "trainingSamples": 1000 },
          "objectives": [
            { "name": "validationError", "target": 0.02 },
            { "name": "parameterBytes", "limit": 6144, "target": 1000 },
            { "name": "workingMemoryPeakBytes", "limit": 4096 }
          ],
          "space": {
            "input": { "downsample": [1, 2, 3, 4], "greyscale": [false, true] },
            "blocks": {
              "count": { "from": 0, "to": 5 },
              "kinds": ["conv", "separable", "downsampledConv", "depthwise", "residual", "parallel"],
              "kernels": [1, 3, 5, 7], "strides": [1, 2], "channels": { "from": 2, "to": 16, "step": 2 }, "innerChannels": [1, 2, 4], "sideKernels": [1, 3],
              "padding": ["same", "valid"], "batchNorm": [true, false], "pooling": ["none", "max2", "max3", "avg2", "avg3"]
            },
            "head": { "kinds": ["gap", "dense"], "hidden": [0, 8, 16], "gather": [0.25, 0.5, 1] }
          },
          "training": {
            "epochs": 4, "batchSize": [32, 64], "optimizer": "adam", "learningRate": { "from": 0.001, "to": 0.1, "scale": "log" },
            "weightDecay": [0, 0.0001], "augmentation": { "shiftPixels": 1, "rotateDegrees": 5 }, "fineTuneEpochs": 1
          },
          "pruning": { "structures": ["none", "weights", "channels"], "sparsity": { "from": 0.1, "to": 0.8 } },
          "quantization": { "weightBits": [8, 4], "perLayer": true },
          "optimizer": { "kind": "evolution", "population": 8, "sample": 3, "initialTrials": 6, "lag": 2 }
        }
        """;

    public static Study Parse(string text) => Study.Parse("test.json", text);

    public static SearchSpace Space(string text = Rich, Shape? input = null) => SearchSpace.Of(Parse(text), input ?? Image, 10);
}
