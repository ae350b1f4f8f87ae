using System.Collections.Immutable;
using SparseNas.Codegen.Compilation;
using SparseNas.Codegen.Costs;
using SparseNas.Networks;

namespace SparseNas.Codegen.Emission;

/// <summary>A network as device source.</summary>
/// <param name="Sources">Files of C# 7.3, in the order of compilation; together they are <c>SparseNas.Generated.Model</c>.</param>
/// <param name="Steps">The code of each step, in the order in which <c>Model.Run</c> calls them.</param>
/// <param name="Cost">What each step costs.</param>
/// <param name="Plan">The memory plan with the bytes of locals that the emitted code uses.</param>
public sealed record GeneratedModel(
    ImmutableArray<SourceFile> Sources, ImmutableArray<OperatorCode> Steps, ModelCost Cost, MemoryPlan Plan)
{
    /// <summary>Full name of the generated class.</summary>
    public const string TypeName = "SparseNas.Generated.Model";
}
