using SparseNas.Boards;
using SparseNas.Codegen.Compilation;
using SparseNas.Codegen.Emission;
using SparseNas.Codegen.Tests.Emission;
using SparseNas.Simulator;

namespace SparseNas.Codegen.Tests.Costs;

/// <summary>What a model takes of the simulated heap: its arrays, and on top of them the most that a step takes while it runs.</summary>
internal static class SimulatedHeap
{
    private const int HeapBytes = 4 << 20;

    /// <summary>Lifts the use of the heap above whatever the boot took for a moment, so that the peak afterwards is that of a step.</summary>
    private static readonly SourceFile Ballast = new("Ballast.cs", "public static class Ballast { public static byte[] Bytes; public static void Take() { Bytes = new byte[20000]; } }");

    /// <summary>Bytes of a model.</summary>
    public static long Of(GeneratedModel model)
    {
        using SimulatedDevice device = new(BoardCatalog.Default.Find("ST_STM32F4_DISCOVERY"), HeapBytes);
        foreach (CompiledFirmware assembly in DeviceAssemblies.Compile(model with { Sources = model.Sources.Insert(0, Ballast) })) device.Load(assembly.Image);
        device.Start();
        device.Report();   // collects: no frame is kept for reuse
        device.Call("Ballast.Take");
        SimulationReport before = device.Report();
        SimulationReport after = before;
        var clear = new byte[model.Plan.ArenaBytes];   // a step by itself must not read what another has left, which need not be a code of its input
        foreach (OperatorCode step in model.Steps)
        {
            device.WriteStatic($"{GeneratedModel.TypeName}.Arena", clear);
            device.Call($"{GeneratedModel.TypeName}.{step.Method.Name}");
            after = device.Report();
        }

        long arrays = before.HeapOwners.Where(owner => owner.Owner.StartsWith("SparseNas.Generated.", StringComparison.Ordinal)).Sum(owner => owner.Bytes);
        return arrays + after.HeapPeakBytes - before.HeapLiveBytes;
    }
}
