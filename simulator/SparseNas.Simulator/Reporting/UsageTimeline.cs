namespace SparseNas.Simulator.Reporting;

/// <summary>
/// Heap use over time, in IL instructions; at most <see cref="Capacity"/> points, each the highest use of its stretch. When they are used
/// up, neighbours are joined, so that memory stays flat however long the program runs.
/// </summary>
internal sealed class UsageTimeline(Func<long> now)
{
    public const int Capacity = 1024;
    private readonly List<(long Opcodes, int UsedBytes, int MachineryBytes)> _points = [];
    private long _stretch = 1;

    public IReadOnlyList<(long Opcodes, int UsedBytes, int MachineryBytes)> Points => _points;

    public void Add(int usedBytes, int machineryBytes)
    {
        long time = now();
        if (_points.Count > 0 && time / _stretch == _points[^1].Opcodes / _stretch && _points.Count > 1)
        {
            if (usedBytes > _points[^1].UsedBytes) _points[^1] = (time, usedBytes, machineryBytes);
            return;
        }

        _points.Add((time, usedBytes, machineryBytes));
        if (_points.Count >= Capacity) Halve();
    }

    private void Halve()
    {
        for (int i = 0; i < Capacity / 2; i++)
        {
            (long Opcodes, int UsedBytes, int MachineryBytes) a = _points[2 * i], b = _points[(2 * i) + 1];
            _points[i] = a.UsedBytes >= b.UsedBytes ? a : b;
        }

        _points.RemoveRange(Capacity / 2, _points.Count - (Capacity / 2));
        _stretch *= 2;
    }
}
