using SparseNas.Training.Engine.Steps;

namespace SparseNas.Training.Engine;

/// <summary>
/// What a block runs through as one: a single step, or a chain of channelwise steps of which each alone reads the one before. A chain runs a few
/// channels at a time; what lies between its steps has room for those, stays in the first-level cache, and is computed again in the backward pass.
/// </summary>
internal sealed class Stage
{
    private readonly ChannelwiseStep[] chain;
    private readonly ChannelwiseStep[] backward;
    private ChannelwiseStep[] repeated;

    private Stage(Step[] steps)
    {
        Steps = steps;
        chain = steps.All(step => step.IsChannelwise) ? [.. steps.Cast<ChannelwiseStep>()] : [];
        foreach (ChannelwiseStep step in chain) step.ChannelsAtOnce = chain.Min(other => other.ChannelsAtOnce);
        backward = [.. chain.Where(step => step.Output.NeedsGradient).Reverse()];
        repeated = chain[..RepeatedSteps()];
        foreach ((ChannelwiseStep step, ChannelwiseStep next) in chain.Zip(chain.Skip(1)))
        {
            if (step is not BatchNormStep norm || next is not DepthwiseStep reader) continue;
            reader.SummedNorm = norm;
            norm.SummingReader = reader;
            if (!reader.GivesSmallerGradient) continue;
            norm.Output.GradientIsRegained = true;
            norm.Output.KeepsGradient = false;
            reader.Output.KeepsGradient = true;
        }
    }

    /// <summary>The steps, first to last.</summary>
    public Step[] Steps { get; }

    /// <summary>What is read.</summary>
    public TensorSlot[] Inputs => Steps[0].Inputs;

    /// <summary>What is written.</summary>
    public TensorSlot Output => Steps[^1].Output;

    /// <summary>Channels that run together, where the steps run channel by channel.</summary>
    public int ChannelsAtOnce => IsChannelwise ? chain[0].ChannelsAtOnce : 0;

    /// <summary>Tensors between the steps.</summary>
    public IEnumerable<TensorSlot> Passing => Steps.SkipLast(1).Select(step => step.Output);

    /// <summary>Whether the steps run channel by channel.</summary>
    public bool IsChannelwise => chain.Length > 0;

    /// <summary>Whether <see cref="Backward"/> gives the output once more, for a layer behind whose weight gradient waits for it.</summary>
    public bool RepeatsOutput { get; private set; }

    /// <summary>Whether <see cref="Backward"/> reads the values of its inputs.</summary>
    public bool BackwardReadsInput => repeated.Length > 0 || Steps[0].BackwardReadsInput;

    /// <summary>Whether <see cref="Backward"/> reads its own output.</summary>
    public bool BackwardReadsOutput => Steps[^1].BackwardReadsOutput;

    /// <summary>Whether <see cref="Backward"/> reads the value of a tensor that this stage touches, or computes it again.</summary>
    public bool BackwardUses(TensorSlot tensor) =>
        (BackwardReadsInput && Inputs.Contains(tensor)) || ((BackwardReadsOutput || RepeatsOutput) && Output == tensor) || Passing.Contains(tensor);

    /// <summary>Stages of steps in topological order; a chain comes where its last step was.</summary>
    public static Stage[] Of(Step[] steps)
    {
        List<List<Step>> stages = [];
        foreach (Step step in steps)
        {
            List<Step>? before = step.IsChannelwise ? stages.Find(stage => IsNext(stage[^1], step)) : null;
            if (before is not null) stages.Remove(before);
            stages.Add([.. before ?? [], step]);
        }

        return [.. stages.Select(stage => new Stage([.. stage]))];

        bool IsNext(Step last, Step step) =>
            last.IsChannelwise && last.Output == step.Inputs[0] && last.Output.Level == step.Output.Level
            && steps.Count(reader => reader.Inputs.Contains(last.Output)) == 1;
    }

    /// <summary>Makes <see cref="RepeatsOutput"/> true; only for a stage that runs channel by channel.</summary>
    public void RepeatOutput()
    {
        RepeatsOutput = true;
        if (chain is [BatchNormStep norm]) norm.RepeatsOutput = true;
        else repeated = chain;
    }

    /// <summary>After memory is assigned: a batch norm writes between the borders of the depthwise layer behind it.</summary>
    public void JoinBorders()
    {
        for (int i = 1; i < chain.Length; i++)
        {
            if (chain[i - 1] is not BatchNormStep norm || chain[i] is not DepthwiseStep { Bordered: { } planes } reader) continue;
            if (!norm.Output.IsPassing || planes.Layout.IsCompact) continue;
            norm.WriteInto(planes);
            reader.InputIsBordered = true;
        }
    }

    /// <summary>Output from inputs.</summary>
    public void Forward(int block)
    {
        if (chain.Length == 0)
        {
            Steps[0].Forward(block);
            return;
        }

        for (int i = 0; chain[0].Channels(i) is { Count: > 0 } channels; i++)
        {
            foreach (ChannelwiseStep step in chain) step.Forward(block, channels);
        }
    }

    /// <summary>Gradients of inputs and parameters from the gradient of the output.</summary>
    public void Backward(int block)
    {
        if (chain.Length == 0)
        {
            Steps[0].Backward(block);
            return;
        }

        for (int i = 0; chain[0].Channels(i) is { Count: > 0 } channels; i++)
        {
            foreach (ChannelwiseStep step in repeated) step.Forward(block, channels);
            foreach (ChannelwiseStep step in backward) step.Backward(block, channels);
        }
    }

    /// <summary>How many steps of the chain the backward pass needs the outputs of.</summary>
    private int RepeatedSteps()
    {
        for (int i = chain.Length - 2; i >= 0; i--)
        {
            bool isMasked = chain[i].Output.GradientIsMasked;
            if (chain[i + 1].Output.NeedsGradient && (chain[i + 1].BackwardReadsInput || isMasked || chain[i].BackwardReadsOutput)) return i + 1;
        }

        return 0;
    }
}
