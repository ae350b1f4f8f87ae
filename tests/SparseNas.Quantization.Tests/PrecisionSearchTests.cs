using SparseNas.Networks;
using SparseNas.Quantization.Execution;
using SparseNas.Training;
using SparseNas.Training.Data;
using SparseNas.Training.Data.Glyphs;

namespace SparseNas.Quantization.Tests;

public class PrecisionSearchTests
{
    [Fact]
    public void NarrowLayersSaveBytesWithinTheAllowedLoss()
    {
        Dataset glyphs = GlyphsDataset.Create(1600, 10);
        (Samples train, Samples validation) = glyphs.Train.SplitStratified(0.4, new SeededRandom(1));
        Architecture net = Architecture.Chain(
            "small", glyphs.Shape, 10, new Conv2D(8, 3, 3, 2), new Relu(), new MaxPool(2, 2, 2), new Conv2D(12, 3, 3), new Relu(),
            new Dense(10));
        Network network = Trainer.Train(net, train, validation, glyphs.Encoding, new TrainingOptions { Epochs = 5 }, seed: 1).Network;
        QuantizedNetwork eight = Quantizer.Quantize(network, train, glyphs.Encoding, new QuantizationOptions());
        double error = IntegerExecutor.Error(eight, validation);

        PrecisionChoice choice =
            PrecisionSearch.Run(network, train, validation, glyphs.Encoding, new QuantizationOptions(), allowedLoss: 0.02);
        Assert.InRange(choice.Error, 0, error + 0.02);
        Assert.Equal(IntegerExecutor.Error(choice.Network, validation), choice.Error);
        Assert.InRange(choice.ParameterBytes, 1, 0.7 * PackedSize.Of(eight).ParameterBytes);
        Assert.Equal(
            choice.Options.Layers.ToDictionary(layer => layer.Layer, layer => layer.WeightBits),
            choice.Network.Operators.OfType<QuantizedKernel>().Where(op => op.Kernel.Bits < 8)
                .ToDictionary(op => op.Operator.Name, op => op.Kernel.Bits));

        PrecisionChoice none = PrecisionSearch.Run(network, train, validation, glyphs.Encoding,
            new QuantizationOptions { WeightBits = WeightWidth.Ternary }, allowedLoss: 1);
        Assert.Empty(none.Options.Layers);
    }
}
