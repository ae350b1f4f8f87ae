namespace SparseNas.Simulator.Execution;

/// <summary>What the simulated program sees of the world: a console and a clock that runs with the simulated cycles.</summary>
internal sealed unsafe partial class Interpreter
{
    private long _sleptTicks;

    private int _emptyText = -1;

    /// <summary>Whether String.Empty was made at the start: a heap can be too small for it.</summary>
    public bool HasEmptyText => _emptyText >= 0;

    /// <summary>String.Empty; null (0) when the heap was too small for it.</summary>
    public int EmptyText => HasEmptyText ? _permanentStore[_emptyText] : 0;

    /// <summary>Keeps String.Empty, of which there is one.</summary>
    public void KeepEmptyText(int reference) => _emptyText = KeepForever(reference);

    private readonly Dictionary<string, int> _coreTexts = new(StringComparer.Ordinal);

    /// <summary>Keeps a text that a static field of the core library holds.</summary>
    public void KeepCoreText(string text, int reference) => _coreTexts[text] = KeepForever(reference);

    /// <summary>A text that a static field of the core library holds; null (0) when the heap was too small for it.</summary>
    public int CoreText(string text) => _coreTexts.TryGetValue(text, out int kept) ? _permanentStore[kept] : 0;

    /// <summary>Whether the core library has made its culture object.</summary>
    public bool HasCulture { get; set; }

    /// <summary>Whether the core library has made the culture's number format.</summary>
    public bool HasNumberFormat { get; set; }

    /// <summary>Takes what the program prints; null drops it.</summary>
    public Action<string>? Console { get; set; }

    /// <summary>The serial port's other end.</summary>
    public SerialLine Serial { get; } = new();

    /// <summary>Simulated seconds since the start, from the cost of what was executed.</summary>
    public Func<double>? ElapsedSeconds { get; set; }

    /// <summary>Simulated time in units of 100 ns; starts at 1 January 2026.</summary>
    public long ClockTicks()
    {
        const long start = 639_027_360_000_000_000;
        Settle();
        return start + _sleptTicks + (long)((ElapsedSeconds?.Invoke() ?? 0) * 10_000_000);
    }

    public void Sleep(int milliseconds) => _sleptTicks += milliseconds * 10_000L;

    /// <summary>State of the device's C library's random numbers, which all objects share; one before any seed.</summary>
    public ulong RandomState { get; set; } = 1;
}
