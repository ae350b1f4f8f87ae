using SparseNas.Networks;

namespace SparseNas.Cli;

/// <summary>An architecture in one line for tables.</summary>
internal static class LayerText
{
    /// <summary>Its operators in order; what only follows from another layer (batch norm, ReLU) is left out.</summary>
    public static string Of(Architecture architecture) =>
        string.Join(" ", architecture.Nodes.Where(node => node.Layer is not (Relu or BatchNorm)).Select(node => LayerNames.Describe(node.Layer).Replace(" stride ", "/").Replace(" same", "s")));
}
