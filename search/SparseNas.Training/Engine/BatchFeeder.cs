using SparseNas.Networks;
using SparseNas.Training.Data;
using SparseNas.Training.Engine.Kernels;

namespace SparseNas.Training.Engine;

/// <summary>
/// Fills the engine's input blocks and targets, epoch after epoch in a new order, with the changes to images and labels that the options ask for.
/// All memory is taken at construction.
/// </summary>
internal sealed unsafe class BatchFeeder
{
    private const ulong ShuffleStream = 2;
    private const ulong AugmentationStream = 3;
    private const ulong MixupStream = 5;
    private readonly Samples samples;
    private readonly TrainingOptions options;
    private readonly TrainingEngine engine;
    private readonly ulong seed;
    private readonly ImageEncoder encoder;
    private readonly Augmenter? augmenter;
    private readonly TeacherShares? teacher;
    private readonly byte[] changed;
    private readonly int[] order;
    private readonly float* partner;
    private SeededRandom augmentation;
    private SeededRandom mixup;

    public BatchFeeder(Samples samples, InputEncoding encoding, TrainingOptions options, ulong seed, TrainingEngine engine)
    {
        this.samples = samples;
        this.options = options;
        this.engine = engine;
        this.seed = seed;
        encoder = new ImageEncoder(samples.Shape, encoding, engine.Plan.Kernels);
        augmenter = options.Augmentation.IsNone ? null : new Augmenter(options.Augmentation, samples.Shape, encoding);
        teacher = options.Distillation is { } distillation ? new TeacherShares(distillation, samples, encoding) : null;
        changed = new byte[augmenter is null ? 0 : (long)(Reuses ? samples.Count : LaneBlock.Images) * samples.Shape.Elements];
        order = [.. Enumerable.Range(0, samples.Count)];
        partner = options.Mixup > 0 ? engine.TakeBlock() : null;
        augmentation = new SeededRandom(seed, AugmentationStream);
        mixup = new SeededRandom(seed, MixupStream);
    }

    /// <summary>Batches of one epoch.</summary>
    public int Batches => (samples.Count + options.BatchSize - 1) / options.BatchSize;

    /// <summary>Whether changed images are kept for more than one epoch.</summary>
    private bool Reuses => options.Augmentation.ReuseEpochs > 1;

    /// <summary>Draws the order of an epoch, and the changed images where they are kept.</summary>
    /// <param name="epoch">Counted from 1.</param>
    public void BeginEpoch(int epoch)
    {
        new SeededRandom(seed, ShuffleStream, (ulong)epoch).Shuffle<int>(order);
        augmentation = new SeededRandom(seed, AugmentationStream, (ulong)epoch);
        mixup = new SeededRandom(seed, MixupStream, (ulong)epoch);
        if (augmenter is null || !Reuses || (epoch - 1) % options.Augmentation.ReuseEpochs != 0) return;
        int elements = samples.Shape.Elements;
        for (int sample = 0; sample < samples.Count; sample++)
        {
            augmenter.Change(samples.Image(sample), changed.AsSpan(sample * elements, elements), augmentation);
        }
    }

    /// <summary>Writes a batch into the engine.</summary>
    /// <returns>Images in it.</returns>
    public int Fill(int batch)
    {
        int first = batch * options.BatchSize, count = Math.Min(options.BatchSize, samples.Count - first);
        ReadOnlySpan<int> chosen = order.AsSpan(first, count);
        float own = options.Mixup > 0 ? Beta.Draw(options.Mixup, mixup) : 1;
        for (int block = 0; block < LaneBlock.Count(count); block++)
        {
            int start = block * LaneBlock.Images, inBlock = Math.Min(LaneBlock.Images, count - start);
            Encode(chosen.Slice(start, inBlock), engine.Images(block));
            engine.Targets(block).Clear();
            if (teacher is not null) engine.Teaching(block).Clear();
            for (int lane = 0; lane < inBlock; lane++) AddTarget(block, lane, chosen[start + lane], own);
            if (own < 1) MixIn(chosen, start, inBlock, block, own);
        }

        return count;
    }

    /// <summary>Adds to every image of a block the one that mirrors it in the batch, and its label.</summary>
    private void MixIn(ReadOnlySpan<int> chosen, int start, int inBlock, int block, float own)
    {
        Span<int> others = stackalloc int[LaneBlock.Images];
        for (int lane = 0; lane < inBlock; lane++)
        {
            others[lane] = chosen[chosen.Length - 1 - start - lane];
            AddTarget(block, lane, others[lane], 1 - own);
        }

        Encode(others[..inBlock], partner);
        float* images = engine.Images(block);
        engine.Plan.Kernels.Mix(images, partner, partner, own, 1 - own, 0, images, engine.Plan.Input.BlockElements);
    }

    private void Encode(ReadOnlySpan<int> chosen, float* block)
    {
        byte** images = stackalloc byte*[LaneBlock.Images];
        int elements = samples.Shape.Elements;
        fixed (byte* pixels = samples.Pixels)
        fixed (byte* copies = changed)
        {
            for (int lane = 0; lane < chosen.Length; lane++)
            {
                nint offset = (nint)chosen[lane] * elements;
                images[lane] = augmenter is null ? pixels + offset : Reuses ? copies + offset : copies + (lane * elements);
                if (augmenter is null || Reuses) continue;
                augmenter.Change(samples.Image(chosen[lane]), changed.AsSpan(lane * elements, elements), augmentation);
            }

            encoder.Encode(images, chosen.Length, block);
        }
    }

    private void AddTarget(int block, int lane, int sample, float weight)
    {
        Span<float> targets = engine.Targets(block);
        float share = options.LabelSmoothing / samples.Classes;
        int label = samples.Label(sample);
        for (int c = 0; c < samples.Classes; c++)
        {
            targets[(c * LaneBlock.Images) + lane] += weight * (share + (c == label ? 1 - options.LabelSmoothing : 0));
        }

        teacher?.Add(sample, weight, engine.Teaching(block), lane);
    }
}
