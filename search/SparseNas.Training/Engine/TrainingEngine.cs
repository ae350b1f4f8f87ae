using System.Collections.Immutable;
using SparseNas.Networks;
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
    private readonly int classes;

    public TrainingEngine(Architecture architecture, InstructionSet set, int batchSize, ImmutableArray<ActivationGrid> grids)
    {
        Plan = new NetworkPlan(architecture, set, arena, new PlanOptions(batchSize, Training: true) { Grids = grids });
        classes = architecture.Classes;
        targets = arena.Floats((long)Plan.Batch.MaxBlocks * classes * Kernels.LaneBlock.Images);
    }

    /// <summary>The steps.</summary>
    public NetworkPlan Plan { get; }

    /// <summary>Everything the trial holds in memory.</summary>
    public long ArenaBytes => arena.Bytes;

    /// <summary>Target shares of a block, [classes][16]; each lane sums to 1.</summary>
    public Span<float> Targets(int block) =>
        new(targets + ((nint)block * classes * Kernels.LaneBlock.Images), classes * Kernels.LaneBlock.Images);

    /// <summary>Encoded images of a block, [C][H][W][16].</summary>
    public float* Images(int block) => Plan.Input.Value(block);

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
            for (int block = 0; block < Plan.Batch.Blocks; block++)
            {
                foreach (Step step in Plan.Forward[level]) step.Forward(block);
                foreach (BatchNormStep norm in Plan.BatchNorms[level + 1]) norm.MeasureInput(block);
                if (level < last) continue;
                loss += Loss(block);
                foreach (Step step in Plan.Backward[level]) step.Backward(block);
            }

            foreach (BatchNormStep norm in Plan.BatchNorms[level + 1]) norm.FinishMeasuring();
        }

        for (int level = last - 1; level >= 0; level--) BackwardPhase(level);
        foreach (Step step in Plan.Steps) step.EndBatch();
        return loss / count;
    }

    /// <inheritdoc/>
    public void Dispose() => arena.Dispose();

    private float Loss(int block) => Plan.Kernels.SoftmaxLoss(
        Plan.Output.Value(block), targets + ((nint)block * classes * Kernels.LaneBlock.Images), Plan.Output.Gradient(block), classes,
        Plan.Batch.Live(block), 1f / Plan.Batch.Count);

    private void BackwardPhase(int level)
    {
        foreach (BatchNormStep norm in Plan.BatchNorms[level + 1]) norm.FinishBackward();
        for (int block = 0; block < Plan.Batch.Blocks; block++)
        {
            foreach (Step step in Plan.Recompute[level]) step.Forward(block);
            foreach (BatchNormStep norm in Plan.BatchNorms[level + 1]) norm.PropagateToInput(block);
            foreach (Step step in Plan.Backward[level]) step.Backward(block);
        }
    }
}
