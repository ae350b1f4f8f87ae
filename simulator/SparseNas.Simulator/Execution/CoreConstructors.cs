using SparseNas.Simulator.Heap;
using SparseNas.Simulator.Loading;

namespace SparseNas.Simulator.Execution;

/// <summary>
/// What the static constructors of nanoFramework.CoreLibrary 1.17 do to the heap, in the order of its image. They matter because they run in
/// the same heap right before the program, and leave objects, garbage and cached frames where the program will allocate.
/// </summary>
internal sealed class CoreConstructors(Interpreter machine, TypeSystem types)
{
    /// <summary>The first allocation failure in a constructor compacts and goes on without the object; the next one ends it.</summary>
    private bool _mayRestart;

    /// <summary>The constructors by type.</summary>
    public IReadOnlyList<(string Type, Action Body)> InImageOrder =>
    [
        ("System.Boolean", () => Literals("False", "True")),
        ("System.String", Text),
        ("System.ArgumentException", () => Literals("Value does not fall within the expected range.", "(Parameter '{0}')", "The value cannot be an empty string.")),
        ("System.ArgumentNullException", () => Literals("Value cannot be null.")),
        ("System.TimeSpan", () => Calls(1, 1, 1)),
        ("System.DateTime", () => Calls(1, 1, 2)),
        ("System.EventArgs", EventArgs),
        ("System.Guid", Guid),
        ("System.Threading.Timeout", () => Calls(1)),
    ];

    /// <summary>Guid.Empty is a structure: the loader gives the static field an object, which its constructor replaces.</summary>
    public void InitialiseStructStatics() => _emptyGuid = machine.KeepForever(machine.Allocated(BlockKind.Reflection, types.Object, HeapLayout.ObjectBlocks(1)));

    private int _emptyGuid;

    /// <summary>Runs one constructor whose frame exists already.</summary>
    public void Run(Action body)
    {
        _mayRestart = true;
        body();
    }

    private void Literals(params string[] texts)
    {
        foreach (string text in texts)
        {
            if (OrNull(() => machine.AllocateLiteral(text)) is not 0 and int literal) machine.KeepCoreText(text, literal);
        }
    }

    private void Text()
    {
        if (OrNull(() => machine.AllocateLiteral("")) is not 0 and int literal) machine.KeepEmptyText(literal);
    }

    /// <summary>Constructors of DateTime and TimeSpan, which live in slots: only their frames matter; the numbers are how deep each call goes.</summary>
    private void Calls(params int[] depths)
    {
        foreach (int depth in depths)
        {
            if (OrNull(Frame) == 0) continue;
            for (int deeper = 1; deeper < depth; deeper++) _ = Frame();
            for (int entered = 0; entered < depth; entered++) machine.PopCoreFrame();
        }
    }

    private int Frame()
    {
        machine.PushCoreFrame(0, 2);
        return 1;
    }

    /// <summary><c>Empty = new EventArgs()</c>; without room for its constructor's frame the object is kept as it is.</summary>
    private void EventArgs()
    {
        int created = OrNull(() => machine.Allocated(BlockKind.Reflection, types.Object, HeapLayout.ObjectBlocks(0)));
        if (created == 0) return;
        machine.Protect(created);
        if (OrNull(Frame) != 0)
        {
            _ = Frame();
            machine.PopCoreFrame();
            machine.PopCoreFrame();
        }

        _ = machine.KeepForever(machine.Unprotect());
    }

    /// <summary><c>Empty = new Guid(new byte[16])</c>: the bytes are folded into four integers. An array is tried twice and takes the restart away.</summary>
    private void Guid()
    {
        _mayRestart = false;
        machine.Protect(machine.NewCoreArray(Storage.U1, "System.Byte", 16));
        machine.Protect(machine.Allocated(BlockKind.Reflection, types.Object, HeapLayout.ObjectBlocks(1)));
        machine.PushCoreFrame(2, 8);
        _ = machine.AllocateLiteral("b");
        machine.PushCoreFrame(0, 2);
        machine.PopCoreFrame();
        int numbers = machine.NewCoreArray(Storage.I4, "System.Int32", 4);
        machine.PopCoreFrame();
        machine.Replace(_emptyGuid, machine.Unprotect());
        _ = machine.Unprotect();
        _ = machine.KeepForever(numbers);
    }

    private int OrNull(Func<int> allocate)
    {
        try
        {
            return allocate();
        }
        catch (DeviceThrow e) when (_mayRestart && e.IsOutOfMemory)
        {
            _mayRestart = false;
            machine.Compact();
            return 0;
        }
    }
}
