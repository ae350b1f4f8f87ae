using SparseNas.Networks;

namespace SparseNas.Training;

/// <summary>
/// The naive twin of the engine's random weights: y = (m + √(v + 1e-8)·n)·z with m = b + Σ xw, v = Σ x²σ² for convolutions, and
/// y = m + √(v + 1e-8)·n over x·z for dense layers. What is drawn is given by the caller, so that the gradient of one draw can be checked.
/// </summary>
public sealed class ReferenceNoise
{
    private const double LeastVariance = 1e-8;

    private readonly Dictionary<int, NodeState> states = [];

    /// <summary>No variance and no factors at first.</summary>
    public ReferenceNoise(Architecture architecture, NoiseKind kind)
    {
        Kind = kind;
        for (int node = 0; node < architecture.Nodes.Length; node++)
        {
            int weights = ParameterCount.Of(architecture, node).Weights;
            if (weights == 0) continue;
            bool isDense = architecture.Nodes[node].Layer is Dense;
            int groups = kind == NoiseKind.Weights ? 0 : isDense ? architecture.InputOf(node).Elements : architecture.OutputOf(node).Channels;
            states[node] = new NodeState(isDense, new double[weights], new double[groups], new double[groups]);
        }
    }

    /// <summary>What is random.</summary>
    public NoiseKind Kind { get; }

    /// <summary>n of an output: (node, index in [N,H,W,C]).</summary>
    public required Func<int, int, double> OutputNoise { get; init; }

    /// <summary>n of a factor: (node, image, group).</summary>
    public required Func<int, int, int, double> FactorNoise { get; init; }

    /// <summary>σ² of a node's weights.</summary>
    public double[] Variances(int node) => states[node].Variances;

    /// <summary>Means of a node's factors or of their logarithms.</summary>
    public double[] GroupMeans(int node) => states[node].GroupMeans;

    /// <summary>Variances of the same.</summary>
    public double[] GroupVariances(int node) => states[node].GroupVariances;

    /// <summary>Gradients by <see cref="Variances"/>, <see cref="GroupMeans"/> and <see cref="GroupVariances"/> after a step.</summary>
    public (double[] Variances, double[] GroupMeans, double[] GroupVariances) Gradients(int node) =>
        (states[node].VarianceGradients, states[node].MeanGradients, states[node].GroupVarianceGradients);

    /// <summary>Turns means m of a node's outputs, computed from <see cref="ScaledInput"/>, into outputs.</summary>
    internal void AddNoise(int node, double[] x, double[] y, int channels, Action<Action<int, int, int>> products)
    {
        NodeState state = states[node];
        state.OutputVariances = new double[y.Length];
        products((xi, wi, yi) => state.OutputVariances[yi] += x[xi] * x[xi] * state.Variances[wi]);
        int perImage = y.Length / state.ImageCount;
        for (int i = 0; i < y.Length; i++)
        {
            y[i] += Math.Sqrt(state.OutputVariances[i] + LeastVariance) * OutputNoise(node, i);
            if (!state.IsDense && Kind != NoiseKind.Weights) y[i] *= Factor(node, i / perImage, i % channels);
        }
    }

    /// <summary>A dense layer's input times its factors; any other layer's as it is.</summary>
    internal double[] ScaledInput(int node, double[] x, int images)
    {
        NodeState state = states[node];
        state.ImageCount = images;
        if (!state.IsDense || Kind == NoiseKind.Weights) return x;
        int features = state.GroupMeans.Length;
        return [.. x.Select((value, index) => value * Factor(node, index / features, index % features))];
    }

    /// <summary>From ∂y to ∂m, in place, the factors' gradients on the way.</summary>
    internal void BeginBackward(int node, double[] y, double[] dy, int channels)
    {
        NodeState state = states[node];
        state.ClearGradients();
        if (state.IsDense || Kind == NoiseKind.Weights) return;
        int perImage = y.Length / state.ImageCount;
        for (int i = 0; i < y.Length; i++)
        {
            int image = i / perImage, group = i % channels;
            double z = Factor(node, image, group);
            AddFactorGradient(node, image, group, dy[i] * y[i] / z);
            dy[i] *= z;
        }
    }

    /// <summary>Adds what the variances of the outputs owe to σ² and to the (scaled) input.</summary>
    internal void BackwardVariances(int node, double[] x, double[] dx, double[] dm, Action<Action<int, int, int>> products)
    {
        NodeState state = states[node];
        double[] dv = [.. dm.Select((slope, i) => slope * OutputNoise(node, i) / (2 * Math.Sqrt(state.OutputVariances[i] + LeastVariance)))];
        products((xi, wi, yi) =>
        {
            state.VarianceGradients[wi] += x[xi] * x[xi] * dv[yi];
            dx[xi] += 2 * x[xi] * state.Variances[wi] * dv[yi];
        });
    }

    /// <summary>From the gradient of the scaled input to that of the input, added to <paramref name="dx"/>.</summary>
    internal void EndBackward(int node, double[] x, double[] dScaled, double[] dx)
    {
        int features = states[node].GroupMeans.Length;
        for (int i = 0; i < x.Length; i++)
        {
            (int image, int group) = Math.DivRem(i, features);
            AddFactorGradient(node, image, group, dScaled[i] * x[i]);
            dx[i] += dScaled[i] * Factor(node, image, group);
        }
    }

    /// <summary>Whether the input of a node is scaled.</summary>
    internal bool ScalesInput(int node) => states[node].IsDense && Kind != NoiseKind.Weights;

    private double Factor(int node, int image, int group)
    {
        NodeState state = states[node];
        double u = state.GroupMeans[group] + (Math.Sqrt(state.GroupVariances[group]) * FactorNoise(node, image, group));
        return Kind == NoiseKind.LogNormalGroups ? Math.Exp(u) : u;
    }

    private void AddFactorGradient(int node, int image, int group, double dz)
    {
        NodeState state = states[node];
        double du = Kind == NoiseKind.LogNormalGroups ? dz * Factor(node, image, group) : dz;
        state.MeanGradients[group] += du;
        state.GroupVarianceGradients[group] += du * FactorNoise(node, image, group) / (2 * Math.Sqrt(state.GroupVariances[group]));
    }

    private sealed record NodeState(bool IsDense, double[] Variances, double[] GroupMeans, double[] GroupVariances)
    {
        public double[] VarianceGradients { get; } = new double[Variances.Length];

        public double[] MeanGradients { get; } = new double[GroupMeans.Length];

        public double[] GroupVarianceGradients { get; } = new double[GroupMeans.Length];

        public double[] OutputVariances { get; set; } = [];

        public int ImageCount { get; set; }

        public void ClearGradients()
        {
            foreach (double[] gradient in (double[][])[VarianceGradients, MeanGradients, GroupVarianceGradients]) Array.Clear(gradient);
        }
    }
}
