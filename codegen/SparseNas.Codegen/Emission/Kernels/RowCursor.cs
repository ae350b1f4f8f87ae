using SparseNas.Codegen.Emission.Code;

namespace SparseNas.Codegen.Emission.Kernels;

/// <summary>Where a loop along a row stands: indices of the window's first element and of the pixel that is written, and how far the next position is.</summary>
/// <param name="Source">Index into the arena.</param>
/// <param name="Target">Index into the arena.</param>
/// <param name="SourceStep">Elements from a position's window to the next.</param>
/// <param name="TargetStep">Elements from a pixel to the next.</param>
internal sealed record RowCursor(Variable Source, Variable Target, int SourceStep, int TargetStep)
{
    /// <summary>The source <paramref name="positions"/> further on.</summary>
    public Expression SourceAt(int positions) => (Expression)Source + (positions * SourceStep);

    /// <summary>The target <paramref name="positions"/> further on.</summary>
    public Expression TargetAt(int positions) => (Expression)Target + (positions * TargetStep);

    /// <summary>Moves on at the end of a loop's body; a loop of one round is none and moves nothing.</summary>
    public IEnumerable<Statement> Advance(int positions, Expression loopCounter) => loopCounter is IntConstant ? [] :
    [
        new Assign(Source, SourceAt(positions)),
        new Assign(Target, TargetAt(positions)),
    ];
}
