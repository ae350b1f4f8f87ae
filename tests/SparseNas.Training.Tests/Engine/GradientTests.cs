using SparseNas.Networks;
using SparseNas.Training.Engine;
using SparseNas.Training.Engine.Kernels;
using static SparseNas.Training.InstructionSet;

namespace SparseNas.Training.Tests.Engine;

/// <summary>Every parameter tensor's gradient against the double-precision twin, on every instruction set.</summary>
public class GradientTests
{
    private const double RelativeTolerance = 1e-5;

    /// <summary>
    /// Share of the whole gradient's norm that rounding alone reaches, about fifteen units in the last place: what a layer before a batch norm changes
    /// by a shift or a scale nearly cancels, and its gradient is a small difference of large sums.
    /// </summary>
    private const double RoundingNoise = 1e-6;

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
        TwinComparison.Check(ReferenceNets.Of(net), set, images, seed: 7, RelativeTolerance, RoundingNoise);

    [Fact]
    public void Two_hundred_random_architectures_agree_with_the_twin()
    {
        InstructionSet[] sets = [.. Enum.GetValues<InstructionSet>().Where(EngineInstructions.IsSupported)];
        for (ulong seed = 0; seed < 200; seed++)
        {
            var random = new SeededRandom(seed, 99);
            Architecture architecture = RandomArchitectures.Draw(random);
            int images = random.Next(3, 17);
            try
            {
                TwinComparison.Check(architecture, sets[seed % (ulong)sets.Length], images, seed, RelativeTolerance, RoundingNoise);
            }
            catch (Exception error)
            {
                string layers = string.Join(", ", architecture.Nodes.Select(node => $"{LayerNames.Describe(node.Layer)} of {string.Join("+", node.Inputs)}"));
                Assert.Fail($"seed {seed}, {images} images, {architecture.Input}: {layers}{Environment.NewLine}{error.Message}");
            }
        }
    }
}
