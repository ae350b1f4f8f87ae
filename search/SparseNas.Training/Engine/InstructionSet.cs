using System.Runtime.Intrinsics;

namespace SparseNas.Training;

/// <summary>The vector instructions that the training engine computes with.</summary>
public enum InstructionSet
{
    /// <summary>128-bit vectors of whatever the processor offers (SSE, Arm AdvSimd), or plain code.</summary>
    Portable,

    /// <summary>256-bit vectors and fused multiply-add, 16 registers.</summary>
    Avx2,

    /// <summary>512-bit vectors, 32 registers.</summary>
    Avx512,
}

/// <summary>The instruction set that was asked for cannot be used.</summary>
/// <param name="message">The law and the value.</param>
public sealed class InstructionSetException(string message) : Exception(message);

/// <summary>Chooses the instruction set once, when the engine is first used.</summary>
public static class EngineInstructions
{
    /// <summary>The environment variable that forces a narrower set: <c>avx512</c>, <c>avx2</c> or <c>portable</c>.</summary>
    public const string Variable = "SPARSENAS_SIMD";

    /// <summary>The set in use: the widest the processor has, or the one <see cref="Variable"/> names.</summary>
    /// <exception cref="InstructionSetException">The variable names no set, or one that this processor lacks.</exception>
    public static InstructionSet Current => Chosen.Value;

    private static readonly Lazy<InstructionSet> Chosen = new(() => Choose(Environment.GetEnvironmentVariable(Variable)));

    /// <summary>Whether this processor can run <paramref name="set"/>.</summary>
    public static bool IsSupported(InstructionSet set) => set switch
    {
        InstructionSet.Avx512 => Vector512.IsHardwareAccelerated,
        InstructionSet.Avx2 => Vector256.IsHardwareAccelerated && System.Runtime.Intrinsics.X86.Fma.IsSupported,
        _ => true,
    };

    private static InstructionSet Choose(string? wish)
    {
        InstructionSet widest = IsSupported(InstructionSet.Avx512) ? InstructionSet.Avx512
            : IsSupported(InstructionSet.Avx2) ? InstructionSet.Avx2 : InstructionSet.Portable;
        if (string.IsNullOrEmpty(wish)) return widest;
        if (!Enum.TryParse(wish, ignoreCase: true, out InstructionSet wanted) || !Enum.IsDefined(wanted))
        {
            throw new InstructionSetException($"{Variable} must be avx512, avx2 or portable, but is '{wish}'.");
        }

        return IsSupported(wanted)
            ? wanted
            : throw new InstructionSetException($"{Variable} asks for {wish}, which this processor lacks; the widest it has is {widest}.");
    }
}
