using System.Collections.Immutable;

namespace SparseNas.Quantization;

/// <summary>An integer network breaks one or more laws; <see cref="Problems"/> lists all of them.</summary>
/// <param name="subject">The file or network.</param>
/// <param name="problems">One sentence per broken law, with place, law and values.</param>
public sealed class QuantizedNetworkException(string subject, ImmutableArray<string> problems)
    : Exception($"Integer network '{subject}' cannot be used:{Environment.NewLine}  {string.Join(Environment.NewLine + "  ", problems)}")
{
    /// <summary>One sentence per broken law, with place, law and values.</summary>
    public ImmutableArray<string> Problems { get; } = problems;
}
