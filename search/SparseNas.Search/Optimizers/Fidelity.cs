using SparseNas.Networks;

namespace SparseNas.Search;

/// <summary>Gives what an optimiser proposes the epochs and the share of the data of its place in the study.</summary>
internal sealed class AtFidelity(IOptimizer inner, Study study) : IOptimizer
{
    /// <inheritdoc/>
    public IEnumerable<Candidate> Propose(TrialHistory history, SeededRandom random) =>
        inner.Propose(history, random).Select(Fidelity.Of(study, history.NextNumber).Applied);
}

/// <summary>How long, and on what share of the data, new candidates train at a place in a study.</summary>
/// <param name="Epochs">Epochs of fresh weights; children with inherited ones train their share of them.</param>
/// <param name="DataShare">Share of the training samples.</param>
/// <param name="ChildEpochs">That share of the epochs.</param>
internal readonly record struct Fidelity(int Epochs, double DataShare, double ChildEpochs)
{
    /// <summary>The fidelity of a trial: its stage's, else the lowest rung's, else the training's own.</summary>
    public static Fidelity Of(Study study, int number)
    {
        double child = study.Optimizer.ChildEpochs;
        return study.StageOf(number)?.Stage switch
        {
            SearchStage stage => new(stage.Epochs, stage.DataShare, child),
            RepeatStage stage => new(stage.Epochs, 1, child),
            null => new(study.Optimizer.RungEpochs.IsEmpty ? study.Training.Options.Epochs : study.Optimizer.RungEpochs[0], 1, child),
            { } stage => throw new InvalidOperationException($"Stage {stage} is not handled here."),
        };
    }

    /// <summary>The candidate at this fidelity.</summary>
    public Candidate Applied(Candidate candidate) => candidate with
    {
        Training = candidate.Training with { Epochs = candidate.Parent is null ? Epochs : Math.Max(1, (int)Math.Round(Epochs * ChildEpochs)) },
        DataShare = DataShare,
    };
}
