using SparseNas.Simulator.Execution;
using SparseNas.Simulator.Heap;
using SparseNas.Simulator.Loading;

namespace SparseNas.Simulator.Corlib;

/// <summary>
/// The resource manager (nanoFramework.ResourceManager and its native half). A read allocates an array of the length asked for and copies the
/// bytes from flash; the array is garbage once the program drops it. What making a manager costs is an estimate: the library splits and joins
/// the assembly's name, here as texts of the same lengths.
/// </summary>
internal static partial class CoreLibrary
{
    /// <summary>Fields of a resource manager in the order of its source.</summary>
    private const int ResourceFileField = 0, AssemblyField = 1, BaseAssemblyField = 2, BaseNameField = 3, CultureNameField = 4;

    private static readonly OpcodeList s_resourceWhole = new("ldarg.0 stloc.0 br.s ldloc.0*2 brtrue.s ldarg.1 callvirt stloc.1 ldloc.1*2 brfalse.s ret");
    private static readonly OpcodeList s_resourceChunk = new("ldarg.0 stloc.0 br.s ldloc.0*2 brtrue.s ldarg.1 ldarg.2 ldarg.3 callvirt stloc.1 ldloc.1*2 brfalse.s ret");

    private static void AddResources()
    {
        Native("System.Type::get_Assembly()", call => call.Return(AssemblyObject(call, call.Machine.Types.AssemblyOf(ReflectedType(call)))));
        s_methods["System.Resources.ResourceManager::.ctor(string,System.Reflection.Assembly)"] = new CoreMethod(OpenResources, 6000);
        const string utility = "nanoFramework.Runtime.Native.ResourceUtility::GetObject(System.Resources.ResourceManager,System.Enum";
        s_methods[utility + ")"] = new CoreMethod(call => ReadResource(call, chunk: null), 2 * CallCost.Native);
        s_methods[utility + ",int,int)"] = new CoreMethod(call => ReadResource(call, (call.Int(2), call.Int(3))), 2 * CallCost.Native);
    }

    /// <summary>An assembly is reflected by one block, like a type; its number, counted from one, tells it from a type.</summary>
    private static int AssemblyObject(CoreCall call, int assembly)
    {
        int reference = call.Machine.Allocated(BlockKind.Reflection, call.Machine.Types.Object, 1);
        call.Heap.Auxiliary(reference) = assembly + 1;
        return reference;
    }

    private static AssemblyImage AssemblyArgument(CoreCall call, int reference)
    {
        int number = reference != 0 && call.Heap.Kind(reference) == BlockKind.Reflection ? call.Heap.Auxiliary(reference) : 0;
        return number > 0 ? call.Machine.Types.Assemblies[number - 1] : throw DeviceThrow.WrongType();
    }

    /// <summary>
    /// The constructor tries the culture's satellite assembly, then the assembly itself; an unknown name is an ArgumentException.
    /// </summary>
    private static unsafe void OpenResources(CoreCall call)
    {
        Interpreter machine = call.Machine;
        string name = call.Text(1) + ".nanoresources";
        AssemblyImage assembly = AssemblyArgument(call, call.Reference(2));
        call.Enter(0, 5);
        CurrentCulture(call);
        call.EnterManaged(0, 4);
        call.EnterManaged(7, 4);
        string fullName = assembly.Name + ", Version=1.0.0.0", satellite = assembly.Name + ".resources";
        foreach (string transient in new[] { fullName, assembly.Name, "Version=1.0.0.0", satellite, satellite + ", Version=1.0.0.0", fullName, name })
        {
            call.EnterNative();
            machine.AllocateText(transient);
            call.Leave();
        }

        int file = assembly.Resources.FindIndex(known => known.Name == name);
        if (file < 0) throw DeviceThrow.Of("System.ArgumentException");
        machine.Protect(machine.AllocateLiteral(""));
        int culture = machine.Unprotect(), manager = call.OwnObject();
        *(int*)(call.Heap.Memory + Interpreter.FieldOffset(manager, ResourceFileField)) = file;
        foreach ((int field, int value) in new[] { (AssemblyField, call.Reference(2)), (BaseAssemblyField, call.Reference(2)), (BaseNameField, call.Reference(1)), (CultureNameField, culture) })
        {
            *(int*)(call.Heap.Memory + Interpreter.FieldOffset(manager, field)) = value;
        }
    }

    /// <summary>
    /// GetObject calls back into the manager's managed lookup, which calls the native read. A chunk past the end is cut; one that starts past
    /// the end throws.
    /// </summary>
    private static unsafe void ReadResource(CoreCall call, (int Offset, int Length)? chunk)
    {
        int manager = call.Object(0), id = call.Object(1);
        if (call.Machine.TypeOf(manager).FullName != "System.Resources.ResourceManager" || call.Heap.Kind(id) != BlockKind.Boxed) throw DeviceThrow.WrongType();
        if (call.Machine.TypeOf(id).Storage is not (Storage.I2 or Storage.U2)) throw DeviceThrow.Of("System.ArgumentException");
        short wanted = *(short*)(call.Heap.Memory + Interpreter.FieldOffset(id, 0));
        AssemblyImage assembly = AssemblyArgument(call, *(int*)(call.Heap.Memory + Interpreter.FieldOffset(manager, AssemblyField)));
        ResourceFile file = assembly.Resources[*(int*)(call.Heap.Memory + Interpreter.FieldOffset(manager, ResourceFileField))];
        call.EnterNative();
        call.EnterManaged(4, chunk is null ? 7 : 9);
        call.Executes(chunk is null ? s_resourceWhole : s_resourceChunk);
        call.EnterNative();
        ResourceEntry entry = file.Entries.FirstOrDefault(known => known.Id == wanted) ?? throw DeviceThrow.Of("System.ArgumentException");
        if (entry.IsText)
        {
            if (chunk is not null) throw DeviceThrow.Of("System.InvalidOperationException");
            call.Return(call.Machine.AllocateLiteral(System.Text.Encoding.UTF8.GetString(entry.Data.AsSpan()[..^1])));
            return;
        }

        (uint offset, uint length) = chunk is { } part ? ((uint)part.Offset, (uint)part.Length) : (0, (uint)entry.Data.Length);
        if (chunk is not null && offset >= entry.Data.Length) throw DeviceThrow.Index();
        if (unchecked(offset + length) >= entry.Data.Length) length = (uint)entry.Data.Length - offset;
        if (length > entry.Data.Length - offset) throw DeviceThrow.OutOfMemory();
        int array = call.Machine.AllocateArray(ByteArray(call), (int)length);
        entry.Data.AsSpan((int)offset, (int)length).CopyTo(new Span<byte>(call.Heap.Memory + array + HeapLayout.ArrayHeaderBytes, (int)length));
        call.Machine.Counters.MachineryInstructions += length / 4.0;
        call.Return(array);
    }
}
