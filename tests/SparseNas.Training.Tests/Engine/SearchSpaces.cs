using SparseNas.Networks;
using SparseNas.Search;

namespace SparseNas.Training.Tests.Engine;

/// <summary>Search spaces with every kind of block, window, padding, pooling and head, on inputs small enough for the naive twin.</summary>
internal static class SearchSpaces
{
    private const string Everything = """
        {
          "name": "everything", "seed": 1, "trials": 1, "dataset": { "name": "glyphs" },
          "objectives": [{ "name": "validationError" }, { "name": "parameterBytes" }],
          "space": {
            "input": { "downsample": [1, 2], "greyscale": [false, true] },
            "blocks": {
              "count": { "from": 1, "to": 4 },
              "kinds": ["conv", "separable", "downsampledConv", "depthwise", "residual"],
              "kernels": [1, 2, 3, 4, 5, 6, 7], "strides": [1, 2], "channels": { "from": 1, "to": 17 }, "innerChannels": [1, 2, 3, 5],
              "padding": ["same", "valid"], "batchNorm": [true, false], "pooling": ["none", "max2", "max3", "avg2", "avg3"]
            },
            "head": { "kinds": ["gap", "dense"], "hidden": [0, 9] }
          }
        }
        """;

    public static SearchSpace[] All { get; } =
    [
        .. new[] { new Shape(14, 14, 1), new Shape(11, 12, 3), new Shape(16, 9, 2), new Shape(1, 40, 2) }
            .Select(input => SearchSpace.Of(Study.Parse("everything.json", Everything), input, classes: 10)),
    ];
}
