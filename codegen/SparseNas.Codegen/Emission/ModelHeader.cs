using System.Collections.Immutable;

namespace SparseNas.Codegen.Emission;

/// <summary>Where a model comes from: what the head of its source says. Texts may come from a user's files and are escaped.</summary>
/// <param name="ToolVersion">Version of SparseNas.</param>
/// <param name="Study">Name of the study, or of the network's file.</param>
/// <param name="Trial">Trial number, or null for a network from no study.</param>
/// <param name="Accuracy">Accuracy on the integers in 0 .. 1 with the set it was measured on, such as <c>0.9871 (validation)</c>; empty when unknown.</param>
/// <param name="Labels">Names of the classes; empty when they have none.</param>
public sealed record ModelHeader(string ToolVersion, string Study, int? Trial, string Accuracy, ImmutableArray<string> Labels)
{
    /// <summary>Whether the model also gives probabilities; its class needs none.</summary>
    public bool WithSoftmax { get; init; }
}
