using SparseNas.Networks;
using SparseNas.Training.Engine;

namespace SparseNas.Training;

/// <summary>What a trial will hold in memory, from the engine's own plan.</summary>
public static class TrainingMemory
{
    /// <summary>Bytes of everything one training run allocates outside the managed heap: activations, gradients, parameters, tables.</summary>
    /// <param name="architecture">What is trained.</param>
    /// <param name="options">Batch size and what else takes memory.</param>
    public static long Bytes(Architecture architecture, TrainingOptions options)
    {
        using var engine = new TrainingEngine(
            architecture, EngineInstructions.Current, TrainingRun.PlanOf(options, options.BatchSize, seed: 0), options.Distillation);
        return engine.ArenaBytes;
    }
}
