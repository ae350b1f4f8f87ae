using SparseNas.Training.Engine.Steps;

namespace SparseNas.Training.Engine;

/// <summary>
/// Gives every activation and gradient of a plan its memory. Two clocks run: kept tensors live from phase to phase of a batch (forward phases
/// 0 .. n, backward phases n + 1 .. 2n + 1), all others from stage to stage inside one phase, so all phases share the same small scratch.
/// </summary>
internal sealed unsafe class TensorMemory(NetworkPlan plan, PlanOptions options)
{
    private readonly SharedMemory kept = new();
    private readonly SharedMemory scratch = new();
    private readonly List<(TensorSlot Tensor, bool IsGradient, bool IsKept, int Index)> requests = [];
    private readonly Dictionary<TensorSlot, Stage> producers = plan.Stages
        .SelectMany(stage => stage.Steps, (stage, step) => (stage, step.Output)).ToDictionary(pair => pair.Output, pair => pair.stage);

    private readonly Dictionary<Stage, int> forwardTimes = [];
    private readonly Dictionary<Stage, (int First, int Last)> backwardTimes = [];
    private readonly int last = plan.Output.Level;

    /// <summary>Assigns all memory.</summary>
    public void Assign(NativeArena arena)
    {
        SetClocks();
        List<(TensorSlot Tensor, TensorSlot Replaced)> inPlace = [];
        foreach (TensorSlot tensor in plan.Steps.Select(step => step.Output).Prepend(plan.Input))
        {
            Request(tensor, isGradient: false, tensor.KeepsValue, tensor.KeepsValue ? ValuePhases(tensor) : ValueSteps(tensor));
            if (!options.Training || !tensor.NeedsGradient) continue;
            if (ReplacedBy(tensor) is { } replaced) inPlace.Add((tensor, replaced));
            else Request(tensor, isGradient: true, tensor.KeepsGradient, LifeOfGradient(tensor));
        }

        nint[] keptOffsets = kept.Place(out nint keptSize), scratchOffsets = scratch.Place(out nint scratchSize);
        float* keptMemory = arena.Floats(keptSize), scratchMemory = arena.Floats(scratchSize);
        foreach (var (tensor, isGradient, isKept, index) in requests)
        {
            float* memory = isKept ? keptMemory + keptOffsets[index] : scratchMemory + scratchOffsets[index];
            if (isGradient) tensor.PlaceGradient(memory);
            else tensor.PlaceValue(memory);
        }

        foreach ((TensorSlot tensor, TensorSlot replaced) in inPlace) tensor.ShareGradient(replaced);
    }

    /// <summary>
    /// The tensor whose gradient that of <paramref name="tensor"/> is written over, block by block, or null: a batch norm is the last to read the gradient
    /// of its output, and what it writes for its only input would push other things out of the cache elsewhere.
    /// </summary>
    private TensorSlot? ReplacedBy(TensorSlot tensor)
    {
        if (!options.SharesMemory || tensor.KeepsGradient) return null;
        Step[] readers = [.. plan.Steps.Where(step => step.Inputs.Contains(tensor))];
        return readers is [BatchNormStep { Output: { GradientIsUniform: false, GradientIsRegained: false } } norm] ? norm.Output : null;
    }

    private (int, int) LifeOfGradient(TensorSlot tensor)
    {
        if (tensor.KeepsGradient) return GradientPhases(tensor);
        return tensor.GradientIsRegained ? (int.MinValue, int.MaxValue) : GradientSteps(tensor);
    }

    private void Request(TensorSlot tensor, bool isGradient, bool isKept, (int First, int Last) life)
    {
        if (!options.SharesMemory) life = (int.MinValue, int.MaxValue);
        nint elements = (isGradient ? tensor.GradientElements : tensor.ValueElements) * (isKept ? plan.Batch.MaxBlocks : 1);
        requests.Add((tensor, isGradient, isKept, (isKept ? kept : scratch).Add(elements, life.First, life.Last)));
    }

    /// <summary>Inside a phase: its stages forward, then the loss and the gradients that batch norms of the next phase hand down, then its stages backward.</summary>
    private void SetClocks()
    {
        for (int level = 0; level <= last; level++)
        {
            int time = 0;
            foreach (Stage stage in plan.Forward[level]) forwardTimes[stage] = time++;
            time = HandDownTime(level) + 1;
            foreach (BackwardTask task in plan.Backward[level])
            {
                int first = backwardTimes.TryGetValue(task.Stage, out var times) ? times.First : time;
                backwardTimes[task.Stage] = (first, time++);
            }
        }
    }

    private int HandDownTime(int level) => plan.Forward[level].Length;

    private int BackwardPhase(int level) => (2 * last) + 1 - level;

    private IEnumerable<Stage> Readers(TensorSlot tensor) => plan.Stages.Where(stage => stage.Inputs.Contains(tensor));

    private (int, int) ValuePhases(TensorSlot tensor) => (tensor.Level, BackwardPhase(tensor.Level));

    private (int, int) GradientPhases(TensorSlot tensor)
    {
        Stage producer = producers[tensor];
        bool fromNorm = producer.Steps.First(step => step.Output == tensor) is BatchNormStep or DepthwiseStep { SummedNorm.Output.GradientIsRegained: true };
        int reader = producer.Passing.Contains(tensor) ? tensor.Level : Readers(tensor).Max(stage => stage.Output.Level);
        return (BackwardPhase(reader), BackwardPhase(fromNorm ? tensor.Level - 1 : tensor.Level));
    }

    private (int, int) ValueSteps(TensorSlot tensor)
    {
        Stage producer = producers[tensor];
        int end = tensor == plan.Output ? HandDownTime(tensor.Level) : forwardTimes[producer];
        foreach (Stage stage in Readers(tensor).Append(producer))
        {
            end = Math.Max(end, forwardTimes[stage]);
            bool usedAgain = stage.BackwardUses(tensor) || (tensor.GradientIsMasked && stage != producer);
            if (usedAgain && backwardTimes.TryGetValue(stage, out var times)) end = Math.Max(end, times.Last);
        }

        return (forwardTimes[producer], end);
    }

    private (int, int) GradientSteps(TensorSlot tensor)
    {
        Stage producer = producers[tensor];
        int end = backwardTimes[producer].Last;
        if (producer.Passing.Contains(tensor)) return (end, end);
        int first = Readers(tensor).Select(stage => stage.Steps[0] is BatchNormStep ? HandDownTime(tensor.Level) : backwardTimes[stage].First)
            .DefaultIfEmpty(HandDownTime(tensor.Level)).Min();
        return (first, end);
    }
}
