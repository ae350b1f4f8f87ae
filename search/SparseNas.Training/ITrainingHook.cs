namespace SparseNas.Training;

/// <summary>Looks at, and changes, weights between training steps: pruning schedules are built on it.</summary>
public interface ITrainingHook
{
    /// <summary>What is to be random in the network, as far as <see cref="ITrainableWeights.Noise"/> then says.</summary>
    NoiseKind Noise => NoiseKind.None;

    /// <summary>Called before the first step and after every optimiser step.</summary>
    /// <param name="step">Steps done.</param>
    /// <param name="totalSteps">Steps of the whole run.</param>
    /// <param name="weights">The weights; changes take effect at the next step.</param>
    void AfterStep(int step, int totalSteps, ITrainableWeights weights);
}

/// <summary>The weights of a network in training. A masked weight is 0, takes no part in a step and stays 0 until its mask is lifted.</summary>
public interface ITrainableWeights
{
    /// <summary>Indices of the architecture's nodes that have a kernel.</summary>
    ReadOnlySpan<int> KernelNodes { get; }

    /// <summary>Copies the weights of node <paramref name="node"/> in the layout of <see cref="Networks.KernelWeights"/>; the dense value
    /// under a mask included, where the hook keeps one.</summary>
    void ReadWeights(int node, Span<float> weights);

    /// <summary>Replaces the weights of node <paramref name="node"/>.</summary>
    void WriteWeights(int node, ReadOnlySpan<float> weights);

    /// <summary>Sets the mask of node <paramref name="node"/>: true lives, false is held at exactly 0.</summary>
    void SetMask(int node, ReadOnlySpan<bool> mask);

    /// <summary>Copies the latest gradient of node <paramref name="node"/>, masked weights included.</summary>
    void ReadGradient(int node, Span<float> gradient);

    /// <summary>Multiplies the biases of node <paramref name="node"/>, where it has any, by one factor for each output channel.</summary>
    void ScaleBiases(int node, ReadOnlySpan<float> factors);

    /// <summary>The random half, off at first; null where the hook asked for none.</summary>
    IWeightNoise? Noise { get; }
}
