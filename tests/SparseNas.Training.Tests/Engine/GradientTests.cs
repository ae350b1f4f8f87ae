using SparseNas.Networks;
using SparseNas.Search;
using SparseNas.Training.Engine;
using SparseNas.Training.Engine.Kernels;
using static SparseNas.Training.InstructionSet;

namespace SparseNas.Training.Tests.Engine;

/// <summary>Every parameter tensor's gradient against the double-precision twin, on every instruction set.</summary>
public class GradientTests
{
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
        TwinComparison.Check(ReferenceNets.Of(net), set, images, seed: 7, GradientTolerance.Strict);

    [Fact]
    public void Two_hundred_architectures_of_the_search_spaces_agree_with_the_twin() =>
        Check(SearchSpaces.Draw, stream: 97, fewestImages: 8, GradientTolerance.Strict);

    /// <summary>Layers in orders and sizes that no search space has: odd windows and strides, one-dimensional signals, any kernel height and width.</summary>
    [Fact]
    public void Two_hundred_random_architectures_agree_with_the_twin() =>
        Check(RandomArchitectures.Draw, stream: 99, fewestImages: 8, GradientTolerance.Rounding);

    private static void Check(Func<SeededRandom, Architecture> draw, ulong stream, int fewestImages, GradientTolerance tolerance)
    {
        InstructionSet[] sets = [.. Enum.GetValues<InstructionSet>().Where(EngineInstructions.IsSupported)];
        List<string> problems = [];
        for (ulong seed = 0; seed < 200; seed++)
        {
            var random = new SeededRandom(seed, stream);
            Architecture architecture = draw(random);
            InstructionSet set = sets[seed % (ulong)sets.Length];
            int images = random.Next(fewestImages, 17);
            try
            {
                TwinComparison.Check(architecture, set, images, seed, tolerance);
            }
            catch (Exception error)
            {
                string layers = string.Join(", ", architecture.Nodes.Select(node => $"{LayerNames.Describe(node.Layer)} of {string.Join("+", node.Inputs)}"));
                problems.Add($"seed {seed}, {set}, {images} images, {architecture.Input}: {layers}{Environment.NewLine}{error.Message}");
            }
        }

        Assert.True(problems.Count == 0, string.Join(Environment.NewLine, problems));
    }
}
