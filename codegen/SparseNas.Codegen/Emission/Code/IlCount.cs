using System.Collections.Immutable;
using System.Reflection.Metadata;

namespace SparseNas.Codegen.Emission.Code;

/// <summary>What the C# compiler makes of a method, as far as costs and limits need it.</summary>
/// <param name="Executed">Instructions executed in one run, by one-byte opcode: expectations where data decides a branch.</param>
/// <param name="Written">Instructions in the code, by one-byte opcode.</param>
/// <param name="IlBytes">Bytes of IL on the device (field and method tokens of two bytes, long branches of two).</param>
/// <param name="Locals">Local variable slots.</param>
/// <param name="ValueLocals">Locals that hold an activation or accumulator.</param>
/// <param name="MaxStack">Deepest evaluation stack.</param>
/// <param name="LongestBranchBytes">Largest distance of a branch.</param>
public sealed record IlCount(
    ImmutableArray<double> Executed, ImmutableArray<int> Written, int IlBytes, int Locals, int ValueLocals, int MaxStack, int LongestBranchBytes)
{
    /// <summary>ARM instructions of the runtime itself in one run, beyond those of the opcodes: native calls, copies.</summary>
    public double Machinery { get; init; }

    /// <summary>Instructions executed in one run.</summary>
    public double ExecutedInstructions => Executed.Sum();

    /// <summary>Bytes of the method's stack frame on the device's heap.</summary>
    public int FrameBytes => DeviceHeap.FrameBytes(Locals, MaxStack);

    /// <summary>Two methods that run one after the other.</summary>
    public IlCount Join(IlCount other) => new(
        [.. Executed.Zip(other.Executed, (a, b) => a + b)], [.. Written.Zip(other.Written, (a, b) => a + b)], IlBytes + other.IlBytes,
        Math.Max(Locals, other.Locals), Math.Max(ValueLocals, other.ValueLocals), Math.Max(MaxStack, other.MaxStack),
        Math.Max(LongestBranchBytes, other.LongestBranchBytes)) { Machinery = Machinery + other.Machinery };

    /// <summary>The mnemonic of a one-byte opcode, as cost tables spell it.</summary>
    public static string Mnemonic(int opcode) => ((ILOpCode)opcode).ToString().ToLowerInvariant().Replace('_', '.');
}
