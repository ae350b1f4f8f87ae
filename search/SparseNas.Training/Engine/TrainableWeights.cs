namespace SparseNas.Training.Engine;

/// <summary>The engine's parameters as a training hook sees them.</summary>
internal sealed unsafe class TrainableWeights(Parameters parameters, IWeightNoise? noise = null) : ITrainableWeights
{
    private readonly int[] nodes = [.. parameters.Kernels.Select(kernel => kernel.Node)];

    public ReadOnlySpan<int> KernelNodes => nodes;

    public void ReadWeights(int node, Span<float> weights) => parameters.KernelOf(node).Export(parameters.Values, weights);

    public void WriteWeights(int node, ReadOnlySpan<float> weights)
    {
        KernelLayout layout = parameters.KernelOf(node);
        layout.Import(weights, parameters.Values);
        parameters.ApplyMask(layout);
    }

    public void SetMask(int node, ReadOnlySpan<bool> mask) => parameters.ImportMask(parameters.KernelOf(node), mask);

    public void ReadGradient(int node, Span<float> gradient) => parameters.KernelOf(node).Export(parameters.Gradients, gradient);

    public void ScaleBiases(int node, ReadOnlySpan<float> factors)
    {
        KernelLayout layout = parameters.KernelOf(node);
        for (int channel = 0; channel < layout.Outputs && layout.HasBias; channel++) parameters.Values[layout.Bias.Offset + channel] *= factors[channel];
    }

    public IWeightNoise? Noise => noise;
}
