using SparseNas.Networks;

namespace SparseNas.Codegen.Emission;

/// <summary>The arena drawn in letters: one line per tensor, a bar where it lies, and the steps during which it lives.</summary>
internal static class ArenaPicture
{
    private const int Columns = 48;

    /// <summary>Lines of the picture.</summary>
    public static IEnumerable<string> Of(MemoryPlan plan, OperatorGraph graph)
    {
        int Column(int offset) => (int)Math.Round((double)offset * Columns / plan.ArenaBytes);
        foreach (PlannedBuffer buffer in plan.Buffers.Where(buffer => buffer.SizeBytes > 0))
        {
            int from = Math.Min(Column(buffer.OffsetBytes), Columns - 1), to = Math.Max(Column(buffer.EndBytes), from + 1);
            string bar = new string('.', from) + new string('#', to - from) + new string('.', Columns - to);
            string name = buffer.Tensor == Architecture.InputIndex ? "input" : graph.Operators[buffer.Tensor].Name;
            string life = buffer.FirstStep < 0 ? $"before step 0 to {buffer.LastStep}" : $"steps {buffer.FirstStep} to {buffer.LastStep}";
            yield return $"|{bar}| {buffer.OffsetBytes,6} .. {buffer.EndBytes,-6} {name}, {life}";
        }
    }
}
