using System.Diagnostics;
using System.Runtime.InteropServices;

namespace SparseNas.Benchmarks.Training;

/// <summary>Processor time of the calling thread: what a computation costs whatever else the machine does.</summary>
internal static partial class ThreadClock
{
    private const int ThreadCpuTime = 3;   // CLOCK_THREAD_CPUTIME_ID of Linux

    /// <summary>Microseconds; wall time where the system is not Linux.</summary>
    public static double Microseconds
    {
        get
        {
            if (!OperatingSystem.IsLinux()) return Stopwatch.GetElapsedTime(0).TotalMicroseconds;
            _ = ClockGetTime(ThreadCpuTime, out TimeSpec time);
            return (time.Seconds * 1e6) + (time.Nanoseconds / 1e3);
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ClockGetTime(int clock, out TimeSpec time);

    private readonly record struct TimeSpec(nint Seconds, nint Nanoseconds);
}
