using SparseNas.Codegen.Emission.Code;

namespace SparseNas.Codegen.Emission.Kernels;

/// <summary>What becomes of finished accumulators.</summary>
internal interface IOutputStage
{
    /// <summary>Declarations of the locals that the statements made so far use, one of each for the whole method.</summary>
    IEnumerable<Statement> Declarations { get; }

    /// <summary>Statements that take output <paramref name="output"/> of a position.</summary>
    /// <param name="output">Output channel.</param>
    /// <param name="value">Its accumulator less <paramref name="floor"/>, 32 bits.</param>
    /// <param name="floor">What is to be added.</param>
    /// <param name="pixel">Index of the pixel's first output in the arena, in bytes.</param>
    IEnumerable<Statement> Write(int output, Expression value, long floor, Expression pixel);
}
