namespace SparseNas.Codegen.Emission.Choosing;

/// <summary>What a choice of code minimises: a sum over the steps, joined with the working memory of the whole.</summary>
internal enum Measure
{
    /// <summary>Cycles of one inference.</summary>
    Cycles,

    /// <summary>Bytes in flash, on the heap and in locals.</summary>
    Bytes,

    /// <summary>
    /// Cycles times working memory, the knee between the two: a local that holds a value is worth its bytes when it saves a larger share of the cycles
    /// than it adds to the memory.
    /// </summary>
    CyclesTimesMemory,
}

/// <summary>How measures are computed.</summary>
internal static class Measures
{
    /// <summary>The measure of a goal.</summary>
    public static Measure Of(EmissionGoal goal) => goal == EmissionGoal.Small ? Measure.Bytes : Measure.Cycles;

    /// <summary>The whole's measure.</summary>
    /// <param name="measure">Which.</param>
    /// <param name="sum">Over the steps: bytes or cycles.</param>
    /// <param name="peakBytes">Working memory.</param>
    public static double Of(this Measure measure, double sum, long peakBytes) => measure switch
    {
        Measure.Cycles => sum,
        Measure.Bytes => sum + peakBytes,
        Measure.CyclesTimesMemory => sum * peakBytes,
        _ => throw new ArgumentOutOfRangeException(nameof(measure), measure, "unknown measure"),
    };

    /// <summary>Bytes of a step in flash and in tables on the heap.</summary>
    public static double Bytes(OperatorCode step) => step.ImageBytes + step.TableHeapBytes;
}
