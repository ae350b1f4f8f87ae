using SparseNas.Networks;

namespace SparseNas.Training.Engine;

/// <summary>Learned and measured numbers of one batch norm.</summary>
internal sealed class NormLayout
{
    public NormLayout(Architecture architecture, int node, ref int next, ref int nextRunning)
    {
        Node = node;
        Channels = architecture.OutputOf(node).Channels;
        Gamma = KernelLayout.Take(Channels, false, ref next);
        Beta = KernelLayout.Take(Channels, false, ref next);
        Mean = nextRunning;
        Variance = nextRunning + Channels;
        nextRunning += 2 * Channels;
    }

    public int Node { get; }

    public int Channels { get; }

    public ParameterRange Gamma { get; }

    public ParameterRange Beta { get; }

    /// <summary>Where the running mean is, in the running statistics.</summary>
    public int Mean { get; }

    /// <summary>Where the running variance is.</summary>
    public int Variance { get; }
}
