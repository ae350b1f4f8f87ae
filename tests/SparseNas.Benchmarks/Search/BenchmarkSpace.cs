using SparseNas.Networks;
using SparseNas.Search;

namespace SparseNas.Benchmarks.Search;

/// <summary>The space of the tabular benchmark: small enough to train every architecture once, large enough that 300 trials see a fraction of it.</summary>
internal static class BenchmarkSpace
{
    public const string StudyText = """
        {
          "name": "table", "seed": 1, "trials": 300,
          "dataset": { "name": "glyphs", "validationFraction": 0.2, "trainingSamples": 800 },
          "objectives": [ { "name": "validationError", "limit": 0.5 }, { "name": "parameterBytes" }, { "name": "macs" } ],
          "space": {
            "input": { "downsample": 2 },
            "blocks": { "count": [1, 2], "kinds": ["conv", "separable"], "kernels": [3, 5], "strides": [1, 2], "channels": [4, 8, 12], "pooling": ["none", "max2"] },
            "head": { "kinds": ["gap", "dense"] }
          },
          "training": { "epochs": 8, "batchSize": 32, "optimizer": "adam", "learningRate": 0.015, "weightDecay": 0 }
        }
        """;

    public static readonly Shape Input = new(28, 28, 1);

    public static Study Study { get; } = Study.Parse("table", StudyText);

    /// <summary>The study with other optimiser settings; morphed children do not inherit, because a table cannot show it.</summary>
    /// <param name="problem">What of the space is searched, for which objectives.</param>
    /// <param name="optimizer">Settings as JSON members.</param>
    /// <param name="trials">Trials.</param>
    /// <param name="seed">Seed.</param>
    public static Study With(TableProblem problem, string optimizer, int trials, int seed) => Study.Parse(
        "table", problem.Narrowed(StudyText).TrimEnd()[..^1] + $", \"optimizer\": {{ \"inheritWeights\": false, \"lag\": 2, {optimizer} }} }}").With(trials: trials, seed: (ulong)seed);

    /// <summary>All blueprints, in a fixed order: every choice of every block that fits.</summary>
    public static IReadOnlyList<Blueprint> All()
    {
        ArchitectureSpace space = SearchSpace.Of(Study, Input, 10).Architectures;
        SpaceOptions options = space.Options;
        Block[] Blocks(int id) =>
        [
            .. from kernel in options.Kernels
               from stride in options.Strides
               from channels in options.Channels
               from pooling in options.Poolings
               from isConv in new[] { true, false }
               select isConv
                   ? (Block)new ConvBlock(id, channels, kernel, stride, Padding.Same, true, pooling)
                   : new SeparableBlock(id, channels, kernel, stride, Padding.Same, true, pooling),
        ];
        Block[] firsts = Blocks(1), seconds = Blocks(2);
        IEnumerable<Block[]> chains = firsts.Select(first => new[] { first }).Concat(firsts.SelectMany(first => seconds.Select(second => new[] { first, second })));
        Blueprint[] all =
        [
            .. from chain in chains
               from gap in options.GlobalPooling
               let blueprint = new Blueprint(new InputStage(false, 2), [.. chain], new Head(gap, 0))
               where space.Contains(blueprint)
               select blueprint,
        ];
        if (all.Length != (int)space.Size) throw new InvalidOperationException($"{all.Length} blueprints were enumerated, but the space counts {space.Size}.");
        return all;
    }
}
