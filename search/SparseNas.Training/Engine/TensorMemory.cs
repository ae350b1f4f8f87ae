using SparseNas.Training.Engine.Steps;

namespace SparseNas.Training.Engine;

/// <summary>
/// Gives every activation and gradient of a plan its memory. Two clocks run: kept tensors live from phase to phase of a batch (forward phases
/// 0 .. n, backward phases n + 1 .. 2n + 1), all others from step to step inside one phase, so all phases share the same small scratch.
/// </summary>
internal sealed unsafe class TensorMemory(NetworkPlan plan, PlanOptions options)
{
    private readonly SharedMemory kept = new();
    private readonly SharedMemory scratch = new();
    private readonly List<(TensorSlot Tensor, bool IsGradient, bool IsKept, int Index)> requests = [];
    private readonly Dictionary<TensorSlot, Step> producers = plan.Steps.ToDictionary(step => step.Output);
    private readonly Dictionary<Step, int> forwardTimes = [];
    private readonly Dictionary<Step, int> backwardTimes = [];
    private readonly int last = plan.Output.Level;

    /// <summary>Assigns all memory.</summary>
    public void Assign(NativeArena arena)
    {
        SetClocks();
        foreach (TensorSlot tensor in plan.Steps.Select(step => step.Output).Prepend(plan.Input))
        {
            Request(tensor, isGradient: false, tensor.KeepsValue, tensor.KeepsValue ? ValuePhases(tensor) : ValueSteps(tensor));
            if (!options.Training || !tensor.NeedsGradient) continue;
            Request(tensor, isGradient: true, tensor.KeepsGradient, tensor.KeepsGradient ? GradientPhases(tensor) : GradientSteps(tensor));
        }

        nint[] keptOffsets = kept.Place(out nint keptSize), scratchOffsets = scratch.Place(out nint scratchSize);
        float* keptMemory = arena.Floats(keptSize), scratchMemory = arena.Floats(scratchSize);
        foreach (var (tensor, isGradient, isKept, index) in requests)
        {
            float* memory = isKept ? keptMemory + keptOffsets[index] : scratchMemory + scratchOffsets[index];
            if (isGradient) tensor.PlaceGradient(memory);
            else tensor.PlaceValue(memory);
        }
    }

    private void Request(TensorSlot tensor, bool isGradient, bool isKept, (int First, int Last) life)
    {
        if (!options.SharesMemory) life = (int.MinValue, int.MaxValue);
        nint elements = tensor.BlockElements * (isKept ? plan.Batch.MaxBlocks : 1);
        requests.Add((tensor, isGradient, isKept, (isKept ? kept : scratch).Add(elements, life.First, life.Last)));
    }

    /// <summary>Inside a phase: its steps forward, then the loss and the gradients that batch norms of the next phase hand down, then its steps backward.</summary>
    private void SetClocks()
    {
        for (int level = 0; level <= last; level++)
        {
            int time = 0;
            foreach (Step step in plan.Forward[level]) forwardTimes[step] = time++;
            time = HandDownTime(level) + 1;
            foreach (Step step in plan.Backward[level]) backwardTimes[step] = time++;
        }
    }

    private int HandDownTime(int level) => plan.Forward[level].Length;

    private int BackwardPhase(int level) => (2 * last) + 1 - level;

    private IEnumerable<Step> Readers(TensorSlot tensor) => plan.Steps.Where(step => step.Inputs.Contains(tensor));

    private (int, int) ValuePhases(TensorSlot tensor) => (tensor.Level, BackwardPhase(tensor.Level));

    private (int, int) GradientPhases(TensorSlot tensor)
    {
        bool fromNorm = producers[tensor] is BatchNormStep;
        return (BackwardPhase(Readers(tensor).Max(step => step.Output.Level)), BackwardPhase(fromNorm ? tensor.Level - 1 : tensor.Level));
    }

    private (int, int) ValueSteps(TensorSlot tensor)
    {
        Step producer = producers[tensor];
        int end = tensor == plan.Output ? HandDownTime(tensor.Level) : forwardTimes[producer];
        foreach (Step reader in Readers(tensor))
        {
            end = Math.Max(end, forwardTimes[reader]);
            bool readsAgain = reader.BackwardReadsInput || tensor.GradientIsMasked;
            if (readsAgain && backwardTimes.TryGetValue(reader, out int time)) end = Math.Max(end, time);
        }

        if (producer.BackwardReadsOutput && backwardTimes.TryGetValue(producer, out int own)) end = Math.Max(end, own);
        return (forwardTimes[producer], end);
    }

    private (int, int) GradientSteps(TensorSlot tensor)
    {
        int first = Readers(tensor).Select(reader => reader is BatchNormStep ? HandDownTime(tensor.Level) : backwardTimes[reader])
            .DefaultIfEmpty(HandDownTime(tensor.Level)).Min();
        return (first, backwardTimes[producers[tensor]]);
    }
}
