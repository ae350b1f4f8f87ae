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

        Assert.Equal(5, kinds.Count);
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
            MinimumBlocks = 1, MaximumBlocks = 2, Kinds = [BlockKind.Conv, BlockKind.Depthwise, BlockKind.Residual], Kernels = [1, 3], Strides = [1, 2],
            Channels = [2, 4], InnerChannels = [1], Paddings = [Padding.Same, Padding.Valid], BatchNorm = [true], Poolings = [Pooling.None, new(PoolKind.Max, 2)],
            DownsampleFactors = [1, 2],
        };
        ArchitectureSpace space = new("small", options, new Shape(5, 5, 1), 3);

        Block[] blocks = [.. AllBlocks(options, 1)];
        int count = 0;
        foreach (int factor in options.DownsampleFactors)
        {
            foreach (bool gap in options.GlobalPooling)
            {
                Blueprint empty = new(new InputStage(false, factor), [], new Head(gap, 0));
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
    public void ConditionalChoicesExistOnlyWhereTheyMatter()
    {
        SearchSpace colour = TestStudies.Space(input: new Shape(32, 32, 3)), grey = TestStudies.Space();
        SeededRandom random = new(5);
        Candidate[] inColour = [.. Enumerable.Range(0, 300).Select(_ => colour.Sample(random))], inGrey = [.. Enumerable.Range(0, 300).Select(_ => grey.Sample(random))];

        Assert.Contains(inColour, candidate => candidate.Blueprint.Input.IsGrey);
        Assert.DoesNotContain(inGrey, candidate => candidate.Blueprint.Input.IsGrey);
        Assert.All(inGrey, candidate => Assert.Equal(candidate.Pruning.Structure == PruningStructure.None, candidate.Pruning.Sparsity == 0));
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
