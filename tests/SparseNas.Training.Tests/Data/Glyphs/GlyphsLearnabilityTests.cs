using SparseNas.Networks;
using SparseNas.Training.Data;
using SparseNas.Training.Data.Glyphs;

namespace SparseNas.Training.Tests.Data.Glyphs;

public sealed class GlyphsLearnabilityTests
{
    [Fact]
    public void ASmallConvolutionalNetworkPasses97Percent()
    {
        Dataset glyphs = GlyphsDataset.Create();
        Architecture small = Architecture.Chain(
            "small", glyphs.Shape, glyphs.Classes,
            new Conv2D(8, 3, 3, HasBias: false), new BatchNorm(), new Relu(), new MaxPool(2, 2, 2),
            new Conv2D(16, 3, 3, HasBias: false), new BatchNorm(), new Relu(), new MaxPool(2, 2, 2), new Dense(10));
        var options = new TrainingOptions { Epochs = 4, Augmentation = new Augmentation(ShiftPixels: 1) };
        TrainedNetwork trained = Trainer.Train(small, glyphs.Train, glyphs.Test.Value, glyphs.Encoding, options, seed: 1);
        Assert.True(trained.ValidationError < 0.03, $"error {trained.ValidationError:P2}");
    }
}
