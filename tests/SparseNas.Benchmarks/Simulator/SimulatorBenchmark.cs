using System.Diagnostics;
using SparseNas.Boards;
using SparseNas.Codegen.Compilation;
using SparseNas.Simulator;
using SparseNas.Testing;

namespace SparseNas.Benchmarks.Simulator;

/// <summary>
/// IL instructions per second of the simulator, and how much faster or slower than the board it runs. Programs are those of the conformance
/// suite; a network of 30,000 multiply-accumulates is cnn_small scaled to that size.
/// <code>dotnet run -c Release --project tests/SparseNas.Benchmarks -- simulator [board]</code>
/// </summary>
internal static class SimulatorBenchmark
{
    private static readonly (string Case, int Macs)[] s_programs =
        [("conv_naive", 4608), ("conv_unrolled", 4608), ("conv_pixels_in_locals", 4608), ("conv_swar_long3", 3456), ("dense_large", 8192), ("cnn_small", 13800)];

    public static void Run(string[] args)
    {
        BoardProfile board = BoardCatalog.Default.Find(args.Length > 0 ? args[0] : "ESP32_C3");
        Console.WriteLine($"{"program",-24} {"M IL/s",8} {"device s per host s",20} {"30 k MAC network, host ms",28}");
        foreach ((string name, int macs) in s_programs) Measure(board, name, macs);
    }

    private static void Measure(BoardProfile board, string name, int macs)
    {
        string source = File.ReadAllText(Path.Combine(SharedFiles.RepositoryRoot, "tests", "SparseNas.Simulator.Tests", "Conformance", "cases", name, "Case.cs"));
        ReadOnlyMemory<byte> image = FirmwareCompiler.Compile([new SourceFile("Case.cs", source)], "app", FirmwareOutput.Library).Image;
        using SimulatedDevice device = new(board);
        device.Load(image, name);
        SimulationReport once = device.Run("Case.Run");
        for (int warmUp = 0; warmUp < 30; warmUp++) device.Call("Case.Run");
        long before = device.ExecutedOpcodes;
        int runs = 0;
        Stopwatch watch = Stopwatch.StartNew();
        for (; watch.Elapsed.TotalSeconds < 2; runs++) device.Call("Case.Run");
        double seconds = watch.Elapsed.TotalSeconds;
        double deviceSeconds = runs * once.Milliseconds.Expected / 1000;
        Console.WriteLine($"{name,-24} {(device.ExecutedOpcodes - before) / seconds / 1e6,8:f0} {deviceSeconds / seconds,20:f1} {seconds / runs * 30_000 / macs * 1000,28:f2}");
    }
}
