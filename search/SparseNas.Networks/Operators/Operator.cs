using System.Collections.Immutable;

namespace SparseNas.Networks;

/// <summary>
/// One step of the deployed network: a layer with the batch norm and ReLU that follow it folded in, so that each operator reads its inputs
/// once and writes its output once. Costs, memory plans, quantisation and generated code all count in operators.
/// </summary>
/// <param name="Name">The name of the architecture node it comes from.</param>
/// <param name="Layer">
/// What it computes before the ReLU. Never <see cref="BatchNorm"/>: one that cannot be folded is a 1x1 <see cref="DepthwiseConv2D"/>;
/// <see cref="Networks.Relu"/> only where it cannot be folded.
/// </param>
/// <param name="HasRelu">Whether a ReLU is folded in.</param>
/// <param name="Inputs">Earlier operators; <see cref="Architecture.InputIndex"/> is the network's input.</param>
/// <param name="NodeIndex">The architecture node whose weights it uses.</param>
/// <param name="BatchNormIndex">The batch-norm node folded into the weights, or null.</param>
/// <param name="Output">Shape of its output.</param>
public sealed record Operator(
    string Name, LayerSpec Layer, bool HasRelu, ImmutableArray<int> Inputs, int NodeIndex, int? BatchNormIndex, Shape Output);
