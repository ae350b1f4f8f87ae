using System.Collections.Immutable;
using SparseNas.Networks;
using SparseNas.Training.Engine.Kernels;
using SparseNas.Training.Engine.Noise;
using SparseNas.Training.Engine.Steps;

namespace SparseNas.Training.Engine;

/// <summary>Share of the last dense layer's inputs that is dropped, and the seed of the choice.</summary>
internal readonly record struct DropoutOptions(float Share, ulong Seed);

/// <summary>What a plan is for.</summary>
/// <param name="BatchSize">Images of the largest batch.</param>
/// <param name="Training">Whether gradients are needed.</param>
internal sealed record PlanOptions(int BatchSize, bool Training)
{
    /// <summary>Activations to round.</summary>
    public ImmutableArray<ActivationGrid> Grids { get; init; } = [];

    /// <summary>What is dropped before the last dense layer.</summary>
    public DropoutOptions Dropout { get; init; }

    /// <summary>What is random in the layers with kernels.</summary>
    public NoiseOptions Noise { get; init; }

    /// <summary>Whether outputs that nothing reads are computed too, for those who look at every operator.</summary>
    public bool EveryOutput { get; init; }

    /// <summary>Whether tensors that are not needed at the same time share memory; without, all can be looked at after a batch of one block.</summary>
    public bool SharesMemory { get; init; } = true;
}

/// <summary>
/// The static plan of one network: steps in phases. Batch norm needs the whole batch, so it separates phases; inside a phase one block of
/// sixteen images runs through all steps while it is in cache. What does not cross a barrier has room for one block only and is computed
/// again in the backward pass. Steps that act on each channel by itself are stages that run channel by channel.
/// </summary>
internal sealed class NetworkPlan
{
    public NetworkPlan(Architecture architecture, InstructionSet set, NativeArena arena, PlanOptions options)
    {
        Kernels = LaneKernels.Of(set);
        Parameters = new Parameters(architecture, arena, options.Training);
        Batch = new BatchLanes(arena, options.BatchSize);
        Input = new TensorSlot(architecture.Input, 0) { KeepsValue = true };
        Noise = options.Noise.Kind == NoiseKind.None ? null : new WeightNoise(architecture, arena, options.Noise, Batch.MaxBlocks);
        (Steps, NodeOutputs) = new StepBuilder(architecture, set, Kernels, Parameters, Noise, Batch, Input, options).Build();
        Output = Steps[^1].Output;

        int last = Output.Level;
        if (options.Training)
        {
            Keep();
            MaskGradientsEarly();
            FindUniformGradients();
        }

        Stages = Stage.Of(Steps);
        foreach (Stage stage in options.SharesMemory ? Stages : [])
        {
            foreach (TensorSlot tensor in stage.Passing) tensor.PassingChannels = stage.ChannelsAtOnce;
        }

        Forward = [.. PerLevel(last, level => Stages.Where(stage => stage.Output.Level == level))];
        BatchNorms = [.. PerLevel(last + 1, level => Steps.OfType<BatchNormStep>().Where(step => step.Output.Level == level))];
        Stage[][] backward = [.. PerLevel(last, level => Stages.Where(stage => stage.Output.Level == level && stage.Output.NeedsGradient).Reverse())];
        List<Stage>[] repeated = [.. backward.Select(stages => stages == backward[^1] ? [] : StagesToRepeat(stages))];
        Backward = [.. backward.Zip(repeated, BackwardTask.OrderOf)];
        Recompute = [.. repeated.Select(stages => stages.ToArray())];
        if (options.Training) DecideAccumulation();

        new TensorMemory(this, options).Assign(arena);
        Noise?.TakeScratch(arena);
        foreach (Step step in Steps) step.Prepare(arena, options.Training);
        foreach (Stage stage in Stages) stage.JoinBorders();
    }

    public LaneKernels Kernels { get; }

    public Parameters Parameters { get; }

    public BatchLanes Batch { get; }

    /// <summary>The random half of the weights, or null.</summary>
    public WeightNoise? Noise { get; }

    /// <summary>The encoded images, kept for every block.</summary>
    public TensorSlot Input { get; }

    /// <summary>The logits.</summary>
    public TensorSlot Output { get; }

    /// <summary>The tensor of every node; a node and the ReLU fused into it share one, which holds what the ReLU gives.</summary>
    public TensorSlot[] NodeOutputs { get; }

    /// <summary>All steps in topological order.</summary>
    public Step[] Steps { get; }

    /// <summary>The steps as a block runs through them.</summary>
    public Stage[] Stages { get; }

    /// <summary>Stages of each phase.</summary>
    public Stage[][] Forward { get; }

    /// <summary>What each backward phase runs: stages whose parameters or inputs have gradients, last first.</summary>
    public BackwardTask[][] Backward { get; }

    /// <summary>Stages of each phase to run again before its backward pass.</summary>
    public Stage[][] Recompute { get; }

    /// <summary>Batch norms whose output belongs to a phase; one entry more than there are phases, the last is empty.</summary>
    public BatchNormStep[][] BatchNorms { get; }

    private static IEnumerable<T[]> PerLevel<T>(int last, Func<int, IEnumerable<T>> select) =>
        Enumerable.Range(0, last + 1).Select(level => select(level).ToArray());

    /// <summary>What crosses a barrier is kept for all blocks.</summary>
    private void Keep()
    {
        foreach (Step step in Steps)
        {
            foreach (TensorSlot input in step.Inputs.Where(input => input.Level < step.Output.Level))
            {
                input.KeepsValue = true;
                input.KeepsGradient |= step is not BatchNormStep;   // a batch norm hands its gradient on in the phase of its input
            }

            if (step is BatchNormStep) step.Output.KeepsGradient = true;
            if (step is NormalWeightsStep) step.Output.KeepsValue |= step.Output.Level < Output.Level;   // to draw it again costs more than to read it
        }
    }

    /// <summary>
    /// Where a tensor that ends with a ReLU has one reader, that reader masks the gradient as it writes it. A batch norm sees from its input where its
    /// ReLU is open.
    /// </summary>
    private void MaskGradientsEarly()
    {
        foreach (Step step in Steps.Where(step => step.HasRelu && step is not BatchNormStep))
        {
            Step[] readers = [.. Steps.Where(reader => reader.Inputs.Contains(step.Output))];
            step.Output.GradientIsMasked = readers.Length == 1 && readers[0].CanMaskInputGradient;
        }
    }

    /// <summary>A global average gives all pixels of a channel one gradient, and a batch norm before it reads it as one.</summary>
    private void FindUniformGradients()
    {
        foreach (BatchNormStep norm in Steps.OfType<BatchNormStep>())
        {
            Step[] readers = [.. Steps.Where(reader => reader.Inputs.Contains(norm.Output))];
            norm.Output.GradientIsUniform = readers is [AveragePoolStep { IsGlobal: true }];
        }
    }

    private List<Stage> StagesToRepeat(Stage[] backward)
    {
        HashSet<TensorSlot> needed = [];
        foreach (Stage stage in backward)
        {
            if (stage.BackwardReadsInput) needed.UnionWith(stage.Inputs);
            if (stage.BackwardReadsOutput) needed.Add(stage.Output);
        }

        var repeated = new List<Stage>();
        foreach (Stage stage in Stages.Reverse().Where(stage => needed.Contains(stage.Output) && !stage.Output.KeepsValue))
        {
            needed.UnionWith(stage.Inputs);
            repeated.Insert(0, stage);
        }

        return repeated;
    }

    /// <summary>Walks the backward pass as it will run: the first gradient written to a tensor stores, later ones add.</summary>
    private void DecideAccumulation()
    {
        HashSet<TensorSlot> written = [];
        for (int level = Backward.Length - 1; level >= 0; level--)
        {
            foreach (BatchNormStep norm in BatchNorms[level + 1]) Write(norm);
            IEnumerable<Stage> stages = Backward[level].Where(task => task.Part != BackwardPart.Weights).Select(task => task.Stage);
            foreach (Step step in stages.SelectMany(stage => stage.Steps.Reverse()).Where(step => step is not BatchNormStep)) Write(step);
        }

        void Write(Step step)
        {
            for (int input = 0; input < step.Inputs.Length; input++) step.Accumulates[input] = !written.Add(step.Inputs[input]);
        }
    }
}
