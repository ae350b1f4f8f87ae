using System.Collections.Immutable;

namespace SparseNas.Networks;

/// <summary>What a plan may use.</summary>
public sealed record PlanOptions
{
    /// <summary>Everything that costs no cycles: rows where they save memory, one byte per value.</summary>
    public static PlanOptions Default { get; } = new();

    /// <summary>Convolutions whose maximum pooling, the next operator of the order and their only reader, is computed in the same pass.</summary>
    public ImmutableHashSet<int> OnePass { get; init; } = [];

    /// <summary>Tensors of which two values share a byte (<see cref="ActivationLayout"/>); their values need at most four bits.</summary>
    public ImmutableHashSet<int> Packed { get; init; } = [];

    /// <summary>Whether operators may run row by row while the input arrives.</summary>
    public bool AllowsRows { get; init; } = true;
}
