using SparseNas.Codegen.Emission.Code;

namespace SparseNas.Codegen.Emission;

/// <summary>
/// A table that replaces two comparisons: entry i holds i − Below, kept within Minimum .. Maximum. Operators with the same limits share one; it is
/// filled by a loop when the model starts, so it costs heap but no flash.
/// </summary>
/// <param name="Minimum">Smallest code.</param>
/// <param name="Maximum">Largest code.</param>
/// <param name="Below">Entries below 0.</param>
/// <param name="Above">Entries above the largest code.</param>
public sealed record ClampTable(int Minimum, int Maximum, int Below, int Above)
{
    /// <summary>Number of entries.</summary>
    public int Entries => Below + Maximum + 1 + Above;

    /// <summary>Bytes on the device's heap.</summary>
    public int HeapBytes => DeviceHeap.ArrayBytes(Entries);

    /// <summary>The field of the model that holds it.</summary>
    public string Name => $"Clamp{Minimum}To{Maximum}";

    /// <summary>Reads the field.</summary>
    public StaticArray Reference => new(Name, DeviceType.Bytes);
}
