using SparseNas.Networks;

namespace SparseNas.Search;

/// <summary>A morphed child of a trial, with its parent's weights and a share of the epochs where the study says so.</summary>
internal static class Offspring
{
    public static Candidate Of(Trial parent, Study study, SearchSpace space, SeededRandom random)
    {
        Candidate child = Morphisms.Mutate(parent.Candidate, space, random);
        return child with
        {
            Rung = 0,
            Repeats = null,
            Parent = study.Optimizer.InheritWeights ? parent.Number : null,
            Origin = $"{child.Origin} of trial {parent.Number}",
        };
    }
}
