namespace SparseNas.Boards;

/// <summary>How far a figure of a board can be trusted.</summary>
public enum Accuracy
{
    /// <summary>Fixed by a linker file, a datasheet or a boot log.</summary>
    Exact,

    /// <summary>The true value is at most this: something not stated in the sources is still taken from it.</summary>
    UpperBound,

    /// <summary>Derived or remembered: replace it by a measurement.</summary>
    Estimate,
}

/// <summary>A number with where it comes from, so that a report can say what it rests on.</summary>
/// <param name="Value">The number, in the unit that the property's name ends with.</param>
/// <param name="Accuracy">Exact, an upper bound or an estimate.</param>
/// <param name="Source">File, datasheet or log that states it.</param>
public sealed record Figure(double Value, Accuracy Accuracy, string Source)
{
    /// <summary>The number as a whole one; byte counts and frequencies are.</summary>
    public long Whole => checked((long)Value);
}
