using System.Collections.Immutable;
using SparseNas.Networks;

namespace SparseNas.Search;

/// <summary>
/// Stages around any optimiser: each begins by training the front of the earlier stages on, at its own epochs and share of the data, then lets the optimiser
/// propose; a <see cref="RepeatStage"/> trains the front anew from other seeds.
/// </summary>
public sealed class StagedSearch(IOptimizer inner, Study study) : IOptimizer
{
    /// <inheritdoc/>
    public IEnumerable<Candidate> Propose(TrialHistory history, SeededRandom random)
    {
        StagePlace place = study.StageOf(history.NextNumber)!;
        return place.Stage switch
        {
            RepeatStage stage => Repeated(stage, place.First, history) is { } candidate ? [candidate] : inner.Propose(history, random),
            SearchStage stage => Searched(stage, place, history, random),
            _ => throw new InvalidOperationException($"Stage {place.Stage} is not handled here."),
        };
    }

    private IEnumerable<Candidate> Searched(SearchStage stage, StagePlace place, TrialHistory history, SeededRandom random)
    {
        if (Promotable(stage, place, history) is { } trial) yield return Promoted(trial, stage, place);
        foreach (Candidate candidate in inner.Propose(history, random)) yield return candidate;
    }

    /// <summary>The most valuable member of the earlier stages' front that this stage has not trained on yet.</summary>
    private Trial? Promotable(SearchStage stage, StagePlace place, TrialHistory history)
    {
        HashSet<int> promoted =
        [
            .. history.Trials.Skip(place.First - 1).Select(trial => trial.Candidate).Concat(history.Pending.TakeLast(history.NextNumber - place.First))
                .Where(candidate => candidate.Rung == place.Index && candidate.Parent is not null).Select(candidate => candidate.Parent!.Value),
        ];
        if (promoted.Count >= stage.Promotions) return null;
        return FrontSelection.Greedy(Before(history, place.First), study.Objectives, stage.Promotions).FirstOrDefault(trial => !promoted.Contains(trial.Number));
    }

    private static Candidate Promoted(Trial trial, SearchStage stage, StagePlace place) => trial.Candidate with
    {
        Rung = place.Index,
        Parent = trial.Number,
        Training = trial.Candidate.Training with { Epochs = stage.Epochs },
        DataShare = stage.DataShare,
        Origin = $"promote trial {trial.Number} to stage {place.Index + 1}",
    };

    /// <summary>
    /// Seed by seed of member by member; null when the front has too few. Members are chosen from the trials that the stage's first proposal knew, so that all its
    /// proposals choose alike.
    /// </summary>
    private Candidate? Repeated(RepeatStage stage, int first, TrialHistory history)
    {
        int place = history.NextNumber - first;
        Trial? member = FrontSelection.Greedy(Before(history, first - study.Optimizer.Lag + 1), study.Objectives, stage.Members).ElementAtOrDefault(place / stage.Seeds);
        return member is null ? null : member.Candidate with
        {
            Repeats = member.Number,
            Rung = 0,
            Parent = null,
            DataShare = 1,
            Training = member.Candidate.Training with { Epochs = stage.Epochs },
            Origin = $"seed {(place % stage.Seeds) + 1} of {stage.Seeds} for trial {member.Number}",
        };
    }

    /// <summary>The history as it was when a trial was the next.</summary>
    private static TrialHistory Before(TrialHistory history, int number) => new([.. history.Trials.Take(number - 1)], []);
}
