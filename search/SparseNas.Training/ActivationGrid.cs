using SparseNas.Networks;

namespace SparseNas.Training;

/// <summary>
/// Rounds one activation to a grid while training, so that weights learn to live with it: y = Scale · clamp(round(x / Scale), Lowest, Highest).
/// The gradient passes unchanged where x lies on the grid's range and is 0 outside (straight-through estimator, Bengio et al. 2013, with the
/// clipping of Choi et al. 2018).
/// </summary>
/// <param name="Node">
/// The architecture's node whose output is rounded, after the ReLU that alone reads it; a batch norm stands for itself and what it normalises.
/// </param>
/// <param name="Scale">Step between neighbouring values, positive and finite.</param>
/// <param name="Lowest">Smallest step count, at most 0.</param>
/// <param name="Highest">Largest step count, above <paramref name="Lowest"/>.</param>
public sealed record ActivationGrid(int Node, float Scale, int Lowest, int Highest)
{
    /// <summary>Every broken law, as sentences without a full stop.</summary>
    internal IEnumerable<string> Problems(Architecture architecture)
    {
        if ((uint)Node >= (uint)architecture.Nodes.Length) yield return $"activation grid: node {Node} is not one of {architecture.Nodes.Length}";
        if (!(Scale > 0 && float.IsFinite(Scale))) yield return $"activation grid of node {Node}: scale must be positive and finite, but is {Scale}";
        if (Lowest > 0 || Highest <= Lowest) yield return $"activation grid of node {Node}: lowest <= 0 and lowest < highest must hold, but got {Lowest} and {Highest}";
    }
}
