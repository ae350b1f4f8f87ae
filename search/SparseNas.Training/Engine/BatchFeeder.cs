using SparseNas.Networks;
using SparseNas.Training.Data;
using SparseNas.Training.Engine.Kernels;

namespace SparseNas.Training.Engine;

/// <summary>Fills the engine's input blocks and targets, epoch after epoch in a new order.</summary>
internal sealed unsafe class BatchFeeder(Samples samples, InputEncoding encoding, TrainingOptions options, ulong seed)
{
    private const ulong ShuffleStream = 2;
    private const ulong AugmentationStream = 3;
    private readonly ImageEncoder encoder = new(samples.Shape, encoding);
    private readonly Augmenter? augmenter = options.Augmentation == Augmentation.None
        ? null : new Augmenter(options.Augmentation, samples.Shape, encoding);
    private readonly int[] order = [.. Enumerable.Range(0, samples.Count)];
    private readonly byte[] changed = new byte[LaneBlock.Images * samples.Shape.Elements];
    private SeededRandom augmentation = new(seed);

    /// <summary>Batches of one epoch.</summary>
    public int Batches => (samples.Count + options.BatchSize - 1) / options.BatchSize;

    /// <summary>Draws the order of an epoch.</summary>
    public void BeginEpoch(int epoch)
    {
        new SeededRandom(seed, ShuffleStream, (ulong)epoch).Shuffle<int>(order);
        augmentation = new SeededRandom(seed, AugmentationStream, (ulong)epoch);
    }

    /// <summary>Writes a batch into the engine.</summary>
    /// <returns>Images in it.</returns>
    public int Fill(int batch, TrainingEngine engine)
    {
        int first = batch * options.BatchSize, count = Math.Min(options.BatchSize, samples.Count - first);
        for (int block = 0; block < LaneBlock.Count(count); block++)
        {
            int inBlock = Math.Min(LaneBlock.Images, count - (block * LaneBlock.Images));
            FillBlock(order.AsSpan(first + (block * LaneBlock.Images), inBlock), engine, block);
        }

        return count;
    }

    private void FillBlock(ReadOnlySpan<int> chosen, TrainingEngine engine, int block)
    {
        byte** images = stackalloc byte*[LaneBlock.Images];
        int elements = samples.Shape.Elements;
        fixed (byte* pixels = samples.Pixels)
        fixed (byte* copies = changed)
        {
            for (int lane = 0; lane < chosen.Length; lane++)
            {
                images[lane] = pixels + ((nint)chosen[lane] * elements);
                WriteTarget(engine.Targets(block), lane, samples.Label(chosen[lane]));
                if (augmenter is null) continue;
                augmenter.Change(samples.Image(chosen[lane]), changed.AsSpan(lane * elements, elements), augmentation);
                images[lane] = copies + (lane * elements);
            }

            encoder.Encode(images, chosen.Length, engine.Images(block));
        }
    }

    private void WriteTarget(Span<float> targets, int lane, int label)
    {
        float share = options.LabelSmoothing / samples.Classes;
        for (int c = 0; c < samples.Classes; c++) targets[(c * LaneBlock.Images) + lane] = share + (c == label ? 1 - options.LabelSmoothing : 0);
    }
}
