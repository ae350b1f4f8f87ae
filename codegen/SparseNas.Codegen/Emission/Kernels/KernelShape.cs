using SparseNas.Codegen.Emission.Code;

namespace SparseNas.Codegen.Emission.Kernels;

/// <summary>How a kernel comes by the inputs under its window.</summary>
internal enum Reuse
{
    /// <summary>Every position loads its whole window.</summary>
    None,

    /// <summary>Every use of an input reads it from the arena: the fewest locals.</summary>
    Direct,

    /// <summary>The window stays in locals and moves by a column: what both positions see is copied, only new columns are loaded.</summary>
    Shift,

    /// <summary>As shift, but the code is repeated until each column is back in its locals, so that nothing is copied.</summary>
    Rotate,
}

/// <summary>The choices that make a kernel with immediates for weights.</summary>
/// <param name="Word">Type of accumulators: Int, or Long for lanes.</param>
/// <param name="MaxLanes">Most output channels in a word.</param>
/// <param name="Form">How products are formed.</param>
/// <param name="Reuse">How inputs are kept.</param>
/// <param name="ChunkTaps">Taps loaded at a time while accumulators wait in locals; 0: the whole window.</param>
/// <param name="ClampByTable">Whether codes are clamped by look-up.</param>
internal sealed record KernelShape(DeviceType Word, int MaxLanes, SumForm Form, Reuse Reuse, int ChunkTaps, bool ClampByTable)
{
    /// <summary>Neighbouring positions computed together, so that an input under several windows is loaded once; with chunks only.</summary>
    public int Positions { get; init; } = 1;

    /// <summary>Short text for people.</summary>
    public override string ToString()
    {
        string sum = (Word, MaxLanes, Form) switch
        {
            (DeviceType.Int, 1, SumForm.Grouped) => "grouped",
            (DeviceType.Int, 1, _) => "immediates",
            (DeviceType.Int, _, _) => $"int lanes<={MaxLanes}",
            _ => $"long lanes<={MaxLanes}",
        };
        string inputs = ChunkTaps > 0 ? $", {ChunkTaps} taps{(Positions > 1 ? $" x {Positions} positions" : "")}" : Reuse switch { Reuse.Shift => ", shift", Reuse.Direct => ", direct", Reuse.Rotate => ", rotate", _ => "" };
        return sum + inputs + (ClampByTable ? ", clamp table" : "");
    }
}
