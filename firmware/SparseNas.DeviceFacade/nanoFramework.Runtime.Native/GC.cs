// The members that firmware uses of nanoframework/nanoFramework.Runtime.Native (a7c24bd4, nanoFramework.Runtime.Native/GC.cs; MIT).
using System.Runtime.CompilerServices;
using static System.Runtime.CompilerServices.MethodImplOptions;

namespace nanoFramework.Runtime.Native;

public static class GC
{
    /// <summary>Collects, optionally compacts, and returns the free bytes of the managed heap afterwards.</summary>
    [MethodImpl(InternalCall)] public static extern uint Run(bool compactHeap);

    [MethodImpl(InternalCall)] public static extern void EnableGCMessages(bool enable);
}
