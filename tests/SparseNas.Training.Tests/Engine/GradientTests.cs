using SparseNas.Networks;
using SparseNas.Search;
using SparseNas.Training.Engine;
using SparseNas.Training.Engine.Kernels;
using static SparseNas.Training.InstructionSet;

namespace SparseNas.Training.Tests.Engine;

/// <summary>Every parameter tensor's gradient against the double-precision twin, on every instruction set.</summary>
public class GradientTests
{
    private const double RelativeTolerance = 1e-5;

    /// <summary>
    /// Share of the whole gradient's norm below which a tensor is compared absolutely: what a layer before a batch norm changes by a shift or a scale
    /// cancels, and nothing but rounding is left of its gradient.
    /// </summary>
    private const double Negligible = 1e-6;

    public static TheoryData<string, InstructionSet, int> Nets()
    {
        var data = new TheoryData<string, InstructionSet, int>();
        foreach (InstructionSet set in Enum.GetValues<InstructionSet>())
        {
            if (!EngineInstructions.IsSupported(set)) continue;
            data.Add("A", set, 16);
            data.Add("A", set, 21);
            data.Add("B", set, 3);
            data.Add("C", set, 21);
            data.Add("D", set, 18);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Nets))]
    public void Reference_networks_agree_with_the_twin(string net, InstructionSet set, int images) =>
        TwinComparison.Check(ReferenceNets.Of(net), set, images, seed: 7, RelativeTolerance, Negligible);

    [Fact]
    public void Two_hundred_architectures_of_every_search_space_agree_with_the_twin()
    {
        InstructionSet[] sets = [.. Enum.GetValues<InstructionSet>().Where(EngineInstructions.IsSupported)];
        List<string> problems = [];
        for (ulong seed = 0; seed < 200; seed++)
        {
            var random = new SeededRandom(seed, 98);
            SearchSpace space = SearchSpaces.All[seed % (ulong)SearchSpaces.All.Length];
            Check(space.Assemble(space.Sample(random)), sets[random.Next(sets.Length)], random.Next(3, 17), seed, problems);
        }

        Assert.Empty(problems);
    }

    /// <summary>Layers in orders and sizes that no search space has: odd windows, strides, one-dimensional signals, any kernel height and width.</summary>
    [Fact]
    public void Two_hundred_random_architectures_agree_with_the_twin()
    {
        InstructionSet[] sets = [.. Enum.GetValues<InstructionSet>().Where(EngineInstructions.IsSupported)];
        List<string> problems = [];
        for (ulong seed = 0; seed < 200; seed++)
        {
            var random = new SeededRandom(seed, 99);
            Check(RandomArchitectures.Draw(random), sets[seed % (ulong)sets.Length], random.Next(3, 17), seed, problems);
        }

        Assert.Empty(problems);
    }

    private static void Check(Architecture architecture, InstructionSet set, int images, ulong seed, List<string> problems)
    {
        try
        {
            TwinComparison.Check(architecture, set, images, seed, RelativeTolerance, Negligible);
        }
        catch (Exception error)
        {
            string layers = string.Join(", ", architecture.Nodes.Select(node => $"{LayerNames.Describe(node.Layer)} of {string.Join("+", node.Inputs)}"));
            problems.Add($"seed {seed}, {set}, {images} images, {architecture.Input}: {layers}{Environment.NewLine}{error.Message}");
        }
    }
}
