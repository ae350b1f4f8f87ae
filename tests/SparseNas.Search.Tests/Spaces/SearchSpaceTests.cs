using System.Collections.Immutable;
using System.Numerics;
using SparseNas.Networks;

namespace SparseNas.Search.Tests;

public class SearchSpaceTests
{
    [Theory]
    [InlineData(28, 28, 1)]
    [InlineData(32, 32, 3)]
    [InlineData(1, 128, 6)]
    [InlineData(5, 9, 2)]
    public void FiveThousandSamplesAssemble(int height, int width, int channels)
    {
        SearchSpace space = TestStudies.Space(input: new Shape(height, width, channels));
        SeededRandom random = new(1, (ulong)height, (ulong)channels);
        HashSet<BlockKind> kinds = [];
        for (int sample = 0; sample < 1250; sample++)
        {
            Candidate candidate = space.Sample(random);
            Architecture architecture = space.Assemble(candidate);
            Assert.Equal(new Shape(1, 1, 10), architecture.OutputOf(architecture.Nodes.Length - 1));
            Assert.True(space.Contains(candidate));
            kinds.UnionWith(candidate.Blueprint.Blocks.Select(block => block.Kind));
        }

        Assert.Equal(6, kinds.Count);
    }

    [Fact]
    public void TheSameSeedGivesTheSameCandidates()
    {
        SearchSpace space = TestStudies.Space();
        Assert.Equal(space.Sample(new SeededRandom(3)), space.Sample(new SeededRandom(3)));
        Assert.NotEqual(space.Sample(new SeededRandom(3)).Blueprint, space.Sample(new SeededRandom(4)).Blueprint);
    }

    /// <summary>The naive twin of the counting by extents: enumerate a small space by brute force over all choices.</summary>
    [Fact]
    public void TheSizeIsTheNumberOfBlueprintsThatFit()
    {
        SpaceOptions options = new()
        {
            MinimumBlocks = 1, MaximumBlocks = 2, Kinds = [BlockKind.Conv, BlockKind.Depthwise, BlockKind.Residual, BlockKind.Parallel], Kernels = [1, 3], Strides = [1, 2],
            Channels = [2, 4], InnerChannels = [1], Paddings = [Padding.Same, Padding.Valid], BatchNorm = [true], Poolings = [Pooling.None, new(PoolKind.Max, 2)],
            DownsampleFactors = [1, 2], GatherShares = [0.5, 1],
        };
        ArchitectureSpace space = new("small", options, new Shape(5, 5, 1), 3);

        Block[] blocks = [.. AllBlocks(options, 1)];
        int count = 0;
        foreach (int factor in options.DownsampleFactors)
        {
            foreach (Head head in new[] { new Head(true, 0), new Head(true, 0, 0.5), new Head(false, 0), new Head(false, 0, 0.5) })
            {
                Blueprint empty = new(new InputStage(false, factor), [], head);
                foreach (Block first in blocks)
                {
                    Blueprint one = empty with { Blocks = [first] };
                    if (space.Contains(one)) count++;
                    count += AllBlocks(options, 2).Count(second => space.Contains(one with { Blocks = [first, second] }));
                }
            }
        }

        Assert.Equal(new BigInteger(count), space.Size);
    }

    [Fact]
    public void AnObjectiveWithoutLimitAndTargetReachesAsFarAsTheSpace()
    {
        SearchSpace space = TestStudies.Space();
        ImmutableArray<Objective> objectives = space.WithReach([new(ObjectiveKind.ValidationError), new(ObjectiveKind.Macs), new(ObjectiveKind.Cycles)]);
        SeededRandom random = new(5);
        double[] macs = [.. Enumerable.Range(0, 200).Select(_ => (double)space.ForecastOf(space.Sample(random)).Macs).Order()];
        Assert.InRange(objectives[1].Reach!.Value, macs[180], 3 * macs[^1]);
        Assert.Null(objectives[0].Reach);   // only training shows errors and cycles
        Assert.Null(objectives[2].Reach);
    }

    [Fact]
    public void ConditionalChoicesExistOnlyWhereTheyMatter()
    {
        SearchSpace colour = TestStudies.Space(input: new Shape(32, 32, 3)), grey = TestStudies.Space();
        SeededRandom random = new(5);
        Candidate[] inColour = [.. Enumerable.Range(0, 300).Select(_ => colour.Sample(random))], inGrey = [.. Enumerable.Range(0, 300).Select(_ => grey.Sample(random))];

        Assert.Contains(inColour, candidate => candidate.Blueprint.Input.IsGrey);
        Assert.DoesNotContain(inGrey, candidate => candidate.Blueprint.Input.IsGrey);
        Assert.All(inGrey, candidate => Assert.Equal(candidate.Pruning.Structure == PruningStructure.None, candidate.Pruning.Sparsity == 0));
        Assert.All(inGrey, candidate => Assert.True(!candidate.Blueprint.Head.HasGlobalPooling || candidate.Blueprint.Head.GatherShare == 1));
        Assert.Contains(inGrey, candidate => candidate.Blueprint.Head.GatherShare < 1);
        ParallelBlock[] pairs = [.. inGrey.SelectMany(candidate => candidate.Blueprint.Blocks).OfType<ParallelBlock>()];
        Assert.All(pairs, pair => Assert.True(pair.SideKernel < pair.Kernel && pair.Join == JoinKind.Add == (pair.SideChannels == 0)));
        Assert.Equal(2, pairs.Select(pair => pair.Join).Distinct().Count());
    }

    [Fact]
    public void BitsAreChosenPerLayerOrForTheNetworkAsTheStudySays()
    {
        SearchSpace layers = TestStudies.Space(), network = TestStudies.Space(TestStudies.Rich.Replace("\"perLayer\": true", "\"perLayer\": false", StringComparison.Ordinal));
        SeededRandom random = new(8);
        Assert.Contains(Enumerable.Range(0, 50).Select(_ => layers.Sample(random)), candidate => candidate.Blueprint.WeightBits.Distinct().Count() == 2);
        for (int sample = 0; sample < 50; sample++)
        {
            Candidate candidate = network.Sample(random);
            Assert.Single(candidate.Blueprint.WeightBits.Distinct());
            if (Morphisms.TryApply(MorphismKind.ChangeBits, candidate, network, random) is { } other) Assert.Single(other.Blueprint.WeightBits.Distinct());
        }
    }

    private static IEnumerable<Block> AllBlocks(SpaceOptions o, int id)
    {
        foreach (int kernel in o.Kernels)
        {
            foreach (Pooling pooling in o.Poolings)
            {
                yield return new ResidualBlock(id, 1, kernel, true, pooling);
                foreach (int stride in o.Strides)
                {
                    foreach (int channels in o.Channels)
                    {
                        yield return new ParallelBlock(id, channels, 0, kernel, 1, JoinKind.Add, stride, true, pooling);
                        yield return new ParallelBlock(id, channels, 1, kernel, 1, JoinKind.Concat, stride, true, pooling);
                    }
                }

                foreach (int stride in o.Strides)
                {
                    foreach (Padding padding in o.Paddings)
                    {
                        yield return new DepthwiseBlock(id, kernel, stride, padding, true, pooling);
                        foreach (int channels in o.Channels) yield return new ConvBlock(id, channels, kernel, stride, padding, true, pooling);
                    }
                }
            }
        }
    }
}
