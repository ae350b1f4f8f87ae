using SparseNas.Training.Engine.Steps;

namespace SparseNas.Training.Engine;

/// <summary>What of a stage's backward pass runs.</summary>
internal enum BackwardPart
{
    Whole,
    Input,
    Weights,
}

/// <summary>
/// A stage, or a part of it, in the order of a backward phase. A convolution's weight gradient wants what the channelwise stage before it gave, and that
/// is not kept. It waits: first the convolution's input gradient, which does not need it, then the stage's own backward pass, which gives it
/// on the way, channel by channel, then the weight gradient. So the stage's input is read once.
/// </summary>
internal sealed record BackwardTask(Stage Stage, BackwardPart Part)
{
    /// <summary>The order of a phase. Stages whose output somebody waits for are told so, and need not be repeated.</summary>
    /// <param name="stages">Stages with gradients, last first.</param>
    /// <param name="repeated">What the phase would repeat before its backward pass; stages that somebody waits for are taken out.</param>
    public static BackwardTask[] OrderOf(Stage[] stages, List<Stage> repeated)
    {
        Dictionary<Stage, Stage> waiting = [];
        foreach (Stage stage in stages.Where(stage => repeated.Contains(stage) && stage.IsChannelwise && !stage.Output.GradientIsMasked))
        {
            Stage[] readers = [.. stages.Where(reader => reader.Inputs.Contains(stage.Output))];
            if (readers is [{ Steps: [ConvolutionStep] } reader] && !repeated.Contains(reader)) waiting[stage] = reader;
        }

        foreach (Stage stage in waiting.Keys)
        {
            stage.RepeatOutput();
            repeated.Remove(stage);
        }

        return
        [
            .. from stage in stages
               from task in (BackwardTask[])[new(stage, waiting.ContainsValue(stage) ? BackwardPart.Input : BackwardPart.Whole), .. WaitingFor(stage)]
               select task,
        ];

        BackwardTask[] WaitingFor(Stage stage) => waiting.TryGetValue(stage, out Stage? reader) ? [new(reader, BackwardPart.Weights)] : [];
    }

    /// <summary>Runs it for a block.</summary>
    public void Run(int block)
    {
        switch (Part)
        {
            case BackwardPart.Input:
                ((ConvolutionStep)Stage.Steps[0]).BackwardInput(block);
                break;
            case BackwardPart.Weights:
                ((ConvolutionStep)Stage.Steps[0]).BackwardWeights(block);
                break;
            default:
                Stage.Backward(block);
                break;
        }
    }
}
