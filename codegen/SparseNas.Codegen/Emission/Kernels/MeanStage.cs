using SparseNas.Codegen.Emission.Code;
using SparseNas.Quantization;

namespace SparseNas.Codegen.Emission.Kernels;

/// <summary>
/// The global mean behind a convolution, computed in the same pass: the code of every position is added to its channel's sum instead of being
/// stored; the means are written when all positions are done, so the convolution's output takes no memory and nothing is read again.
/// </summary>
/// <param name="codes">Requantises and clamps the convolution's accumulators.</param>
/// <param name="means">Writes the means.</param>
/// <param name="pool">The operator of the mean.</param>
internal sealed class MeanStage(OutputStage codes, OutputStage means, OperatorSite pool) : IOutputStage
{
    private readonly SortedDictionary<int, Variable> sums = [];

    /// <inheritdoc/>
    public IEnumerable<Statement> Declarations =>
        [.. codes.Declarations, .. means.Declarations, .. sums.Values.Select(sum => new Declare(sum, 0))];

    /// <inheritdoc/>
    public IEnumerable<Statement> Write(int output, Expression value, long floor, Expression pixel) =>
        codes.Write(output, value, floor, pixel, (_, code) => new Assign(SumOf(output), (Expression)SumOf(output) + code.ToInt()));

    /// <summary>Writes all means; behind the loops over positions.</summary>
    public IEnumerable<Statement> Finish()
    {
        var op = (QuantizedMean)pool.Operator;
        int count = pool.Input.Height * pool.Input.Width;
        return [.. sums.SelectMany(pair => means.Write(pair.Key, pair.Value, -(long)count * op.InputZeroPoint, pool.OutputOffset))];
    }

    private Variable SumOf(int output) => sums.TryGetValue(output, out Variable? sum) ? sum : sums[output] = Variable.Value($"mean{output}");
}
