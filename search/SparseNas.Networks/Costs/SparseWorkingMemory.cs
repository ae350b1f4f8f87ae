using System.Collections.Immutable;

namespace SparseNas.Networks;

/// <summary>
/// The two working-memory models of SpArSe (Fedorov et al. 2019, section 3), in elements:
/// WM1 = max over layers of nnz(input) + nnz(weights), WM2 = max over layers of nnz(input) + nnz(output).
/// Activations count densely; a layer with two inputs counts both.
/// </summary>
/// <param name="Wm1Elements">Weights read from the same memory as activations.</param>
/// <param name="Wm2Elements">Weights elsewhere (flash).</param>
public readonly record struct SparseWorkingMemory(long Wm1Elements, long Wm2Elements)
{
    /// <summary>Both figures for a graph.</summary>
    /// <param name="graph">The operators.</param>
    /// <param name="nonZeroWeights">Weights and biases that are not zero, per operator.</param>
    public static SparseWorkingMemory Of(OperatorGraph graph, ImmutableArray<int> nonZeroWeights)
    {
        long wm1 = 0, wm2 = 0;
        for (int index = 0; index < graph.Operators.Length; index++)
        {
            Operator op = graph.Operators[index];
            long inputs = op.Inputs.Sum(source => (long)graph.OutputOf(source).Elements);
            wm1 = Math.Max(wm1, inputs + nonZeroWeights[index]);
            wm2 = Math.Max(wm2, inputs + op.Output.Elements);
        }

        return new SparseWorkingMemory(wm1, wm2);
    }
}
