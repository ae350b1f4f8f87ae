using SparseNas.Codegen.Emission.Code;

namespace SparseNas.Codegen.Emission;

/// <summary>
/// A table that replaces two comparisons: entry i holds clamp(i − Below, 0, Maximum). All operators of a model share one; it is filled by a loop
/// when the model starts, so it costs heap but no flash.
/// </summary>
/// <param name="Below">Entries below code 0.</param>
/// <param name="Above">Entries above the largest code.</param>
/// <param name="Maximum">Largest code.</param>
public sealed record ClampTable(int Below, int Above, int Maximum)
{
    /// <summary>Number of entries.</summary>
    public int Entries => Below + Maximum + 1 + Above;

    /// <summary>Bytes on the device's heap.</summary>
    public int HeapBytes => DeviceHeap.ArrayBytes(Entries);

    /// <summary>The smallest table that serves both.</summary>
    public ClampTable Join(ClampTable other) => new(Math.Max(Below, other.Below), Math.Max(Above, other.Above), Math.Max(Maximum, other.Maximum));
}
