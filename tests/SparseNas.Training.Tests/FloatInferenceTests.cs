using SparseNas.Networks;
using SparseNas.Training.Data;

namespace SparseNas.Training.Tests;

public class FloatInferenceTests
{
    private static readonly Architecture Branched = new("branched", new Shape(8, 8, 1), 4,
    [
        new Node("conv", new Conv2D(5, 3, 3, 2, Padding.Same), [-1]),
        new Node("norm", new BatchNorm(), [0]),
        new Node("relu", new Relu(), [1]),
        new Node("deep", new DepthwiseConv2D(3, 3, 1, Padding.Same), [2]),
        new Node("sum", new Add(), [2, 3]),
        new Node("relu2", new Relu(), [4]),
        new Node("pool", new MaxPool(2, 2, 2), [5]),
        new Node("dense", new Dense(4), [6]),
    ]);

    [Fact]
    public void Logits_equal_the_twin_with_running_statistics()
    {
        Network network = Trainer.Train(
            Branched, TrainerTests.Bars(100, 1), TrainerTests.Bars(10, 1), new InputEncoding(0.02f, 100), new TrainingOptions { Epochs = 1 }, 1).Network;
        Samples samples = TrainerTests.Bars(37, 9);
        var encoding = new InputEncoding(0.02f, 100);
        float[] logits = FloatInference.Logits(network, samples, encoding);
        var expected = new ReferenceNetwork(Unfolded(network)).Forward([.. samples.Pixels.ToArray().Select(p => (double)encoding.ToReal(p))]);
        for (int i = 0; i < logits.Length; i++) Assert.Equal(expected[i], logits[i], 1e-4);
    }

    [Fact]
    public void Operator_outputs_are_visited_in_NHWC_and_end_with_the_logits()
    {
        Network network = NetworkInitialization.He(Branched, new SeededRandom(4));
        Samples samples = TrainerTests.Bars(18, 9);
        FoldedNetwork folded = FoldedNetwork.From(network);
        int last = folded.Graph.Operators.Length - 1;
        var logits = new List<float>();
        var input = new List<float>();
        FloatInference.VisitOperatorOutputs(network, samples, InputEncoding.UnitRange, (index, values) =>
        {
            Assert.Equal(folded.Graph.OutputOf(index).Elements, values.Length);
            if (index == last) logits.AddRange(values);
            if (index == -1) input.AddRange(values);
        });
        Assert.Equal(FloatInference.Logits(network, samples, InputEncoding.UnitRange), logits);
        Assert.Equal(samples.Pixels.ToArray().Select(p => InputEncoding.UnitRange.ToReal(p)), input);
    }

    /// <summary>Batch norm with running statistics as a 1x1 depthwise layer, which the twin has no other form for.</summary>
    private static Network Unfolded(Network network) => SparseNas.Training.Engine.UnfoldedOperators.AsNetwork(FoldedNetwork.From(network));
}
