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
    /// What mscorlib's static constructors leave on the heap, in the order they run: header-only literals, an object with its number of
    /// fields (-1: none), blocks that they drop, and how many frames their own calls take below them. Read from nanoFramework.CoreLibrary 1.17.
    /// </summary>
    private static readonly (string Type, int Literals, int ObjectFields, int GarbageBlocks, int NestedFrames)[] s_coreConstructors =
    [
        ("System.ArgumentException", 3, -1, 0, 0),
        ("System.ArgumentNullException", 1, -1, 0, 0),
        ("System.AttributeUsageAttribute", 0, 3, 0, 3),
        ("System.Boolean", 2, -1, 0, 0),
        ("System.DateTime", 0, -1, 0, 1),
        ("System.DBNull", 0, 0, 0, 2),
        ("System.EventArgs", 0, 0, 0, 2),
        ("System.Guid", 0, -1, 3, 1),
        ("System.String", 1, -1, 0, 0),
        ("System.TimeSpan", 0, -1, 0, 1),
        ("System.Threading.Timeout", 0, -1, 0, 1),
    ];

    /// <summary>Static constructors of the program that ended with an exception; the device goes on without them.</summary>
    public List<string> FailedConstructors { get; } = [];

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

    /// <summary>
    /// They run on a thread of their own, which is given back afterwards. One that fails ends alone; when there is no room for the thread or
    /// for a constructor's delegate, the constructors left over do not run (SpawnStaticConstructorHelper).
    /// </summary>
    private void RunStaticConstructors(DeviceHeap heap)
    {
        machine.GrowStatics();
        InitialiseStructStatics();
        int thread = heap.AllocateCached(BlockKind.Runtime, HeapLayout.ThreadBlocks);
        int subThread = thread == 0 ? 0 : heap.AllocateCached(BlockKind.Runtime, HeapLayout.SubThreadBlocks);
        if (subThread != 0)
        {
            foreach ((string type, int literals, int objectFields, int garbageBlocks, int nestedFrames) in s_coreConstructors)
            {
                bool complete = false;
                if (!RunConstructor(() => complete = RunCoreConstructor(literals, objectFields, garbageBlocks, nestedFrames))) break;
                if (type == "System.String") machine.HasEmptyText = complete;
            }

            foreach (AssemblyImage assembly in types.Assemblies)
            {
                foreach (DeviceMethod method in StaticConstructors(assembly))
                {
                    if (!RunConstructor(() => RunProgramConstructor(method))) break;
                }
            }

            heap.Release(subThread);
        }

        if (thread != 0) heap.Release(thread);
    }

    private bool RunConstructor(Action body)
    {
        try
        {
            machine.Protect(machine.AllocateStartDelegate(types.Methods[0]));
        }
        catch (DeviceThrow)
        {
            return false;
        }

        int held = machine.ProtectedCount;
        body();
        machine.ProtectedCount = held - 1;
        return true;
    }

    private void RunProgramConstructor(DeviceMethod method)
    {
        try
        {
            machine.Invoke(method, []);
        }
        catch (UnhandledException e)
        {
            FailedConstructors.Add($"{method.Owner.FullName}: {e.TypeName}");
        }
    }

    private bool RunCoreConstructor(int literals, int objectFields, int garbageBlocks, int nestedFrames)
    {
        int frames = 0;
        bool complete = false;
        void Enter()
        {
            machine.PushCoreFrame(HeapLayout.FrameBlocks(0, 0, inlining: true));
            frames++;
        }

        try
        {
            Enter();
            for (int l = 0; l < literals; l++) machine.KeepForever(machine.AllocateLiteral(""));
            if (garbageBlocks > 0) machine.Allocated(BlockKind.Reflection, types.Object, garbageBlocks);
            int created = objectFields < 0 ? 0 : machine.Allocated(BlockKind.Reflection, types.Object, HeapLayout.ObjectBlocks(objectFields));
            machine.Protect(created);
            for (int f = 0; f < nestedFrames; f++) Enter();
            if (created != 0) machine.KeepForever(created);
            complete = true;
        }
        catch (DeviceThrow)
        {
            // The constructor's thread ends; what it did not store is garbage.
        }

        for (; frames > 0; frames--) machine.PopCoreFrame();
        return complete;
    }

    private static IEnumerable<DeviceMethod> StaticConstructors(AssemblyImage assembly) =>
        assembly.TypeOrder.SelectMany(type => assembly.Types[type].Methods).Where(method => method.Name == ".cctor" && method.IsStatic);

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
