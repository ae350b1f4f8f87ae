using System.Collections.Immutable;

namespace SparseNas.Search;

/// <summary>A figure that a study minimises.</summary>
public enum ObjectiveKind
{
    /// <summary>Share of wrong answers of the integer network on validation data, 0 to 1.</summary>
    ValidationError,

    /// <summary>Packed parameter bytes.</summary>
    ParameterBytes,

    /// <summary>Planned working-memory peak in bytes, input included.</summary>
    WorkingMemoryPeakBytes,

    /// <summary>Multiply-accumulates of one inference.</summary>
    Macs,

    /// <summary>Estimated cycles on the study's board.</summary>
    Cycles,

    /// <summary>Weights and biases that are not zero (SpArSe's model size).</summary>
    L0,
}

/// <summary>One figure to minimise.</summary>
/// <param name="Kind">Which figure.</param>
/// <param name="Limit">Hard limit: a network above it is infeasible and never on the front; null for none.</param>
/// <param name="Target">The value a user would be content with: it scales the objective against the others; null for none.</param>
public sealed record Objective(ObjectiveKind Kind, double? Limit = null, double? Target = null)
{
    /// <summary>What the largest of a sample of the space needs, where that is known before training: the corner of an objective without limit and target.</summary>
    public double? Reach { get; init; }

    /// <summary>The name in study files and reports: <c>validationError</c>, <c>parameterBytes</c>, …</summary>
    public string Name => Names.First(pair => pair.Value == Kind).Key;

    /// <summary>The values that objectives may have in a study file.</summary>
    public static ImmutableSortedDictionary<string, ObjectiveKind> Names { get; } = Enum.GetValues<ObjectiveKind>()
        .ToImmutableSortedDictionary(kind => char.ToLowerInvariant(kind.ToString()[0]) + kind.ToString()[1..], kind => kind, StringComparer.Ordinal);

    /// <summary>The objective's value in <paramref name="score"/>; +∞ where it was not measured.</summary>
    public double Of(Score score) => Kind switch
    {
        ObjectiveKind.ValidationError => score.ValidationError,
        ObjectiveKind.ParameterBytes => score.ParameterBytes,
        ObjectiveKind.WorkingMemoryPeakBytes => score.WorkingMemoryPeakBytes,
        ObjectiveKind.Macs => score.Macs,
        ObjectiveKind.Cycles => score.Cycles ?? double.PositiveInfinity,
        ObjectiveKind.L0 => score.L0,
        _ => throw new InvalidOperationException($"Objective {Kind} is not handled here."),
    };
}
