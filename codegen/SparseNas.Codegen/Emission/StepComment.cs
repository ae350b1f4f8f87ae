using System.Collections.Immutable;
using SparseNas.Networks;
using SparseNas.Quantization;

namespace SparseNas.Codegen.Emission;

/// <summary>The comment above a generated step.</summary>
internal static class StepComment
{
    /// <summary>Layer, shapes, where it lies and how it is computed.</summary>
    public static ImmutableArray<string> Of(OperatorSite site, string how) =>
    [
        $"{Describe(site)}: {Places(site, site)}.",
        $"{char.ToUpperInvariant(how[0])}{how[1..]}.",
    ];

    /// <summary>The same for an operator and the pooling computed with it.</summary>
    public static ImmutableArray<string> Of(OperatorSite site, OperatorSite pool, string how) =>
    [
        $"{Describe(site)}, then {Describe(pool)}: {Places(site, pool)}.",
        $"{char.ToUpperInvariant(how[0])}{how[1..]}.",
    ];

    /// <summary>Shapes and places; for a row stage one row, made from the rows of its window, and how often.</summary>
    private static string Places(OperatorSite site, OperatorSite last) => site.Stage is not { } stage
        ? $"{site.Input} at {site.InputOffset()} -> {last.Output} at {site.Plan.Of(last.Index).OffsetBytes}"
        : $"rows of {site.Input.Width}x{site.Input.Channels} at {string.Join(", ", stage.RowOffsets)} -> "
            + (stage.Target == RowTarget.Accumulators ? $"{last.Output.Channels} sums" : $"row of {last.Output.Width}x{last.Output.Channels}")
            + $" at {stage.TargetOffset}{(stage.Target == RowTarget.Tensor ? " and on" : "")}, {stage.Rows.Output} times";

    /// <summary>Name, layer and what is folded in.</summary>
    public static string Describe(OperatorSite site)
    {
        string bits = site.Operator is QuantizedKernel kernel ? $", {WeightWidth.Describe(kernel.Kernel.Bits)} weights" : "";
        return $"{site.Operator.Operator.Name}, {LayerNames.Describe(site.Layer)}{(site.Operator.Operator.HasRelu ? " + ReLU" : "")}{bits}";
    }
}
