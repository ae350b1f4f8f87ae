using System.Globalization;
using SparseNas.Networks;
using SparseNas.Training;
using SparseNas.Training.Data;

namespace SparseNas.Pruning.Tests.Mnist;

/// <summary>One of the papers' MNIST networks under one Bayesian method; weights are counted without biases, as in the papers.</summary>
/// <param name="Architecture">What is trained.</param>
/// <param name="Pruning">Method and strength.</param>
/// <param name="Training">Biases, batches, length, and the fine-tuning of the surviving weights.</param>
public sealed record PaperExperiment(Architecture Architecture, PruningOptions Pruning, TrainingOptions Training)
{
    private static readonly Shape Image = new(28, 28, 1);

    /// <summary>784-300-100-10: 266,200 weights.</summary>
    public static Architecture LeNet300 { get; } = Architecture.Chain("LeNet-300-100", Image, 10,
        new Dense(300), new Relu(), new Dense(100), new Relu(), new Dense(10));

    /// <summary>conv5x5 20, pool, conv5x5 50, pool, 500, 10: 430,500 weights.</summary>
    public static Architecture LeNet5 { get; } = Architecture.Chain("LeNet-5-Caffe", Image, 10,
        new Conv2D(20, 5, 5), new Relu(), new MaxPool(2, 2, 2), new Conv2D(50, 5, 5), new Relu(), new MaxPool(2, 2, 2),
        new Dense(500), new Relu(), new Dense(10));

    /// <summary>Trains on all 60,000 images and tests the compacted network on the 10,000.</summary>
    public PaperResult Run(Dataset mnist)
    {
        TrainedNetwork trained = Trainer.Train(Architecture, mnist.Train, mnist.Train.Take(1000), mnist.Encoding, Training, 1,
            hook: PruningOptions.HookFor(Pruning, new(Architecture, mnist.Train.Count, 1)));
        Network compact = Compaction.Compact(trained.Network);
        int weights = Enumerable.Range(0, Architecture.Nodes.Length).Sum(node => ParameterCount.Of(Architecture, node).Weights);
        return new PaperResult(
            FloatInference.Error(compact, mnist.Test.Value, mnist.Encoding), weights,
            compact.Layers.OfType<KernelWeights>().Sum(kernel => kernel.NonZeroCount),
            string.Join('-', compact.Architecture.Nodes.Where(node => node.Layer is Conv2D or Dense)
                .Select((node, index) => compact.Architecture.OutputOf(compact.Architecture.Nodes.IndexOf(node)).Channels)));
    }
}

/// <summary>What an experiment gave.</summary>
/// <param name="TestError">Share of wrong answers on the test images, floating point.</param>
/// <param name="Weights">All weights.</param>
/// <param name="Living">Weights that survived.</param>
/// <param name="Widths">Surviving output channels of each layer with weights.</param>
public sealed record PaperResult(double TestError, int Weights, int Living, string Widths)
{
    /// <summary>Weights before over weights after.</summary>
    public double Compression => (double)Weights / Living;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"test error {TestError:P2}, {Living} of {Weights} weights ({(double)Living / Weights:P2}, {Compression:F0}x), widths {Widths}");
}
