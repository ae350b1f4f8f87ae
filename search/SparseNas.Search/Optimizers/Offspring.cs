using SparseNas.Networks;

namespace SparseNas.Search;

/// <summary>A morphed child of a trial, with its parent's weights and a share of the epochs where the study says so.</summary>
internal static class Offspring
{
    public static Candidate Of(Trial parent, Study study, SearchSpace space, SeededRandom random)
    {
        Candidate child = Morphisms.Mutate(parent.Candidate, space, random);
        int epochs = study.Optimizer.RungEpochs.IsEmpty ? study.Training.Options.Epochs : study.Optimizer.RungEpochs[0];
        if (study.Optimizer.InheritWeights) epochs = Math.Max(1, (int)Math.Round(epochs * study.Optimizer.ChildEpochs));
        return child with
        {
            Training = child.Training with { Epochs = epochs },
            Rung = 0,
            Repeats = null,
            Parent = study.Optimizer.InheritWeights ? parent.Number : null,
            Origin = $"{child.Origin} of trial {parent.Number}",
        };
    }
}
