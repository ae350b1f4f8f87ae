using SparseNas.Boards;
using SparseNas.Codegen.Compilation;
using SparseNas.Codegen.Emission;
using SparseNas.Simulator;

namespace SparseNas.Codegen.Tests.Costs;

/// <summary>
/// What a model needs of the device's heap, measured: the smallest heap in which one inference succeeds, less the same for a program that does
/// nothing, each without its assemblies' tables.
/// </summary>
internal static class SmallestHeap
{
    private const int BlockBytes = 12, LeastBytes = 1_200, MostBytes = 1 << 20;

    private static readonly Lazy<int> Nothing = new(() => Needed(
        [FirmwareCompiler.Compile([new SourceFile("Model.cs", "namespace SparseNas.Generated { public static class Model { public static void Run() { } } }")], "nothing", FirmwareOutput.Library)]));

    public static int Of(IReadOnlyList<CompiledFirmware> model) => Needed(model) - Nothing.Value;

    private static int Needed(IReadOnlyList<CompiledFirmware> assemblies)
    {
        int low = LeastBytes / BlockBytes, high = MostBytes / BlockBytes;   // runs with high blocks, not with low ones
        while (high - low > 1)
        {
            int middle = (low + high) / 2;
            if (Runs(assemblies, middle * BlockBytes)) high = middle;
            else low = middle;
        }

        return (high * BlockBytes) - TableBytes(assemblies);
    }

    private static bool Runs(IReadOnlyList<CompiledFirmware> assemblies, int heapBytes)
    {
        using SimulatedDevice device = Load(assemblies, heapBytes);
        try
        {
            return device.Run($"{GeneratedModel.TypeName}.Run").Exception is null;
        }
        catch (FirmwareFault)
        {
            return false;
        }
    }

    private static int TableBytes(IReadOnlyList<CompiledFirmware> assemblies)
    {
        using SimulatedDevice device = Load(assemblies, MostBytes);
        return (int)device.Run($"{GeneratedModel.TypeName}.Run").HeapOwners.Where(owner => owner.Owner == "assembly tables").Sum(owner => owner.Bytes);
    }

    private static SimulatedDevice Load(IReadOnlyList<CompiledFirmware> assemblies, int heapBytes)
    {
        SimulatedDevice device = new(BoardCatalog.Default.Find("ST_STM32F4_DISCOVERY"), heapBytes);
        foreach (CompiledFirmware assembly in assemblies) device.Load(assembly.Image);
        return device;
    }
}
