using SparseNas.Networks;
using SparseNas.Training.Engine;
using SparseNas.Training.Engine.Kernels;
using static SparseNas.Training.InstructionSet;

namespace SparseNas.Training.Tests.Engine;

/// <summary>Every parameter tensor's gradient against the double-precision twin, on every instruction set.</summary>
public class GradientTests
{
    private const double RelativeTolerance = 1e-5;
    private const double NegligibleShare = 1e-6;

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
        TwinComparison.Check(ReferenceNets.Of(net), set, images, seed: 7, RelativeTolerance, NegligibleShare);
}
