using System.Collections.Immutable;
using SparseNas.Codegen.Compilation;
using SparseNas.Codegen.Costs;
using SparseNas.Networks;

namespace SparseNas.Codegen.Emission;

/// <summary>An assembly that holds steps of a model too large for one.</summary>
/// <param name="Name">Assembly name, and the name of its class in <c>SparseNas.Generated</c>.</param>
/// <param name="Sources">In the order of compilation; they may use the libraries before this one.</param>
public sealed record GeneratedLibrary(string Name, ImmutableArray<SourceFile> Sources)
{
    /// <summary>What the assembly carries beside code: weights that stay in flash.</summary>
    public ImmutableArray<ResourceFile> Resources { get; init; } = [];
}

/// <summary>A network as device source.</summary>
/// <param name="Sources">Files of C# 7.3, in the order of compilation; together they are <c>SparseNas.Generated.Model</c>.</param>
/// <param name="Steps">The code of each step, in the order in which <c>Model.Run</c> calls them.</param>
/// <param name="Cost">What each step costs.</param>
/// <param name="Plan">The memory plan with the bytes of locals that the emitted code uses.</param>
public sealed record GeneratedModel(
    ImmutableArray<SourceFile> Sources, ImmutableArray<OperatorCode> Steps, ModelCost Cost, MemoryPlan Plan)
{
    /// <summary>Libraries that the sources use, in build order; empty for a model that one assembly holds.</summary>
    public ImmutableArray<GeneratedLibrary> Libraries { get; init; } = [];

    /// <summary>What the assembly with <see cref="Sources"/> carries beside code: weights that stay in flash. Libraries have their own.</summary>
    public ImmutableArray<ResourceFile> Resources { get; init; } = [];

    /// <summary>Full name of the generated class.</summary>
    public const string TypeName = "SparseNas.Generated.Model";
}
