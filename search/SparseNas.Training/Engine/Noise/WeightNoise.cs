using SparseNas.Networks;

namespace SparseNas.Training.Engine.Noise;

/// <summary>Variances of all weights, laid out like the weights themselves, and the factors of their groups.</summary>
internal sealed unsafe class WeightNoise : IWeightNoise
{
    private readonly GroupFactors?[] factors;
    private readonly NoiseOptions options;
    private nint scratchElements;

    public WeightNoise(Architecture architecture, NativeArena arena, NoiseOptions options, int maxBlocks)
    {
        MaxBlocks = maxBlocks;
        this.options = options;
        Variances = new Parameters(WithoutBiases(architecture), arena, training: true);
        factors = new GroupFactors?[architecture.Nodes.Length];
        foreach (KernelLayout layout in Variances.Kernels)
        {
            if (options.Kind == NoiseKind.Weights) continue;
            int groups = architecture.Nodes[layout.Node].Layer is Dense ? layout.Inputs : layout.Outputs;
            factors[layout.Node] = new GroupFactors(arena, groups, options.Kind == NoiseKind.LogNormalGroups);
        }
    }

    /// <inheritdoc/>
    public bool IsOn { get; set; }

    /// <summary>Blocks of the largest batch.</summary>
    public int MaxBlocks { get; }

    /// <summary>σ² in the layout of the weights; there are no biases, or they are zero.</summary>
    public Parameters Variances { get; }

    /// <summary>Room for the squares of one block of any layer's input.</summary>
    public float* Squares { get; private set; }

    /// <summary>Room for their gradients.</summary>
    public float* SquareGradients { get; private set; }

    /// <summary>The factors of a node, or null.</summary>
    public GroupFactors? FactorsOf(int node) => factors[node];

    /// <summary>The numbers of one block.</summary>
    public LaneNoise Of(NoisePurpose purpose, int node, long step, int block) => Of(options.Seed, purpose, node, step, block);

    /// <summary>The numbers of one block in a network with this seed.</summary>
    internal static LaneNoise Of(ulong seed, NoisePurpose purpose, int node, long step, int block) => new(seed + (ulong)purpose, node, step, block);

    /// <summary>Asks for scratch as large as a block of this tensor.</summary>
    public void Reserve(TensorSlot tensor) => scratchElements = nint.Max(scratchElements, tensor.BlockElements);

    /// <summary>Takes the scratch once every step has asked.</summary>
    public void TakeScratch(NativeArena arena)
    {
        Squares = arena.Floats(scratchElements);
        SquareGradients = arena.Floats(scratchElements);
    }

    /// <inheritdoc/>
    public int GroupCount(int node) => factors[node]?.Count ?? 0;

    /// <inheritdoc/>
    public void WriteVariances(int node, ReadOnlySpan<float> variances) => Variances.KernelOf(node).Import(variances, Variances.Values);

    /// <inheritdoc/>
    public void ReadVarianceGradient(int node, Span<float> gradient) => Variances.KernelOf(node).Export(Variances.Gradients, gradient);

    /// <inheritdoc/>
    public void WriteGroups(int node, ReadOnlySpan<float> means, ReadOnlySpan<float> variances)
    {
        GroupFactors own = Required(node);
        for (int group = 0; group < own.Count; group++)
        {
            int place = PlaceOf(node, group);
            own.Means[place] = means[group];
            own.Variances[place] = variances[group];
        }
    }

    /// <inheritdoc/>
    public void ReadGroupGradients(int node, Span<float> means, Span<float> variances)
    {
        GroupFactors own = Required(node);
        for (int group = 0; group < own.Count; group++)
        {
            int place = PlaceOf(node, group);
            means[group] = own.MeanGradients[place];
            variances[group] = own.VarianceGradients[place];
        }
    }

    private GroupFactors Required(int node) =>
        factors[node] ?? throw new InvalidOperationException($"Node {node} has no factors; ask for {nameof(NoiseKind.NormalGroups)} in {nameof(ITrainingHook)}.{nameof(ITrainingHook.Noise)}.");

    /// <summary>Input features of a dense layer stand in the engine's order, output channels in their own.</summary>
    private int PlaceOf(int node, int group)
    {
        KernelLayout layout = Variances.KernelOf(node);
        return Variances.Architecture.Nodes[node].Layer is Dense ? layout.IndexOf(0, group) - layout.Weights.Offset : group;
    }

    private static Architecture WithoutBiases(Architecture net) => new(net.Name, net.Input, net.Classes,
    [
        .. net.Nodes.Select(node => node with
        {
            Layer = node.Layer switch
            {
                Conv2D l => l with { HasBias = false },
                DepthwiseConv2D l => l with { HasBias = false },
                var other => other,
            },
        }),
    ]);
}

/// <summary>What numbers are for, so that weights and factors of one node draw apart.</summary>
internal enum NoisePurpose
{
    Outputs = 1,
    Factors,
}
