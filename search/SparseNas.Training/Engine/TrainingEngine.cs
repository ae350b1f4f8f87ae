using SparseNas.Networks;
using SparseNas.Training.Engine.Kernels;
using SparseNas.Training.Engine.Steps;

namespace SparseNas.Training.Engine;

/// <summary>
/// Runs batches through a <see cref="NetworkPlan"/>: forward phases, loss, backward phases. The input blocks and targets are written by the
/// caller; gradients are left in <see cref="Parameters.Gradients"/>, divided by the batch size. One engine belongs to one thread.
/// </summary>
internal sealed unsafe class TrainingEngine : IDisposable
{
    private readonly NativeArena arena = new();
    private readonly float* targets;
    private readonly float* teaching;
    private readonly float temperature = 1;
    private readonly float teacherWeight;
    private readonly int classes;

    public TrainingEngine(Architecture architecture, InstructionSet set, PlanOptions options, Distillation? distillation = null)
    {
        Plan = new NetworkPlan(architecture, set, arena, options);
        classes = architecture.Classes;
        targets = arena.Floats((long)Plan.Batch.MaxBlocks * classes * LaneBlock.Images);
        if (distillation is null) return;
        teaching = arena.Floats((long)Plan.Batch.MaxBlocks * classes * LaneBlock.Images);
        (temperature, teacherWeight) = (distillation.Temperature, distillation.Weight);
    }

    /// <summary>The steps.</summary>
    public NetworkPlan Plan { get; }

    /// <summary>Everything the trial holds in memory.</summary>
    public long ArenaBytes => arena.Bytes;

    /// <summary>Target shares of a block, [classes][16]; each lane sums to 1.</summary>
    public Span<float> Targets(int block) =>
        new(targets + ((nint)block * classes * LaneBlock.Images), classes * LaneBlock.Images);

    /// <summary>The teacher's shares of a block at its temperature, like <see cref="Targets"/>.</summary>
    public Span<float> Teaching(int block) => new(teaching + ((nint)block * classes * LaneBlock.Images), classes * LaneBlock.Images);

    /// <summary>Encoded images of a block, [C][H][W][16].</summary>
    public float* Images(int block) => Plan.Input.Value(block);

    /// <summary>Memory for one more block of images.</summary>
    public float* TakeBlock() => arena.Floats(Plan.Input.BlockElements);

    /// <summary>Forward and backward over the batch in place.</summary>
    /// <param name="count">Images in the batch.</param>
    /// <returns>Mean loss.</returns>
    public double Step(int count)
    {
        Plan.Batch.Count = count;
        new Span<float>(Plan.Parameters.Gradients, Plan.Parameters.Elements).Clear();
        foreach (Step step in Plan.Steps) step.BeginBatch();

        int last = Plan.Forward.Length - 1;
        double loss = 0;
        for (int level = 0; level <= last; level++)
        {
            for (int i = 0; i < Plan.Batch.Blocks; i++)
            {
                int block = BlockAt(level, i, Plan.Batch.Blocks);
                foreach (Stage stage in Plan.Forward[level]) stage.Forward(block);
                foreach (BatchNormStep norm in Plan.BatchNorms[level + 1]) norm.MeasureInput(block);
                if (level < last) continue;
                loss += Loss(block);
                foreach (BackwardTask task in Plan.Backward[level]) task.Run(block);
            }

            foreach (BatchNormStep norm in Plan.BatchNorms[level + 1]) norm.FinishMeasuring();
        }

        for (int level = last - 1; level >= 0; level--) BackwardPhase(level);
        foreach (Step step in Plan.Steps) step.EndBatch();
        return loss / count;
    }

    /// <summary>
    /// The i-th block of a phase, backward phases counted on: every phase runs against the direction of the one before and so begins with the block that
    /// is still in the cache.
    /// </summary>
    public static int BlockAt(int phase, int i, int blocks) => phase % 2 == 0 ? i : blocks - 1 - i;

    /// <inheritdoc/>
    public void Dispose() => arena.Dispose();

    private double Loss(int block)
    {
        float share = 1f / Plan.Batch.Count, taught = teacherWeight;
        float* logits = Plan.Output.Value(block), gradient = Plan.Output.Gradient(block), live = Plan.Batch.Live(block);
        nint offset = (nint)block * classes * LaneBlock.Images;
        double loss = (1 - taught) * Plan.Kernels.SoftmaxLoss(
            logits, targets + offset, gradient, classes, live, new SoftmaxForm((1 - taught) * share, 1, false));
        if (taught == 0) return loss;
        var soft = new SoftmaxForm(taught * temperature * share, 1 / temperature, true);
        return loss + (taught * temperature * temperature * Plan.Kernels.SoftmaxLoss(logits, teaching + offset, gradient, classes, live, soft));
    }

    private void BackwardPhase(int level)
    {
        foreach (BatchNormStep norm in Plan.BatchNorms[level + 1]) norm.FinishBackward();
        for (int i = 0; i < Plan.Batch.Blocks; i++)
        {
            int block = BlockAt((2 * Plan.Forward.Length) - level, i, Plan.Batch.Blocks);
            foreach (Stage stage in Plan.Recompute[level]) stage.Forward(block);
            foreach (BatchNormStep norm in Plan.BatchNorms[level + 1]) norm.PropagateToInput(block);
            foreach (BackwardTask task in Plan.Backward[level]) task.Run(block);
        }
    }
}
