namespace SparseNas.Networks.Tests.Weights;

public class NetworkTests
{
    private static readonly Architecture Net = Architecture.Chain("net", new Shape(2, 2, 1), 2, new BatchNorm(), new Dense(2));

    private static readonly BatchNormWeights Norm = new([1], [0], [0], [1]);

    [Fact]
    public void L0CountsLivingWeightsAndBiases() =>
        Assert.Equal(4, new Network(Net, [Norm, new KernelWeights([1, 2, 0, 0, 0, 0, 0, 3], [0, 5], [])]).L0);

    public static TheoryData<string, LayerWeights?, LayerWeights?> Broken => new()
    {
        { "Dense 'dense2': 8 weights needed, but got 1", Norm, new KernelWeights([1], [0, 0], []) },
        { "Dense 'dense2': 2 biases needed, but got 0", Norm, new KernelWeights([1, 2, 3, 4, 5, 6, 7, 8], [], []) },
        { "Dense 'dense2': weights[3] must be finite, but is NaN", Norm, new KernelWeights([1, 2, 3, float.NaN, 5, 6, 7, 8], [0, 0], []) },
        { "a mask needs 8 entries or none, but has 1", Norm, new KernelWeights([1, 2, 3, 4, 5, 6, 7, 8], [0, 0], [true]) },
        {
            "masked weights[1] must be 0, but is 2", Norm,
            new KernelWeights([1, 2, 3, 4, 5, 6, 7, 8], [0, 0], [true, false, true, true, true, true, true, true])
        },
        { "BatchNorm 'batchnorm1': a variance must not be negative", Norm with { Variance = [-1] }, new KernelWeights([1, 2, 3, 4, 5, 6, 7, 8], [0, 0], []) },
        { "Dense 'dense2': no weights do not belong to this layer", Norm, null },
        { "Dense 'dense2': BatchNormWeights do not belong to this layer", Norm, Norm },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void WeightsThatDoNotFitAreRefused(string law, LayerWeights? norm, LayerWeights? dense) =>
        Assert.Contains(law, Assert.Throws<ArgumentException>(() => new Network(Net, [norm, dense])).Message);
}
