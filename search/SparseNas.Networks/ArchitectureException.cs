using System.Collections.Immutable;

namespace SparseNas.Networks;

/// <summary>An architecture breaks one or more laws; <see cref="Problems"/> lists all of them.</summary>
public sealed class ArchitectureException(string name, ImmutableArray<string> problems)
    : Exception($"Architecture '{name}' cannot be built:{Environment.NewLine}  {string.Join(Environment.NewLine + "  ", problems)}")
{
    /// <summary>One sentence per broken law, with the values and the place.</summary>
    public ImmutableArray<string> Problems { get; } = problems;
}
