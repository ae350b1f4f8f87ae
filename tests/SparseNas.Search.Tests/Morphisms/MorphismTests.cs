using System.Collections.Immutable;
using SparseNas.Networks;

namespace SparseNas.Search.Tests;

public class MorphismTests
{
    private static readonly Shape Image = new(12, 12, 1);

    [Fact]
    public void NeighboursStayInTheSpaceAndDiffer()
    {
        SearchSpace space = TestStudies.Space();
        SeededRandom random = new(2);
        Candidate candidate = space.Sample(random);
        for (int step = 0; step < 2000; step++)
        {
            Candidate child = Morphisms.Mutate(candidate, space, random);
            Assert.True(space.Contains(child), child.Origin);
            Assert.NotEqual(candidate, child);
            space.Assemble(child);
            candidate = child;
        }
    }

    [Fact]
    public void EveryKindOfChangeHappens()
    {
        SearchSpace space = TestStudies.Space(input: new Shape(32, 32, 3));
        SeededRandom random = new(3);
        Candidate[] candidates = [.. Enumerable.Range(0, 60).Select(_ => space.Sample(random))];
        foreach (MorphismKind kind in Morphisms.Kinds)
        {
            Assert.True(candidates.Any(candidate => Enumerable.Range(0, 10).Any(_ => Morphisms.TryApply(kind, candidate, space, random) is not null)), kind.ToString());
        }
    }

    [Fact]
    public void AChangeOfOneKindLeavesTheRestAlone()
    {
        SearchSpace space = TestStudies.Space();
        SeededRandom random = new(4);
        for (int repeat = 0; repeat < 500; repeat++)
        {
            Candidate parent = space.Sample(random);
            if (Morphisms.TryApply(MorphismKind.Widen, parent, space, random) is { } wider)
            {
                var (before, after) = parent.Blueprint.Blocks.Zip(wider.Blueprint.Blocks).Single(pair => pair.First != pair.Second);
                Assert.True(((WideBlock)after).Channels > ((WideBlock)before).Channels);
                Assert.Equal(before, (WideBlock)after with { Channels = ((WideBlock)before).Channels });
            }

            if (Morphisms.TryApply(MorphismKind.ChangeBits, parent, space, random) is { } bits)
            {
                Assert.Equal(parent.Blueprint.WithWeightBits(() => 8), bits.Blueprint.WithWeightBits(() => 8));
                Assert.Single(parent.Blueprint.WeightBits.Zip(bits.Blueprint.WeightBits), pair => pair.First != pair.Second);
            }
        }
    }

    /// <summary>The child computes its parent's function wherever the change allows it; checked on random networks and images.</summary>
    [Theory]
    [InlineData(MorphismKind.Widen)]
    [InlineData(MorphismKind.WidenInside)]
    [InlineData(MorphismKind.Deepen)]
    [InlineData(MorphismKind.GrowKernel)]
    [InlineData(MorphismKind.ToggleBatchNorm)]
    [InlineData(MorphismKind.AddBranch)]
    [InlineData(MorphismKind.AddSide)]
    [InlineData(MorphismKind.RemoveSide)]
    [InlineData(MorphismKind.ChangeGather)]
    [InlineData(MorphismKind.ChangeBits)]
    [InlineData(MorphismKind.ChangePruning)]
    [InlineData(MorphismKind.Scale)]
    [InlineData(MorphismKind.ChangeForm)]
    [InlineData(MorphismKind.ChangeHead)]
    [InlineData(MorphismKind.ChangeTraining)]
    public void InheritedWeightsKeepTheFunction(MorphismKind kind)
    {
        SearchSpace space = TestStudies.Space(input: Image);
        SeededRandom random = new(5, (ulong)kind);
        int kept = 0;
        for (int repeat = 0; repeat < 4000 && kept < 40; repeat++)
        {
            Candidate parent = space.Sample(random);
            if (Morphisms.TryApply(kind, parent, space, random) is not { } child || !KeepsFunction(kind, parent.Blueprint, child.Blueprint)) continue;
            Network from = RandomNetwork.Of(space.Assemble(parent), random.NextUInt64());
            Network to = WeightInheritance.Inherit(from, space.Assemble(child), random);
            double[] image = [.. Enumerable.Range(0, Image.Elements).Select(_ => random.NextDouble())];
            double[] expected = NaiveForward.Run(from, image)[^1], actual = NaiveForward.Run(to, image)[^1];
            double scale = Math.Max(1e-3, expected.Max(Math.Abs));
            for (int index = 0; index < expected.Length; index++)
            {
                Assert.True(Math.Abs(expected[index] - actual[index]) < 1e-4 * scale, $"{child.Origin}: {parent.Blueprint} => {child.Blueprint}: {expected[index]} became {actual[index]}");
            }

            kept++;
        }

        Assert.Equal(40, kept);
    }

    [Fact]
    public void NarrowedLayersKeepTheStrongestChannels()
    {
        Blueprint Of(int channels) => new(
            new InputStage(false, 1), [new ConvBlock(1, channels, 3, 1, Padding.Same, false, Pooling.None), new ConvBlock(2, 2, 1, 1, Padding.Same, false, Pooling.None)], new Head(true, 0));
        Architecture wide = Of(3).ToArchitecture("wide", Image, 2), narrow = Of(2).ToArchitecture("narrow", Image, 2);
        Network parent = RandomNetwork.Of(wide, 6);
        ImmutableArray<float> weak = [.. parent.Kernel(0).Weights.Select((weight, index) => index / 9 == 1 ? weight * 0.01f : weight)];
        parent = new Network(wide, parent.Layers.SetItem(0, parent.Kernel(0) with { Weights = weak }));

        Network child = WeightInheritance.Inherit(parent, narrow, new SeededRandom(7));

        Assert.Equal(weak[..9].Concat(weak[18..]), child.Kernel(0).Weights);
        int consumer = 2;
        ImmutableArray<float> before = parent.Kernel(consumer).Weights, after = child.Kernel(consumer).Weights;
        Assert.Equal([before[0], before[2], before[3], before[5]], after.ToArray());
    }

    [Fact]
    public void ASeparableFormOfARankOneKernelIsExact()
    {
        SeededRandom random = new(8);
        KernelTensor depthwise = Draw(new KernelTensor(3, 3, 5, 1), random), pointwise = Draw(new KernelTensor(4, 1, 1, 3), random);
        KernelTensor full = KernelForms.ComposeSeparable(depthwise, pointwise);
        var factored = KernelForms.FactorSeparable(full);
        AssertClose(full, KernelForms.ComposeSeparable(factored.Depthwise, factored.Pointwise));

        KernelTensor reduce = Draw(new KernelTensor(2, 1, 1, 5), random), core = Draw(new KernelTensor(4, 3, 3, 2), random);
        KernelTensor lowRank = KernelForms.ComposeReduced(reduce, core);
        var (again, coreAgain) = KernelForms.FactorReduced(lowRank, 3);
        AssertClose(lowRank, KernelForms.ComposeReduced(again, coreAgain));
    }

    /// <summary>
    /// Where theory promises it: a window that stays where it was (same padding, or unchanged), a new block that is wide enough to be the identity,
    /// a composed kernel, a mean spread over its image.
    /// </summary>
    private static bool KeepsFunction(MorphismKind kind, Blueprint parent, Blueprint child)
    {
        Block[] changed = [.. child.Blocks.Where(block => !parent.Blocks.Contains(block))];
        int position = changed.Length == 0 ? -1 : child.Blocks.IndexOf(changed[0]);
        return kind switch
        {
            MorphismKind.GrowKernel => changed[0].Sliding.Padding == Padding.Same,
            MorphismKind.Deepen => (changed[0].Sliding.Padding == Padding.Same || changed[0].Kernel == 1)
                && changed[0] is DepthwiseBlock or (WideBlock and not DownsampledBlock)
                && (changed[0] is not WideBlock wide || wide.Channels >= ChannelsBefore(child, position)),
            MorphismKind.RemoveSide => ((WideBlock)changed[0]).Channels == ((WideBlock)parent.Blocks.Single(block => block.Id == changed[0].Id)).OutputChannels,
            MorphismKind.Scale => child.Input == parent.Input && Grows(parent, child),
            MorphismKind.ChangeForm => changed[0] is ConvBlock,
            MorphismKind.ChangeHead => parent.Head is { HasGlobalPooling: true } && parent.Head.HiddenFeatures == child.Head.HiddenFeatures,
            _ => true,
        };
    }

    /// <summary>Whether a child only adds channels and blocks that can begin as the identity.</summary>
    private static bool Grows(Blueprint parent, Blueprint child) => child.Blocks.All(block =>
    {
        Block? old = parent.Blocks.FirstOrDefault(other => other.Id == block.Id);
        return (old, block) switch
        {
            (null, ParallelBlock { Join: JoinKind.Concat }) => false,   // its main branch is narrower than what it reads
            (null, WideBlock and not (DownsampledBlock or SeparableBlock) or ResidualBlock) => true,
            (null, _) => false,
            (DownsampledBlock a, DownsampledBlock b) => b.Channels >= a.Channels && b.InnerChannels >= a.InnerChannels,
            (ParallelBlock a, ParallelBlock b) => b.Channels >= a.Channels && b.SideChannels >= a.SideChannels,
            (WideBlock a, WideBlock b) => b.Channels >= a.Channels,
            (ResidualBlock a, ResidualBlock b) => b.InnerChannels >= a.InnerChannels,
            _ => true,
        };
    }) && parent.Blocks.All(old => child.Blocks.Any(block => block.Id == old.Id));

    private static int ChannelsBefore(Blueprint blueprint, int position) =>
        blueprint.Blocks.Take(position).OfType<WideBlock>().LastOrDefault()?.OutputChannels ?? Image.Channels;

    private static KernelTensor Draw(KernelTensor kernel, SeededRandom random)
    {
        foreach (ref float value in kernel.Values.AsSpan()) value = (float)random.NextNormal();
        return kernel;
    }

    private static void AssertClose(KernelTensor expected, KernelTensor actual)
    {
        for (int index = 0; index < expected.Values.Length; index++) Assert.Equal(expected.Values[index], actual.Values[index], 1e-4f);
    }
}
