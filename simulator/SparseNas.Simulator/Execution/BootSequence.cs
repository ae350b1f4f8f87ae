using SparseNas.Simulator.Heap;
using SparseNas.Simulator.Loading;

namespace SparseNas.Simulator.Execution;

/// <summary>
/// What the runtime does before the first instruction of Main: loader tables, structures in static fields, the preallocated exception, the
/// main thread with its frame, the thread that runs all static constructors in image order (TypeSystem.cpp: ResolveAll,
/// PrepareForExecution; Execution.cpp: Execute, SpawnStaticConstructor).
/// </summary>
internal sealed class BootSequence(Interpreter machine, TypeSystem types)
{
    /// <summary>RAM that the loader takes for mscorlib 1.17 (141 types, 803 methods), measured.</summary>
    public const int CoreLibraryRamBytes = 3240;

    /// <summary>PE of mscorlib 1.17, measured.</summary>
    public const int CoreLibraryPeBytes = 32452;

    private readonly CoreConstructors _core = new(machine, types);

    /// <summary>Static constructors of the program that ended with an exception or found no room to start; the device goes on without them.</summary>
    public List<FailedConstructor> FailedConstructors { get; } = [];

    /// <summary>Boots; gives the frame of Main, which exists before the static constructors run.</summary>
    /// <param name="loaderRamBytes">What the loader takes for each assembly beside the core library, in the order of loading.</param>
    /// <param name="main">The program's entry point; null when a method is called without a program around it.</param>
    public int Run(IReadOnlyList<int> loaderRamBytes, DeviceMethod? main)
    {
        foreach (int bytes in loaderRamBytes.Prepend(CoreLibraryRamBytes)) _ = High(BlockKind.Assembly, HeapLayout.BlocksOf(bytes));
        machine.GrowStatics();
        _core.InitialiseStructStatics();
        InitialiseStructStatics();
        machine.OutOfMemoryReference = machine.AllocateObject(types.OutOfMemory);
        _ = machine.KeepForever(machine.OutOfMemoryReference);
        _ = machine.KeepForever(machine.AllocateStartDelegate(types.Methods[0]));
        High(BlockKind.Runtime, HeapLayout.ThreadBlocks);
        High(BlockKind.Runtime, HeapLayout.SubThreadBlocks);
        int mainFrame = High(BlockKind.Frame, main is null ? HeapLayout.FrameBlocks(0, 0, inlining: true) : machine.FrameBlocksOf(main));
        RunStaticConstructors(machine.Heap);
        return mainFrame;
    }

    /// <summary>
    /// They run on a thread of their own, which is given back afterwards. When there is no room for a constructor's delegate, the rest of its
    /// assembly's constructors do not run; one that fails ends alone (SpawnStaticConstructorHelper).
    /// </summary>
    private void RunStaticConstructors(DeviceHeap heap)
    {
        int thread = heap.AllocateCached(BlockKind.Runtime, HeapLayout.ThreadBlocks);
        int subThread = thread == 0 ? 0 : heap.AllocateCached(BlockKind.Runtime, HeapLayout.SubThreadBlocks);
        if (subThread != 0)
        {
            foreach ((string _, Action body) in _core.InImageOrder)
            {
                if (!Start(() => RunCoreConstructor(body))) break;
            }

            machine.BindEmptyText();
            foreach (AssemblyImage assembly in types.Assemblies)
            {
                foreach (DeviceMethod method in StaticConstructors(assembly))
                {
                    if (Start(() => RunProgramConstructor(method))) continue;
                    Fail(method, DeviceThrow.OutOfMemoryName);
                    break;
                }
            }

            heap.Release(subThread);
        }

        if (thread != 0) heap.Release(thread);
    }

    /// <summary>A thread starts from a delegate, which lives until the next constructor's; false when there is no room for it or the first frame.</summary>
    private bool Start(Func<bool> constructor)
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
        bool started = constructor();
        machine.ProtectedCount = held - 1;
        return started;
    }

    private bool RunCoreConstructor(Action body)
    {
        try
        {
            machine.PushCoreFrame(0, 0);
        }
        catch (DeviceThrow)
        {
            throw NoFirstFrame("the core library");
        }

        try
        {
            _core.Run(body);
        }
        catch (DeviceThrow e)
        {
            // The constructor's thread ends with the exception; what it did not store is garbage.
            _ = machine.MakeException(e);
        }

        machine.PopAllCoreFrames();
        return true;
    }

    private bool RunProgramConstructor(DeviceMethod method)
    {
        try
        {
            _ = machine.Invoke(method, []);
        }
        catch (DeviceThrow)
        {
            return method.Assembly == types.Assemblies[^1] ? false : throw NoFirstFrame(method.Assembly!.Name);
        }
        catch (UnhandledException e)
        {
            Fail(method, e.TypeName);
        }

        return true;
    }

    private void Fail(DeviceMethod constructor, string exception) => FailedConstructors.Add(new FailedConstructor(constructor.Owner.FullName, exception));

    /// <summary>The thread is marked ready before its frame is made; going on to the next assembly then fails an assertion, which stops the device.</summary>
    private FirmwareFault NoFirstFrame(string assembly) =>
        new($"the heap of {machine.Heap.SizeBytes:n0} bytes has no room for the frame of a static constructor of {assembly}, which stops the device", isOutOfMemory: true);

    private static IEnumerable<DeviceMethod> StaticConstructors(AssemblyImage assembly) =>
        assembly.TypeOrder.SelectMany(type => assembly.Types[type].Methods).Where(method => method.Name == ".cctor" && method.IsStatic);

    /// <summary>A static structure has an object of its own from the moment its assembly is resolved; so has each initialiser that the compiler keeps in one.</summary>
    private unsafe void InitialiseStructStatics()
    {
        foreach (StaticField field in types.Statics.Where(field => field.Type.Storage == Storage.Struct))
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
