using System.Collections.Immutable;
using SparseNas.Networks;
using SparseNas.Quantization;
using SparseNas.Quantization.Execution;

namespace SparseNas.Codegen.Firmware.Application;

/// <summary>
/// Chooses the inputs of the self-test. The first is noise over all byte values, because a weight that only ever meets a black border
/// would never be tested by real images. The others are real: spread over the classes the network answers, and of each class those with
/// the smallest lead of the best logit over the second, where the smallest damage shows in the answer itself.
/// </summary>
public static class GoldenVectorChooser
{
    /// <summary>Chooses up to <paramref name="count"/> vectors; fewer where the string table has no room for more.</summary>
    /// <param name="network">The network; its reference executor computes the expected logits.</param>
    /// <param name="images">Real inputs to choose from, raw bytes [H,W,C]; may be empty.</param>
    /// <param name="count">At least 1.</param>
    /// <param name="seed">Seed of the noise.</param>
    public static ImmutableArray<GoldenVector> Choose(
        QuantizedNetwork network, IReadOnlyList<ImmutableArray<byte>> images, int count, ulong seed)
    {
        IntegerExecutor executor = IntegerExecutor.For(network);
        GoldenVector Run(ImmutableArray<byte> image) => new(image, [.. executor.Logits(image.AsSpan())]);

        Shape input = network.Graph.Input;
        var chosen = ImmutableArray.CreateBuilder<GoldenVector>();
        chosen.Add(Run(Noise(input, seed)));
        int textBytes = GoldenSource.TextBytes(input, chosen);
        foreach (GoldenVector vector in SpreadOverClasses(images.Select(Run)))
        {
            if (chosen.Count >= Math.Min(count, GoldenSource.MostVectors)) break;
            textBytes += GoldenSource.TextBytes(input, [vector]);
            if (textBytes > GoldenSource.LargestTextBytes) break;
            chosen.Add(vector);
        }

        return chosen.ToImmutable();
    }

    private static IEnumerable<GoldenVector> SpreadOverClasses(IEnumerable<GoldenVector> vectors) =>
        vectors
            .GroupBy(vector => vector.Class)
            .SelectMany(group => group.OrderBy(LeadOf).Select((vector, rank) => (vector, rank, group.Key)))
            .OrderBy(entry => entry.rank)
            .ThenBy(entry => entry.Key)
            .Select(entry => entry.vector);

    private static long LeadOf(GoldenVector vector)
    {
        int[] sorted = [.. vector.Logits.OrderDescending()];
        return sorted.Length < 2 ? 0 : (long)sorted[0] - sorted[1];
    }

    private static ImmutableArray<byte> Noise(Shape input, ulong seed)
    {
        var random = new SeededRandom(seed);
        return [.. Enumerable.Range(0, input.Elements).Select(_ => (byte)random.Next(256))];
    }
}
