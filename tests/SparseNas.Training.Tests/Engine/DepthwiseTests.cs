using SparseNas.Networks;

namespace SparseNas.Training.Tests.Engine;

/// <summary>Depthwise layers behind a batch norm, whose sums they take: every window against the double-precision twin, on every instruction set.</summary>
public class DepthwiseTests
{
    private static readonly int[] Widths = [7, 8, 15, 19];   // one tile, or several and a rest

    public static TheoryData<InstructionSet> Sets() => [.. Enum.GetValues<InstructionSet>().Where(EngineInstructions.IsSupported)];

    [Theory]
    [MemberData(nameof(Sets))]
    public void Every_window_agrees_with_the_twin(InstructionSet set)
    {
        List<string> problems = [];
        int number = 0;
        foreach ((int height, int width) in from h in Enumerable.Range(1, 7) from w in Enumerable.Range(1, 7) select (h, w))
        {
            foreach ((int stride, Padding padding) in ((int, Padding)[])[(1, Padding.Same), (2, Padding.Same), (1, Padding.Valid), (2, Padding.Valid)])
            {
                Architecture architecture = Behind(new DepthwiseConv2D(height, width, stride, padding, HasBias: number % 2 == 0), Widths[number++ % Widths.Length]);
                try
                {
                    TwinComparison.Check(architecture, set, images: 5, (ulong)number, GradientTolerance.Rounding);
                }
                catch (Exception error)
                {
                    problems.Add($"{height}x{width}, stride {stride}, {padding}, {architecture.Input}: {error.Message}");
                }
            }
        }

        Assert.True(problems.Count == 0, string.Join(Environment.NewLine, problems));
    }

    private static Architecture Behind(DepthwiseConv2D depthwise, int width) => new("depthwise", new Shape(8, width, 1), 3,
    [
        new Node("conv", new Conv2D(3, 3, 3, 1, Padding.Same, HasBias: false), [Architecture.InputIndex]),
        new Node("norm", new BatchNorm(), [0]),
        new Node("relu", new Relu(), [1]),
        new Node("depthwise", depthwise, [2]),
        new Node("dense", new Dense(3), [3]),
    ]);
}
