using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace SparseNas.Training.Engine.Kernels;

/// <summary>
/// Fetches lines before they are needed. The processor does so by itself inside a page of 4 KB; where a batch does not fit the second-level cache,
/// every page would begin with a wait for the third.
/// </summary>
internal static unsafe class Prefetch
{
    /// <summary>Floats between a line in use and the line that is fetched: one page, about the time that the third-level cache takes.</summary>
    public const int Ahead = 1024;

    /// <summary>Fetches the line at an address, which may lie beyond the end of what is allocated.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Line(float* address)
    {
        if (Sse.IsSupported) Sse.Prefetch0(address);
    }
}
