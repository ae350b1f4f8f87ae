using System.Collections.Immutable;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using SparseNas.Simulator.Execution;

namespace SparseNas.Simulator.Loading;

/// <summary>A line of a source file.</summary>
/// <param name="File">Name of the file without its folder.</param>
/// <param name="Line">Line, counted from one.</param>
internal readonly record struct SourceLine(string File, int Line)
{
    public override string ToString() => $"{File}:{Line}";
}

/// <summary>Which source line each instruction comes from: the sequence points of a portable PDB.</summary>
internal sealed class LineTable
{
    private readonly Dictionary<int, List<(int Offset, SourceLine Line)>> _points = [];
    private readonly Dictionary<MethodCode, SourceLine?[]> _lines = [];

    private LineTable()
    {
    }

    /// <summary>Reads the symbols of an assembly.</summary>
    /// <param name="symbols">A portable PDB.</param>
    /// <param name="place">Name for messages.</param>
    /// <exception cref="DamagedAssemblyException">The bytes are no portable PDB.</exception>
    public static LineTable Read(ReadOnlyMemory<byte> symbols, string place)
    {
        LineTable table = new();
        try
        {
            using MetadataReaderProvider provider = MetadataReaderProvider.FromPortablePdbImage(ImmutableArray.Create(symbols.Span));
            MetadataReader reader = provider.GetMetadataReader();
            foreach (MethodDebugInformationHandle handle in reader.MethodDebugInformation)
            {
                List<(int Offset, SourceLine Line)> points = [];
                foreach (SequencePoint point in reader.GetMethodDebugInformation(handle).GetSequencePoints())
                {
                    if (point.IsHidden) continue;
                    string file = reader.GetString(reader.GetDocument(point.Document).Name);
                    points.Add((point.Offset, new SourceLine(Path.GetFileName(file.Replace('\\', '/')), point.StartLine)));
                }

                if (points.Count > 0) table._points[MetadataTokens.GetRowNumber(handle)] = points;
            }
        }
        catch (Exception e) when (AssemblyImage.IsDamage(e))
        {
            throw new DamagedAssemblyException($"{place}: the symbols are no readable portable PDB: {e.Message}", e);
        }

        return table;
    }

    /// <summary>The line of each IL instruction of a method; null in front of the first one that the compiler marked.</summary>
    public SourceLine?[] LinesOf(MethodCode code)
    {
        if (_lines.TryGetValue(code, out SourceLine?[]? known)) return known;
        SourceLine?[] lines = new SourceLine?[code.Il.Length];
        List<(int Offset, SourceLine Line)> points = _points.GetValueOrDefault(code.Method.MetadataRow) ?? [];
        for (int il = 0, next = 0; il < lines.Length; il++)
        {
            while (next < points.Count && points[next].Offset <= code.Il[il].Offset) next++;
            if (next > 0) lines[il] = points[next - 1].Line;
        }

        return _lines[code] = lines;
    }
}
