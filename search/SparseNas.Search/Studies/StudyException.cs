using System.Collections.Immutable;

namespace SparseNas.Search;

/// <summary>A study file breaks one or more laws; <see cref="Problems"/> lists all of them, each with its place in the file.</summary>
public sealed class StudyException(string source, ImmutableArray<string> problems)
    : Exception($"Study '{source}' cannot be used:{Environment.NewLine}  {string.Join(Environment.NewLine + "  ", problems)}")
{
    /// <summary>One sentence per problem: JSON path, law and value.</summary>
    public ImmutableArray<string> Problems { get; } = problems;
}
