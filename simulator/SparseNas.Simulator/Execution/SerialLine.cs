namespace SparseNas.Simulator.Execution;

/// <summary>The other end of the device's serial port: bytes that wait to be read, and a taker for those written.</summary>
internal sealed class SerialLine
{
    private readonly Queue<byte> _waiting = new();
    private int _idlePolls;

    /// <summary>Polls without any byte after which the program counts as waiting for ever.</summary>
    private const int IdlePollsLimit = 4000;

    public bool IsOpen { get; set; }

    /// <summary>Time-out of reads; -1 waits for ever.</summary>
    public int ReadTimeoutMilliseconds { get; set; } = -1;

    public Action<byte[]>? Output { get; set; }

    /// <summary>Set by whoever feeds the line: with no more input to come, a program that waits for it has done its work.</summary>
    public bool EndsWithInput { get; set; }

    public void Feed(ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes) _waiting.Enqueue(value);
        _idlePolls = 0;
    }

    /// <summary>Bytes that can be read at once.</summary>
    /// <exception cref="SerialInputEnded">The program polls on although everything was fed and read.</exception>
    public int Available()
    {
        if (_waiting.Count == 0) NoteIdle();
        return _waiting.Count;
    }

    public int Read(Span<byte> into)
    {
        int count = Math.Min(into.Length, _waiting.Count);
        if (count == 0) NoteIdle();
        for (int i = 0; i < count; i++) into[i] = _waiting.Dequeue();
        return count;
    }

    private void NoteIdle()
    {
        if (EndsWithInput && ++_idlePolls > IdlePollsLimit) throw new SerialInputEnded();
    }
}

/// <summary>The program waits for serial input of which there will be no more: the run is over.</summary>
internal sealed class SerialInputEnded : Exception;
