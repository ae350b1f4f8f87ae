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
        $"{Describe(site)}: {site.Input} at {site.InputOffset()} -> {site.Output} at {site.OutputOffset}.",
        $"{char.ToUpperInvariant(how[0])}{how[1..]}.",
    ];

    /// <summary>The same for an operator and the pooling computed with it.</summary>
    public static ImmutableArray<string> Of(OperatorSite site, OperatorSite pool, string how) =>
    [
        $"{Describe(site)}, then {Describe(pool)}: {site.Input} at {site.InputOffset()} -> {pool.Output} at {pool.OutputOffset}.",
        $"{char.ToUpperInvariant(how[0])}{how[1..]}.",
    ];

    /// <summary>Name, layer and what is folded in.</summary>
    public static string Describe(OperatorSite site)
    {
        string bits = site.Operator is QuantizedKernel kernel ? $", {kernel.Kernel.Bits}-bit weights" : "";
        return $"{site.Operator.Operator.Name}, {LayerNames.Describe(site.Layer)}{(site.Operator.Operator.HasRelu ? " + ReLU" : "")}{bits}";
    }
}
