using System.Collections.Immutable;
using SparseNas.Networks;

namespace SparseNas.Search.Tests;

public class FrontTests
{
    private static readonly ImmutableArray<Objective> Objectives = [new(ObjectiveKind.ValidationError), new(ObjectiveKind.ParameterBytes)];

    [Fact]
    public void DominatedAndInfeasibleTrialsAreNotOnTheFront()
    {
        Trial[] trials =
        [
            Trial(1, 0.10, 100), Trial(2, 0.05, 200), Trial(3, 0.10, 150), Trial(4, 0.01, 50) with { Status = TrialStatus.Infeasible },
            Trial(5, 0.05, 200), Trial(6, 0.02, 900),
        ];
        Assert.Equal([6, 2, 1], ParetoFront.Of(trials, Objectives).Members.Select(trial => trial.Number));
    }

    [Fact]
    public void PicksAreTheEndsAndTheKnee()
    {
        ParetoFront front = ParetoFront.Of([Trial(1, 0.10, 100), Trial(2, 0.03, 200), Trial(3, 0.02, 900)], Objectives);
        Assert.Equal(3, front.Pick(FrontPick.Accuracy)!.Number);
        Assert.Equal(1, front.Pick(FrontPick.Size)!.Number);
        Assert.Equal(2, front.Pick(FrontPick.Knee)!.Number);
        Assert.Null(ParetoFront.Of([], Objectives).Pick(FrontPick.Knee));
    }

    [Fact]
    public void TheKneeIsCountedFromTheTargetsAndUselessNetworksAtTheEndDoNotMoveIt()
    {
        Trial[] trials = [Trial(1, 0.80, 60), Trial(2, 0.19, 300), Trial(3, 0.04, 1200), Trial(4, 0.035, 3000), Trial(5, 0, 9000)];
        ImmutableArray<Objective> targeted = [new(ObjectiveKind.ValidationError, Target: 0.04), new(ObjectiveKind.ParameterBytes, Target: 1500)];

        Assert.Equal(3, ParetoFront.Of(trials, targeted).Pick(FrontPick.Knee)!.Number);
        Assert.Equal(3, ParetoFront.Of(trials[2..], targeted).Pick(FrontPick.Knee)!.Number);
    }

    [Fact]
    public void HandWorkedVolumes()
    {
        Assert.Equal(3, Hypervolume.Of([[1, 2], [2, 1]], [3, 3]), 12);
        Assert.Equal(0, Hypervolume.Of([[3, 1]], [3, 3]), 12);
        Assert.Equal(2, Hypervolume.Of([[1], [2]], [3]), 12);
        Assert.Equal(8 - 1, Hypervolume.Of([[0, 0, 1], [0, 1, 0], [1, 0, 0]], [2, 2, 2]), 12);
    }

    /// <summary>On integer coordinates the volume is the number of unit cells that some point dominates.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void TheVolumeIsTheNumberOfDominatedCells(int dimensions)
    {
        SeededRandom random = new(11, (ulong)dimensions);
        const int Extent = 6;
        for (int repeat = 0; repeat < 50; repeat++)
        {
            double[][] points = [.. Enumerable.Range(0, 1 + random.Next(12)).Select(_ => Enumerable.Range(0, dimensions).Select(_ => (double)random.Next(Extent + 1)).ToArray())];
            int cells = 0;
            for (int cell = 0; cell < Math.Pow(Extent, dimensions); cell++)
            {
                int rest = cell;
                double[] corner = [.. Enumerable.Range(0, dimensions).Select(_ => { int digit = rest % Extent; rest /= Extent; return (double)digit; })];
                if (points.Any(point => point.Zip(corner, (p, c) => p <= c).All(holds => holds))) cells++;
            }

            Assert.Equal(cells, Hypervolume.Of(points, [.. Enumerable.Repeat((double)Extent, dimensions)]), 9);
        }
    }

    internal static Trial Trial(int number, double error, int bytes) => new(
        number, TestStudies.Space().Sample(new SeededRandom((ulong)number)), TrialStatus.Completed, null,
        new Score
        {
            ValidationError = error, FloatValidationError = error, ParameterBytes = bytes, L0 = bytes, WorkingMemoryPeakBytes = 1000,
            Wm1Elements = 1, Wm2Elements = 1, Macs = 1,
        },
        1);
}
