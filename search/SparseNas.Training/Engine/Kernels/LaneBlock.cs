namespace SparseNas.Training.Engine.Kernels;

/// <summary>
/// The layout of activations: sixteen images side by side are the innermost dimension, [C][H][W][16]. Every kernel then works on whole
/// vectors whatever the channel count, and a shift of the window is a shift of the address.
/// </summary>
internal static class LaneBlock
{
    /// <summary>Images in a block.</summary>
    public const int Images = 16;

    /// <summary>Bytes of one value of all sixteen images.</summary>
    public const int Bytes = Images * sizeof(float);

    /// <summary>Blocks that hold <paramref name="images"/> images.</summary>
    public static int Count(int images) => (images + Images - 1) / Images;

    /// <summary>Lanes of one register.</summary>
    public static int LanesOf(InstructionSet set) => set switch { InstructionSet.Avx512 => 16, InstructionSet.Avx2 => 8, _ => 4 };
}
