using System.Text.Json;
using SparseNas.Boards;
using SparseNas.Codegen.Compilation;

namespace SparseNas.Simulator.Tests;

public class SimulatedDeviceTests
{
    private const string Model = """
        using System;
        public static class Model
        {
            static readonly sbyte[] Weights = { 1, -2, 3 };
            public static sbyte[] Arena = new sbyte[8];
            public static int Runs;
            public static int Sum(byte[] input)
            {
                int sum = 0;
                for (int i = 0; i < input.Length; i++) sum += input[i] * Weights[i % 3];
                Arena[Runs & 7] = (sbyte)sum;
                Runs++;
                return sum;
            }
            public static void Endless() { while (true) { Runs++; } }
            public static void Divide(int by) { Runs = 7 / by; }
            public static void Main() { Console.WriteLine("runs " + Runs.ToString()); }
        }
        """;

    private static SimulatedDevice Device(string source = Model)
    {
        SimulatedDevice device = new(BoardCatalog.Default.Find("ESP32_C3"));
        device.Load(FirmwareCompiler.Compile([new SourceFile("Model.cs", source)], "app", FirmwareOutput.Executable).Image, "app");
        return device;
    }

    [Fact]
    public void MethodsAreCalledWithHostValuesAsOftenAsWanted()
    {
        using SimulatedDevice device = Device();
        for (int run = 0; run < 3000; run++) Assert.Equal(10 - 40 + 90, device.Call("Model.Sum", new byte[] { 10, 20, 30 }));
        Assert.Equal(3000, device.ReadStatic("Model.Runs"));
        Assert.Equal(Enumerable.Repeat((sbyte)60, 8), (sbyte[])device.ReadStatic("Model.Arena")!);
        device.WriteStatic("Model.Arena", new sbyte[8]);
        Assert.Equal(new sbyte[8], (sbyte[])device.ReadStatic("Model.Arena")!);
        device.WriteStatic("Model.Arena", new sbyte[] { 7, -9 }, first: 6);
        Assert.Equal([0, 0, 0, 0, 0, 0, 7, -9], (sbyte[])device.ReadStatic("Model.Arena")!);
        Assert.Contains("8 elements, which cannot take 2 of SByte from element 7 on", Assert.Throws<ArgumentException>(() => device.WriteStatic("Model.Arena", new sbyte[2], first: 7)).Message);
        Assert.Throws<ArgumentException>(() => device.WriteStatic("Model.Arena", new sbyte[2], first: -1));
    }

    [Fact]
    public void TheProgramsClockCountsWhatTheReportCounts()
    {
        const string polling = """
            using System;
            public static class Model
            {
                public static int Run()
                {
                    long start = DateTime.UtcNow.Ticks;
                    int caught = 0;
                    int[] few = new int[3];
                    for (int i = 0; i < 50; i++)
                    {
                        try { few[i % 5]++; } catch (IndexOutOfRangeException) { caught++; }
                        if (DateTime.UtcNow.Ticks < start) return -1;
                    }
                    return caught;
                }
                public static void Main() { }
            }
            """;
        using SimulatedDevice device = Device(polling);
        device.Start();
        double before = device.ElapsedCycles();
        Assert.Equal(20, device.Call("Model.Run"));
        double spent = device.ElapsedCycles() - before;
        Assert.Equal(device.Report().Cycles.Expected, spent, spent * 1e-9);
    }

    [Fact]
    public void ConsoleOutputIsHandedOut()
    {
        using SimulatedDevice device = Device();
        string printed = "";
        device.Console = text => printed += text;
        SimulationReport report = device.RunMain();
        Assert.Equal("runs 0\n", printed);
        Assert.True(report.Fits);
        Assert.Null(report.Result);
    }

    [Fact]
    public void FaultsNameMethodOffsetInstructionAndHeap()
    {
        using SimulatedDevice device = Device();
        device.BudgetOpcodes = 100_000;
        FirmwareFault fault = Assert.Throws<FirmwareFault>(() => device.Call("Model.Endless"));
        Assert.Matches(@"^Model\.Endless IL_[0-9a-f]{4} \S+: the budget of 100,000 instructions is spent \(heap: .* bytes taken", fault.Message);
    }

    [Fact]
    public void AnExceptionThatLeavesACallIsAFault()
    {
        using SimulatedDevice device = Device();
        Assert.Contains("System.Exception", Assert.Throws<FirmwareFault>(() => device.Call("Model.Divide", 0)).Message, StringComparison.Ordinal);
        Assert.Null(device.Call("Model.Divide", 7));
        Assert.Equal(1, device.ReadStatic("Model.Runs"));
    }

    [Fact]
    public void JsonHasTheKeysOfTheCommandLine()
    {
        using SimulatedDevice device = Device();
        JsonElement json = JsonDocument.Parse(ReportJson.Write(device.RunMain())).RootElement;
        foreach (string key in new[]
        {
            "result", "exception", "ilOpcodes", "opcodeHistogram", "startupOpcodes", "heapPeakBytes", "peBytes", "ilBytes", "tables", "ramBytesAssembly", "imageBytes",
            "armInstructions", "cycles", "milliseconds", "fits", "limits", "costTable", "allocations",
        })
        {
            Assert.True(json.TryGetProperty(key, out _), key);
        }
    }

    /// <summary>The device boots on without a static constructor that found no memory; a program that then stumbles over an unset field does not fit.</summary>
    [Fact]
    public void AStaticConstructorWithoutMemoryDoesNotFit()
    {
        const string Text = "public static class Big { static int[] numbers = new int[3000]; public static int Run() { return numbers == null ? 0 : numbers.Length; } public static void Main() {} }";
        using SimulatedDevice small = new(BoardCatalog.Default.Find("ESP32_C3"), 8000), large = new(BoardCatalog.Default.Find("ESP32_C3"), 40_000);
        foreach (SimulatedDevice device in new[] { small, large }) device.Load(FirmwareCompiler.Compile([new SourceFile("Big.cs", Text)], "app", FirmwareOutput.Executable).Image);

        SimulationReport without = small.Run("Big.Run"), with = large.Run("Big.Run");

        Assert.Equal((0L, false), (without.Result!.Value, without.Fits));
        Assert.Equal([new FailedConstructor("Big", "System.OutOfMemoryException")], without.FailedConstructors);
        Assert.Contains("static constructor of Big", ReportText.Write(without), StringComparison.Ordinal);
        Assert.Equal((3000L, true), (with.Result!.Value, with.Fits));
        Assert.Empty(with.FailedConstructors);
    }

    [Fact]
    public void ASmallHeapIsALimitThatIsNamed()
    {
        using SimulatedDevice device = new(BoardCatalog.Default.Find("ESP32_C3"), 8000);
        device.Load(FirmwareCompiler.Compile([new SourceFile("Big.cs", "public static class Big { public static int Run() { return new int[3000].Length; } public static void Main() {} }")], "app", FirmwareOutput.Executable).Image);
        SimulationReport report = device.Run("Big.Run");
        Assert.Equal("System.OutOfMemoryException", report.Exception);
        Assert.False(report.Fits);
    }

    [Fact]
    public void AMemberThatIsNotModelledIsNamed()
    {
        using SimulatedDevice device = Device("public static class P { public static void Main() { System.Guid.NewGuid(); } }");
        MissingMemberFault fault = Assert.Throws<MissingMemberFault>(() => device.RunMain());
        Assert.Contains("System.Guid", fault.Member, StringComparison.Ordinal);
        Assert.True(fault.OnDevice);
    }
}
