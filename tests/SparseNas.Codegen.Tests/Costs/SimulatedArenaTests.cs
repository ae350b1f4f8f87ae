using SparseNas.Boards;
using SparseNas.Codegen.Compilation;
using SparseNas.Codegen.Emission;
using SparseNas.Codegen.Emission.Code;
using SparseNas.Codegen.Tests.Emission;
using SparseNas.Networks;
using SparseNas.Quantization;
using SparseNas.Quantization.Execution;
using SparseNas.Simulator;
using SparseNas.Testing.Networks;

namespace SparseNas.Codegen.Tests.Costs;

/// <summary>The arena that the simulator sees is the planned one, to the byte: one array of that size, used from its first byte to its last.</summary>
public class SimulatedArenaTests
{
    private static readonly BoardProfile Board = BoardCatalog.Default.Find("ST_STM32F4_DISCOVERY");

    [Fact]
    public void One_array_of_the_planned_size_is_used_to_its_ends() => Check(0, 5);

    [Fact]
    [Trait("Category", "Exhaustive")]
    public void One_array_of_the_planned_size_is_used_to_its_ends_by_300_networks_under_every_plan_kind() => Check(1_000, 300);

    private static readonly Lazy<long> s_runtimeArrays = new(ByteArraysOfTheRuntime);

    private static void Check(ulong first, int networks)
    {
        HashSet<string> kinds = [];
        for (ulong seed = first; seed < first + (ulong)networks; seed++)
        {
            SeededRandom random = new(seed, 0xA4E4A);
            RandomQuantization quantization = seed % 2 == 0 ? RandomQuantization.AllWidths : new RandomQuantization { ActivationBits = [4] };
            CheckKinds(RandomQuantizedNetworks.Draw(random, quantization), random, $"seed {seed}", kinds);
        }

        // Random networks seldom pool right behind a convolution: net A always does.
        foreach (int bits in new[] { 8, 4 })
        {
            SeededRandom random = new((ulong)bits, 0xA4E4A);
            Architecture netA = SixNetworks.All.Single(network => network.Name == "netA");
            CheckKinds(RandomQuantizedNetworks.Draw(netA, random, new RandomQuantization { ActivationBits = [bits] }), random, $"net A, {bits} bits", kinds);
        }

        Assert.True(kinds.Count == 8, string.Join(" | ", kinds));
    }

    private static void CheckKinds(QuantizedNetwork network, SeededRandom random, string place, HashSet<string> kinds)
    {
        byte[] image = RandomImages.Draw(network.Graph.Input, 1, random)[0];
        foreach ((string kind, MemoryPlan plan) in PlanKinds.Of(network))
        {
            kinds.Add(kind);
            Check(network, plan, image, $"{place}, {kind}");
        }
    }

    /// <summary>What a device allocates at boot whatever the program.</summary>
    private static long ByteArraysOfTheRuntime()
    {
        using SimulatedDevice device = new(Board);
        device.Load(FirmwareCompiler.Compile([new SourceFile("Empty.cs", "public static class Empty { public static int Zero() { return 0; } }")], "empty", FirmwareOutput.Library).Image);
        device.Start();
        return ByteArrays(device);
    }

    private static long ByteArrays(SimulatedDevice device) =>
        device.Report().Allocations.Where(allocation => allocation.Type is "byte[]" or "System.Byte[]").Sum(allocation => (long)allocation.Objects);

    private static void Check(QuantizedNetwork network, MemoryPlan plan, byte[] image, string place)
    {
        GeneratedModel model = Emitter.Emit(network, plan, Emitter.Plain(network, plan), TestHeader.Plain, TestHeader.CortexM4F);
        using SimulatedDevice device = new(Board);
        foreach (CompiledFirmware assembly in DeviceAssemblies.Compile(model)) device.Load(assembly.Image);
        device.Start();
        long arrays = ByteArrays(device) - s_runtimeArrays.Value;
        int tables = model.Steps.Sum(step => step.Tables.Count(table => table.Type == DeviceType.Bytes));
        Assert.True(arrays == 1 + tables, $"{place}: {arrays} arrays of bytes, {tables} of them tables");
        int[] logits = NaiveIntegerExecutor.Run(network, image).Logits;
        var isUsed = new bool[plan.ArenaBytes];
        foreach (byte unused in new byte[] { 0x55, 0xAA })
        {
            device.WriteStatic($"{GeneratedModel.TypeName}.Arena", Enumerable.Repeat(unused, plan.ArenaBytes).ToArray());
            device.Call($"{GeneratedModel.TypeName}.Reset");
            foreach (byte[] row in image.Chunk(image.Length / network.Graph.Input.Height))
            {
                device.WriteStatic($"{GeneratedModel.TypeName}.Arena", row, (int)device.Call($"{GeneratedModel.TypeName}.get_RowOffset")!);
                device.Call($"{GeneratedModel.TypeName}.RowArrived");
            }

            device.Call($"{GeneratedModel.TypeName}.Run");
            byte[] arena = (byte[])device.ReadStatic($"{GeneratedModel.TypeName}.Arena")!;
            Assert.True(arena.Length == plan.ArenaBytes, $"{place}: an arena of {arena.Length} bytes, planned {plan.ArenaBytes}");
            for (int at = 0; at < arena.Length; at++) isUsed[at] |= arena[at] != unused;
            Assert.True(logits.SequenceEqual(Enumerable.Range(0, network.Classes).Select(index => (int)device.Call($"{GeneratedModel.TypeName}.Logit", index)!)), place);
        }

        Assert.Equal(arrays, ByteArrays(device) - s_runtimeArrays.Value);   // and none was made on the way
        Assert.True(isUsed[0] && isUsed[^1], $"{place}: bytes {Array.IndexOf(isUsed, true)} to {Array.LastIndexOf(isUsed, true)} of {plan.ArenaBytes} are used");
    }
}
