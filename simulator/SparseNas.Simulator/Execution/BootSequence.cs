using SparseNas.Simulator.Heap;
using SparseNas.Simulator.Loading;

namespace SparseNas.Simulator.Execution;

/// <summary>
/// What the runtime does before the first instruction of Main: loader tables, the preallocated exception, the main thread with its frame,
/// the thread that runs all static constructors in metadata order (Execution.cpp: Execute, SpawnStaticConstructor).
/// </summary>
internal sealed class BootSequence(Interpreter machine, TypeSystem types)
{
    /// <summary>RAM that the loader takes for mscorlib 1.17 (141 types, 803 methods), measured.</summary>
    public const int CoreLibraryRamBytes = 3240;

    /// <summary>PE of mscorlib 1.17, measured.</summary>
    public const int CoreLibraryPeBytes = 32452;

    /// <summary>
    /// What mscorlib's static constructors leave on the heap, in the order they run: header-only literals (L) and objects by their
    /// number of fields; <c>garbage</c> is what they drop. Read from the constructors of nanoFramework.CoreLibrary 1.17.
    /// </summary>
    private static readonly (string Type, int Literals, int[] ObjectFields, int GarbageBlocks)[] s_coreConstructors =
    [
        ("System.ArgumentException", 3, [], 0),
        ("System.ArgumentNullException", 1, [], 0),
        ("System.AttributeUsageAttribute", 0, [3], 0),
        ("System.Boolean", 2, [], 0),
        ("System.DateTime", 0, [], 0),
        ("System.DBNull", 0, [0], 0),
        ("System.EventArgs", 0, [0], 0),
        ("System.Guid", 0, [], 3),
        ("System.String", 1, [], 0),
        ("System.TimeSpan", 0, [], 0),
        ("System.Threading.Timeout", 0, [], 0),
    ];

    /// <summary>Boots; gives the frame of Main, which exists before the static constructors run.</summary>
    public int Run(IReadOnlyList<int> loaderRamBytes, DeviceMethod main)
    {
        DeviceHeap heap = machine.Heap;
        foreach (int bytes in loaderRamBytes.Prepend(CoreLibraryRamBytes)) High(BlockKind.Assembly, HeapLayout.BlocksOf(bytes));
        machine.OutOfMemoryReference = machine.AllocateObject(types.OutOfMemory);
        machine.KeepForever(machine.OutOfMemoryReference);
        machine.KeepForever(machine.AllocateStartDelegate(main));
        High(BlockKind.Runtime, HeapLayout.ThreadBlocks);
        High(BlockKind.Runtime, HeapLayout.SubThreadBlocks);
        int mainFrame = High(BlockKind.Frame, main.Code is { } code ? code.FrameBlocks : HeapLayout.FrameBlocks(0, 0, inlining: true));
        RunStaticConstructors(heap);
        return mainFrame;
    }

    /// <summary>They run on a thread of their own, which is given back afterwards.</summary>
    private void RunStaticConstructors(DeviceHeap heap)
    {
        machine.GrowStatics();
        InitialiseStructStatics();
        int thread = High(BlockKind.Runtime, HeapLayout.ThreadBlocks), subThread = High(BlockKind.Runtime, HeapLayout.SubThreadBlocks);
        foreach ((string _, int literals, int[] objectFields, int garbageBlocks) in s_coreConstructors) RunCoreConstructor(literals, objectFields, garbageBlocks);
        foreach (DeviceMethod method in types.Assemblies.SelectMany(StaticConstructors).ToList())
        {
            machine.Protect(machine.AllocateStartDelegate(method));
            machine.Invoke(method, []);
            machine.Unprotect();
        }

        heap.Release(subThread);
        heap.Release(thread);
    }

    private static IEnumerable<DeviceMethod> StaticConstructors(AssemblyImage assembly) =>
        ImageOrder.Of(assembly).SelectMany(type => assembly.Types[type].Methods).Where(method => method.Name == ".cctor" && method.IsStatic);

    private void RunCoreConstructor(int literals, int[] objectFields, int garbageBlocks)
    {
        machine.Protect(machine.AllocateStartDelegate(types.Methods[0]));
        machine.PushCoreFrame(HeapLayout.FrameBlocks(0, 0, inlining: true));
        for (int l = 0; l < literals; l++) machine.KeepForever(machine.AllocateLiteral(""));
        if (garbageBlocks > 0) machine.Allocated(BlockKind.Reflection, types.Object, garbageBlocks);
        foreach (int fields in objectFields) machine.KeepForever(machine.Allocated(BlockKind.Reflection, types.Object, HeapLayout.ObjectBlocks(fields)));
        machine.PopCoreFrame();
        machine.Unprotect();
    }

    /// <summary>A static structure has an object of its own from the start.</summary>
    private unsafe void InitialiseStructStatics()
    {
        foreach (StaticField field in types.Statics.Where(field => field.Type.Storage == Storage.Struct && field.Data.IsDefault))
        {
            *machine.StaticSlot(field.Index) = machine.AllocateObject(field.Type.Type!);
        }
    }

    private int High(BlockKind kind, int blocks)
    {
        int reference = machine.Heap.AllocateCached(kind, blocks);
        return reference != 0 ? reference : throw DeviceThrow.OutOfMemory();
    }
}
