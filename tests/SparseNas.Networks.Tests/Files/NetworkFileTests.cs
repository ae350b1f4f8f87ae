namespace SparseNas.Networks.Tests.Files;

public sealed class NetworkFileTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("sparsenas-network");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void EveryWeightMaskAndNameSurvives()
    {
        for (ulong seed = 0; seed < 60; seed++)
        {
            Network network = RandomNetwork.Of(RandomArchitecture.Of(seed), seed, sparsity: seed % 3 * 0.3);
            string path = Path.Combine(folder.FullName, $"{seed}.network");
            NetworkFile.Save(path, network);
            AssertSame(network, NetworkFile.Load(path));
        }

        Assert.All(folder.GetFiles(), file => Assert.EndsWith(".network", file.Name));
    }

    [Fact]
    public void AnyDamagedByteAndAnyTruncationIsFound()
    {
        byte[] bytes = NetworkFile.ToBytes(RandomNetwork.Of(RandomArchitecture.Of(3), 3, 0.5));
        for (int index = 0; index < bytes.Length; index += index < 64 ? 1 : 13)
        {
            byte[] damaged = [.. bytes];
            damaged[index] ^= 0x10;
            Assert.Throws<InvalidDataException>(() => NetworkFile.FromBytes(damaged, "damaged"));
            Assert.Throws<InvalidDataException>(() => NetworkFile.FromBytes(bytes.AsSpan(0, index), "short"));
        }
    }

    [Fact]
    public void AnotherVersionIsNamed()
    {
        byte[] bytes = NetworkFile.ToBytes(RandomNetwork.Of(RandomArchitecture.Of(3), 3));
        bytes[8] = 9;
        Assert.Equal("Network file 'new.network', byte 8: version 1 is needed, but the file has 9.",
            Assert.Throws<InvalidDataException>(() => NetworkFile.FromBytes(bytes, "new.network")).Message);
    }

    [Fact]
    public void AFailedWriteLeavesTheOldFileAndNoRest()
    {
        string path = Path.Combine(folder.FullName, "kept.txt");
        AtomicFile.Write(path, stream => stream.WriteByte(1));
        Assert.Throws<IOException>(() => AtomicFile.Write(path, stream =>
        {
            stream.WriteByte(2);
            throw new IOException("disk full");
        }));
        Assert.Equal([1], File.ReadAllBytes(path));
        Assert.Single(folder.GetFiles());
    }

    private static void AssertSame(Network expected, Network actual)
    {
        Assert.Equal(expected.Architecture, actual.Architecture);
        Assert.Equal(expected.Architecture.Name, actual.Architecture.Name);
        foreach ((LayerWeights? a, LayerWeights? b) in expected.Layers.Zip(actual.Layers))
        {
            switch (a)
            {
                case KernelWeights kernel:
                    var other = Assert.IsType<KernelWeights>(b);
                    Assert.True(kernel.Weights.AsSpan().SequenceEqual(other.Weights.AsSpan()));
                    Assert.True(kernel.Biases.AsSpan().SequenceEqual(other.Biases.AsSpan()));
                    Assert.True(kernel.Mask.AsSpan().SequenceEqual(other.Mask.AsSpan()));
                    break;
                case BatchNormWeights norm:
                    var same = Assert.IsType<BatchNormWeights>(b);
                    Assert.Equal([.. norm.Gamma, .. norm.Beta, .. norm.Mean, .. norm.Variance],
                        [.. same.Gamma, .. same.Beta, .. same.Mean, .. same.Variance]);
                    break;
                default:
                    Assert.Null(b);
                    break;
            }
        }
    }
}
