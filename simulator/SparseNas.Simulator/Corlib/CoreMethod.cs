using SparseNas.Simulator.Execution;
using SparseNas.Simulator.Heap;
using SparseNas.Simulator.Loading;

namespace SparseNas.Simulator.Corlib;

/// <summary>Body of a core library method.</summary>
internal delegate void CoreBody(CoreCall call);

/// <summary>A core library method that the simulator carries out itself, with what it costs on the device.</summary>
/// <param name="Body">What it does.</param>
/// <param name="MachineryInstructions">ARM instructions of its native body and of getting there.</param>
internal sealed record CoreMethod(CoreBody Body, double MachineryInstructions)
{
    /// <summary>A method of an interface: only what implements it can be called.</summary>
    public static CoreMethod Abstract { get; } = new(call => throw call.Machine.Unmodelled($"{call.Method.FullName} of a core library type"), 0);

    /// <summary>Calling a delegate is done by the interpreter.</summary>
    public static CoreMethod DelegateInvoke { get; } = new(_ => throw new InvalidOperationException("delegates are called by the interpreter"), 0);
}

/// <summary>IL instructions that a managed core library method executes, by mnemonic; written as <c>"ldarg.0*2 call ret*2"</c>.</summary>
internal sealed class OpcodeList
{
    public OpcodeList(string text)
    {
        foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = word.Split('*');
            int count = parts.Length > 1 ? int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture) : 1;
            Counts.Add((IlOpcodes.ByName[parts[0]], count));
            Total += count;
        }
    }

    public List<(int Opcode, int Count)> Counts { get; } = [];

    public int Total { get; }
}

/// <summary>One call of a core library method: its arguments, its result, and the device's memory behind them.</summary>
internal readonly unsafe struct CoreCall(Interpreter machine, DeviceMethod method, long* arguments)
{
    public Interpreter Machine { get; } = machine;

    public DeviceMethod Method { get; } = method;

    public DeviceHeap Heap => Machine.Heap;

    public int Int(int argument) => (int)arguments[argument];

    public long Long(int argument) => arguments[argument];

    public int Reference(int argument) => (int)arguments[argument];

    public double Double(int argument) => BitConverter.Int64BitsToDouble(arguments[argument]);

    public float Single(int argument) => BitConverter.Int32BitsToSingle((int)arguments[argument]);

    /// <summary>An object argument that must not be null.</summary>
    public int Object(int argument) => Reference(argument) is not 0 and int reference ? reference : throw DeviceThrow.Null();

    public int Array(int argument) => AsArray(Reference(argument));

    /// <summary>The object of an instance method: it must have the fields of the type that declares the method, whatever the program passes.</summary>
    public int OwnObject()
    {
        int reference = Object(0);
        bool fits = Heap.Kind(reference) == BlockKind.Object && Machine.TypeOf(reference).Inherits(Method.Owner);
        return fits ? reference : throw DeviceThrow.WrongType();
    }

    /// <summary>A reference that must be an array.</summary>
    public int AsArray(int reference)
    {
        if (reference == 0) throw DeviceThrow.Null();
        return Heap.Kind(reference) == BlockKind.Array ? reference : throw DeviceThrow.WrongType();
    }

    /// <summary>A text argument; null is an error of the program.</summary>
    public string Text(int argument) => Machine.TextOf(Object(argument));

    /// <summary>A text argument; null counts as empty.</summary>
    public string TextOrEmpty(int argument) => Reference(argument) == 0 ? "" : Text(argument);

    /// <summary>Value behind <c>this</c> of a primitive: through a pointer, or in a box.</summary>
    public long This(Storage storage)
    {
        long pointer = arguments[0];
        byte* at = (int)pointer > 0 && pointer >> 32 == 0 && Heap.Kind((int)pointer) == BlockKind.Boxed
            ? Heap.Memory + Interpreter.FieldOffset((int)pointer, 0)
            : Machine.Dereference(pointer, out _);
        return storage switch
        {
            Storage.I1 => *(sbyte*)at,
            Storage.U1 or Storage.Bool => *at,
            Storage.I2 => *(short*)at,
            Storage.U2 or Storage.Char => *(ushort*)at,
            Storage.I4 or Storage.R4 => *(int*)at,
            Storage.U4 => *(uint*)at,
            _ => *(long*)at,
        };
    }

    public void Return(long value) => arguments[0] = value;

    public void Return(bool value) => arguments[0] = value ? 1 : 0;

    public void Return(string text) => arguments[0] = Machine.AllocateText(text);

    public void SetArgument(int argument, long value) => arguments[argument] = value;

    /// <summary>Frame of the method that the program called; a managed instance method may run inside its caller's.</summary>
    public void Enter(int locals, int stack)
    {
        if (Method.IsStatic || Method.IsConstructor) Machine.PushCoreFrame(locals, stack);
        else Machine.PushCalledInstance(Method.Arguments.Count, locals, stack);
    }

    /// <summary>Frame of a native method; it goes when the body ends.</summary>
    public void EnterNative() => Machine.PushCoreFrame(0, 0);

    /// <summary>Frame of a static method or a constructor that the library itself calls.</summary>
    public void EnterManaged(int locals, int stack) => Machine.PushCoreFrame(locals, stack);

    /// <summary>Frame of an instance method that the library itself calls, with so many slots on the caller's evaluation stack.</summary>
    public void EnterInstance(int depth, int arguments, int locals, int stack) => Machine.PushNestedInstance(depth, arguments, locals, stack);

    /// <summary>Runs a native body in its own frame; it may be started again after a compaction.</summary>
    public void RunNative(CoreBody body) => Machine.RunNative(this, body);

    public void Leave() => Machine.PopCoreFrame();

    /// <summary>Counts the IL instructions of a managed method.</summary>
    public void Executes(OpcodeList opcodes) => Machine.Counters.Add(opcodes);
}
