using SparseNas.Networks;
using SparseNas.Training;
using SparseNas.Training.Data;

namespace SparseNas.Pruning.Tests.Training;

/// <summary>Every method in the real trainer, on a small network and drawn digits.</summary>
public class PrunedTrainingTests
{
    private static readonly Dataset Glyphs = DatasetCatalog.Load("glyphs");

    private static readonly Samples Train = Glyphs.Train.Take(3000);

    private static readonly Samples Validation = Glyphs.Train.Select([.. Enumerable.Range(3000, 500)]);

    private static readonly Architecture Net = Architecture.Chain("net", Glyphs.Train.Shape, 10,
        new Conv2D(12, 3, 3, 2, HasBias: false), new BatchNorm(), new Relu(), new Conv2D(16, 3, 3, 2, Padding.Same), new Relu(),
        new MaxPool(2, 2, 2), new Dense(10));

    private static readonly int Weights = Enumerable.Range(0, Net.Nodes.Length).Sum(node => ParameterCount.Of(Net, node).Weights);

    [Theory]
    [InlineData(PruningGranularity.Weight, false)]
    [InlineData(PruningGranularity.Weight, true)]
    [InlineData(PruningGranularity.Channel, false)]
    [InlineData(PruningGranularity.Channel, true)]
    public void RatesAreMetAndMasksHoldExactly(PruningGranularity granularity, bool isDynamic)
    {
        PruningOptions options = isDynamic
            ? new DynamicPruning { Sparsity = 0.5, Granularity = granularity }
            : new MagnitudePruning { Sparsity = 0.5, Granularity = granularity };
        Network pruned = Run(options, 0.25).Network;
        foreach (KernelWeights kernel in pruned.Layers.OfType<KernelWeights>())
        {
            for (int index = 0; index < kernel.Weights.Length; index++) Assert.True(kernel.Mask.IsEmpty || kernel.Mask[index] || kernel.Weights[index] == 0f);
        }

        Architecture compact = AssertSameInference(pruned);
        if (granularity == PruningGranularity.Weight)
        {
            Assert.InRange(pruned.Layers.OfType<KernelWeights>().Sum(kernel => kernel.NonZeroCount), (Weights / 2) - 1, (Weights / 2) + 1);
        }
        else
        {
            Assert.Equal(14, compact.OutputOf(0).Channels + compact.OutputOf(3).Channels);
        }
    }

    [Fact]
    public void BudgetsAreMet()
    {
        SparsityReport before = SparsityReport.Of(NetworkInitialization.He(Net, new SeededRandom(1)), 4);
        var options = new BudgetPruning { ArenaBytes = before.ArenaBytes * 3 / 4, WeightBytes = before.WeightBytes / 3, WeightBits = 4 };
        SparsityReport after = SparsityReport.Of(Compaction.Compact(Run(options, 0.3).Network), 4);
        Assert.True(after.ArenaBytes <= options.ArenaBytes && after.WeightBytes <= options.WeightBytes, after.ToString());
    }

    [Fact]
    public void BayesianMethodsRemoveWhatTheDataDoesNotNeed()
    {
        var variational = new VariationalOptions { LearningRate = 5e-3f, VarianceLearningRate = 0.1f, KlWeight = 3 };
        Network single = Run(new SparseVariationalDropout { Variational = variational }, 0.25, 15).Network;
        Assert.True(single.Layers.OfType<KernelWeights>().Sum(kernel => kernel.NonZeroCount) < Weights / 2, $"{single.Layers.OfType<KernelWeights>().Sum(kernel => kernel.NonZeroCount)} of {Weights} weights stayed");
        AssertSameInference(single);

        Network groups = Run(new BayesianCompression { Variational = variational }, 0.25, 15).Network;
        KernelWeights dense = groups.Kernel(6);
        int features = Enumerable.Range(0, 144).Count(feature => Enumerable.Range(0, 10).Any(row => dense.Weights[(row * 144) + feature] != 0));
        Assert.InRange(features, 10, 139);   // of 144
        AssertSameInference(groups);
    }

    private static TrainedNetwork Run(PruningOptions options, double worstError, int epochs = 8)
    {
        var training = new TrainingOptions { Epochs = epochs, BatchSize = 32, LearningRate = 0.05f };
        TrainedNetwork trained = Trainer.Train(Net, Train, Validation, Glyphs.Encoding, training, 1,
            hook: PruningOptions.HookFor(options, new(Net, Train.Count, 1)));
        Assert.Equal(TrainingStatus.Completed, trained.Status);
        Assert.True(trained.ValidationError <= worstError, $"validation error {trained.ValidationError:P1}");
        return trained;
    }

    private static Architecture AssertSameInference(Network pruned)
    {
        Network compact = Compaction.Compact(pruned);
        float[] before = FloatInference.Logits(pruned, Validation, Glyphs.Encoding), after = FloatInference.Logits(compact, Validation, Glyphs.Encoding);
        float size = 1 + before.Max(Math.Abs);
        for (int index = 0; index < before.Length; index++) Assert.Equal(before[index], after[index], 1e-5f * size);
        return compact.Architecture;
    }
}
