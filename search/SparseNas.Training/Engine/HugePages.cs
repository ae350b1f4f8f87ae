using System.Runtime.InteropServices;

namespace SparseNas.Training.Engine;

/// <summary>Asks Linux to back memory by pages of 2 MB (<c>madvise(2)</c>); other systems are left alone.</summary>
internal static unsafe partial class HugePages
{
    /// <summary>Size and alignment of a huge page.</summary>
    public const int Bytes = 2 << 20;

    private const int MadviseHugePage = 14;   // MADV_HUGEPAGE of linux/mman.h

    /// <summary>Asks for huge pages before the memory is first touched; a refusal costs speed only.</summary>
    public static void Advise(void* memory, nuint bytes)
    {
        if (OperatingSystem.IsLinux()) _ = Advise(memory, bytes, MadviseHugePage);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* memory, nuint bytes, int advice);
}
