using System.Reflection.Metadata;
using SparseNas.Boards;
using SparseNas.Simulator.Execution;
using SparseNas.Simulator.Heap;
using SparseNas.Simulator.Loading;
using SparseNas.Simulator.Reporting;

namespace SparseNas.Simulator;

/// <summary>
/// A board that runs compiled assemblies as the device would: its heap, its semantics, its clock.
/// <code>
/// using SimulatedDevice device = new(BoardCatalog.Default.Find("ESP32_C3")) { Console = Console.Write };
/// device.Load(image);                                        // libraries first, the application last
/// SimulationReport report = device.Run("Case.Run");          // or device.RunMain()
///
/// device.Start();                                            // static constructors only
/// int label = (int)device.Call("Model.Run", inputBytes)!;    // as often as wanted
/// sbyte[] arena = (sbyte[])device.ReadStatic("Model.Arena")!;
/// </code>
/// </summary>
public sealed class SimulatedDevice : IDisposable
{
    private readonly TypeSystem _types = new();
    private readonly Interpreter _machine;
    private readonly CostModel _costs;
    private readonly List<(string Name, ReadOnlyMemory<byte> Bytes)> _images = [];
    private readonly UsageTimeline _timeline;
    private readonly Dictionary<string, long> _stackSamples = new(StringComparer.Ordinal);
    private AssemblyImage? _application;
    private ExecutionTotals? _afterStart;
    private IReadOnlyList<FailedConstructor> _failedConstructors = [];
    private bool _started;
    private int _mainFrame;

    /// <summary>A device with the heap of a board.</summary>
    /// <param name="board">The board's profile.</param>
    /// <param name="heapBytes">Managed heap of exactly this size instead of the board's; 1,024 bytes to 64 MB.</param>
    public SimulatedDevice(BoardProfile board, long? heapBytes = null)
    {
        Board = board;
        _machine = new Interpreter(_types, heapBytes ?? board.HeapBytes, board.InlinesCalls);
        _costs = new CostModel(board.CostTable, BoardCatalog.Default.FindCostTable("cortex-m4f-lto"), board.Calibration, board.SlowHeapFactor.Value);
        _timeline = new UsageTimeline(() => _machine.OpcodesSoFar);
        _machine.Heap.UsageChanged = usedBytes => _timeline.Add(usedBytes, _machine.Heap.MachineryBytes);
        DeviceClock clock = new(_machine.Counters, _costs);
        _machine.ElapsedSeconds = () => clock.Cycles() / board.ClockHz.Value;
        ElapsedCycles = clock.Cycles;
        _machine.SampleStack = NoteStack;
    }

    /// <summary>The board.</summary>
    public BoardProfile Board { get; }

    /// <summary>Cycles since the boot as the program's own clock sees them.</summary>
    internal Func<double> ElapsedCycles { get; }

    /// <summary>Takes what the program prints; lines end with a newline character.</summary>
    public Action<string>? Console
    {
        get => _machine.Console;
        set => _machine.Console = value;
    }

    /// <summary>Takes what the program writes to its serial port.</summary>
    public Action<byte[]>? SerialOutput
    {
        get => _machine.Serial.Output;
        set => _machine.Serial.Output = value;
    }

    /// <summary>
    /// Puts bytes on the serial line. From then on a program that keeps polling an empty line has done its work: its run ends normally.
    /// </summary>
    /// <param name="bytes">Bytes in the order of arrival.</param>
    public void SerialInput(ReadOnlySpan<byte> bytes)
    {
        _machine.Serial.EndsWithInput = true;
        _machine.Serial.Feed(bytes);
    }

    /// <summary>IL instructions after which a program counts as endless.</summary>
    public long BudgetOpcodes
    {
        get => _machine.BudgetOpcodes;
        set => _machine.BudgetOpcodes = value;
    }

    /// <summary>IL instructions executed so far, static constructors included.</summary>
    public long ExecutedOpcodes => _machine.Counters.ExecutedOpcodes;

    /// <summary>Loads an assembly. Libraries that others refer to come first; the last one with an entry point is the application.</summary>
    /// <param name="image">Bytes of the assembly as the C# compiler writes it.</param>
    /// <param name="name">Name for messages.</param>
    /// <param name="symbols">A portable PDB of the assembly, for profiles by source line; empty for none.</param>
    /// <exception cref="DamagedAssemblyException">The bytes are no readable assembly or break a rule of nanoFramework 1.x.</exception>
    /// <exception cref="MissingMemberFault">It refers to a type that the device does not have.</exception>
    public void Load(ReadOnlyMemory<byte> image, string name = "assembly", ReadOnlyMemory<byte> symbols = default)
    {
        if (_started) throw new InvalidOperationException("assemblies are loaded before the program starts");
        _application = _types.Load(image, name);
        if (!symbols.IsEmpty) _application.Lines = LineTable.Read(symbols, name);
        _images.Add((_application.Name, image));
    }

    /// <summary>Boots: loader, main thread, then every static constructor in metadata order. Done once; running does it when needed.</summary>
    /// <exception cref="FirmwareFault">The heap is too small to boot, or a static constructor fails.</exception>
    public void Start() => Start(null);

    private void Start(DeviceMethod? main)
    {
        if (_started) return;
        _started = true;
        BootSequence boot = new(_machine, _types);
        _mainFrame = Guard(() => boot.Run(LoaderRamBytes(), main));
        _failedConstructors = boot.FailedConstructors;
        _afterStart = ExecutionTotals.Of(_machine.Counters, _costs);
    }

    /// <summary>Runs the application's entry point.</summary>
    /// <returns>The report of the run.</returns>
    public SimulationReport RunMain()
    {
        AssemblyImage application = _types.Assemblies.LastOrDefault(assembly => !assembly.EntryPoint.IsNil)
            ?? throw new ArgumentException("no assembly has an entry point: name a method to run");
        MethodDefinitionHandle entry = application.EntryPoint;
        if (!application.Methods.TryGetValue(entry, out DeviceMethod? main)) throw new DamagedAssemblyException($"{application.Name}: the entry point is not in the table of methods");
        Start(main);
        _machine.EnterWith(_mainFrame);
        return Run(main);
    }

    /// <summary>Runs a static method without arguments.</summary>
    /// <param name="entry"><c>Type.Method</c>, with the namespace if there is one.</param>
    /// <returns>The report of the run.</returns>
    public SimulationReport Run(string entry)
    {
        Start();
        _machine.Counters.MachineryInstructions += CallCosts.EntryCall;
        return Run(FindMethod(entry, 0));
    }

    /// <summary>Calls a static method with host values: integers, floats, booleans, and arrays of them (copied into the heap).</summary>
    /// <param name="entry"><c>Type.Method</c>.</param>
    /// <param name="arguments">One value for each parameter.</param>
    /// <returns>The result as a host value; arrays are copied; null for void.</returns>
    /// <exception cref="FirmwareFault">The method ends with an exception or cannot go on.</exception>
    public object? Call(string entry, params object?[] arguments)
    {
        Start();
        DeviceMethod method = FindMethod(entry, arguments.Length);
        HostValues values = new(_machine);
        long raw = Guard(() =>
        {
            long[] slots = new long[arguments.Length];
            int held = 0;
            for (int a = 0; a < slots.Length; a++)
            {
                slots[a] = values.ToSlot(arguments[a], method.Arguments[a]);
                if (method.Arguments[a].Storage != Storage.Ref) continue;
                _machine.Protect((int)slots[a]);
                held++;
            }

            for (; held > 0; held--) _machine.Unprotect();
            return _machine.Invoke(method, slots);
        });
        return method.Result.Storage == Storage.Void ? null : values.FromSlot(raw, method.Result.Storage);
    }

    /// <summary>A static field as a host value: a number, a text, or a copy of an array.</summary>
    /// <param name="field"><c>Type.Field</c>; private fields too.</param>
    /// <returns>The value; null for a null reference.</returns>
    public unsafe object? ReadStatic(string field)
    {
        StaticField known = FindStatic(field);
        _machine.GrowStatics();
        return new HostValues(_machine).FromSlot(*_machine.StaticSlot(known.Index), known.Type.Storage);
    }

    /// <summary>Copies elements into the array that a static field refers to; the array keeps its length.</summary>
    /// <param name="field"><c>Type.Field</c>.</param>
    /// <param name="elements">At most as many elements as the array has from <paramref name="first"/> on, of its element type.</param>
    /// <param name="first">The element of the array at which they begin.</param>
    public unsafe void WriteStatic(string field, Array elements, int first = 0)
    {
        StaticField known = FindStatic(field);
        _machine.GrowStatics();
        new HostValues(_machine).CopyInto((int)*_machine.StaticSlot(known.Index), elements, field, first);
    }

    /// <summary>What was executed and used since the static constructors ended.</summary>
    /// <param name="result">Result to report, or null.</param>
    /// <param name="exception">Type of the exception that ended the run, or null.</param>
    /// <returns>The report.</returns>
    public SimulationReport Report(long? result = null, string? exception = null)
    {
        ExecutionTotals all = ExecutionTotals.Of(_machine.Counters, _costs);
        ExecutionTotals startup = _afterStart ?? new ExecutionTotals();
        return ReportBuilder.Build(this, new ReportParts(_machine, _types, _images, all.Minus(startup), startup, _timeline, _stackSamples, _costs, _failedConstructors), result, exception);
    }

    /// <summary>Frees the simulated memory.</summary>
    public void Dispose() => _machine.Dispose();

    /// <summary>In the order of the deployment: libraries of packages, the program's own, the application.</summary>
    private int[] LoaderRamBytes() =>
    [
        .. PackageLibrary.UsedBy(_types.Assemblies).Select(library => library.LoaderRamBytes), .. _types.Assemblies.Select(assembly => assembly.Facts.LoaderRamBytes),
    ];

    private SimulationReport Run(DeviceMethod method)
    {
        try
        {
            Start();
            long raw = _machine.Invoke(method, method.Arguments.Count == 1 ? [0L] : []);
            return Report(method.Result.Storage == Storage.Void ? null : Convert.ToInt64(new HostValues(_machine).FromSlot(raw, method.Result.Storage) is IConvertible number and not string ? number : 0, System.Globalization.CultureInfo.InvariantCulture));
        }
        catch (UnhandledException e)
        {
            _machine.Abort();
            return Report(exception: e.TypeName);
        }
        catch (DeviceThrow e)
        {
            _machine.Abort();
            return Report(exception: e.TypeName);
        }
        catch (SerialInputEnded)
        {
            SimulationReport report = Report();
            _machine.Abort();
            return report;
        }
    }

    private T Guard<T>(Func<T> run)
    {
        try
        {
            return run();
        }
        catch (UnhandledException e)
        {
            _machine.Abort();
            throw new FirmwareFault($"an exception leaves the program: {e.TypeName} (heap: {_machine.Heap.UsedBytes:n0} of {_machine.Heap.SizeBytes:n0} bytes taken)", e.TypeName == DeviceThrow.OutOfMemoryName);
        }
        catch (DeviceThrow e)
        {
            _machine.Abort();
            throw new FirmwareFault($"{e.TypeName} outside of any method (heap: {_machine.Heap.UsedBytes:n0} of {_machine.Heap.SizeBytes:n0} bytes taken)", e.TypeName == DeviceThrow.OutOfMemoryName);
        }
    }

    private DeviceMethod FindMethod(string entry, int arguments)
    {
        int dot = entry.LastIndexOf('.');
        string type = dot < 0 ? "" : entry[..dot], name = entry[(dot + 1)..];
        foreach (DeviceMethod method in _types.Assemblies.SelectMany(assembly => assembly.Methods.Values))
        {
            if (method.Owner.FullName == type && method.Name == name && method.IsStatic && (method.Arguments.Count == arguments || name == "Main")) return method;
        }

        throw new ArgumentException($"no static method '{entry}' with {arguments} parameters; the program has: {string.Join(", ", EntryNames())}");
    }

    private IEnumerable<string> EntryNames() => _types.Assemblies.SelectMany(assembly => assembly.Methods.Values)
        .Where(method => method.IsStatic && !method.IsConstructor).Select(method => $"{method.FullName}({method.Arguments.Count})").Take(20);

    private StaticField FindStatic(string field) => _types.Statics.Find(known => known.FullName == field)
        ?? throw new ArgumentException($"no static field '{field}'; the program has: {string.Join(", ", _types.Statics.Select(known => known.FullName).Take(30))}");

    private void NoteStack(Interpreter machine)
    {
        string stack = string.Join(';', machine.CallStack().Select(method => method.FullName));
        if (machine.CurrentLine() is { } line) stack += ";" + line;
        _stackSamples[stack] = _stackSamples.GetValueOrDefault(stack) + 1;
    }
}
