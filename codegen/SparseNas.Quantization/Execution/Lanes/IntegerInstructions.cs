using System.Runtime.Intrinsics.X86;

namespace SparseNas.Quantization.Execution.Lanes;

/// <summary>Instruction sets of the fast executor; all give the same bits.</summary>
public enum IntegerInstructions
{
    /// <summary>256-bit vectors of whatever the machine offers.</summary>
    Portable,

    /// <summary>Pairs of 16-bit products added to 32 bits (vpmaddwd).</summary>
    Avx2,

    /// <summary>Four products of unsigned and signed bytes added to 32 bits (vpdpbusd).</summary>
    AvxVnni,
}

/// <summary>What this machine can run.</summary>
public static class SupportedInstructions
{
    /// <summary>Every set this machine runs, slowest first.</summary>
    public static IEnumerable<IntegerInstructions> All =>
        Enum.GetValues<IntegerInstructions>().Where(set => set switch
        {
            IntegerInstructions.Portable => true,
            IntegerInstructions.Avx2 => Avx2.IsSupported,
            IntegerInstructions.AvxVnni => AvxVnni.IsSupported,
            _ => throw new InvalidOperationException($"Instruction set {set} is unknown."),
        });

    /// <summary>The fastest set.</summary>
    public static IntegerInstructions Best { get; } = All.Last();
}
